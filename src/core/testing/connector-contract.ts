// What every Connector does, as tests. Being written; the exported signatures stand.

import type { Connector } from "../ports/connector.ts";

/** A provider with one empty, writable, primary calendar; `outside` acts as another client of the same account. */
export interface ConnectorUnderTest {
  readonly connector: Connector;
  readonly calendarId: string;
  outside: {
    put(calendarId: string, name: string, ical: string): Promise<void>;
    remove(calendarId: string, name: string): Promise<void>;
  };
}

export declare function connectorContract(make: () => Promise<ConnectorUnderTest>): void;
