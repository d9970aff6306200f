// A calendar provider in memory behind the Connector contract. Being written; the exported signatures stand.

import type { Connector, ConnectorFailure, ProviderEvent } from "../ports/connector.ts";

export interface FakeProviderOptions {
  readonly capabilities?: Partial<Connector["capabilities"]>;
  /** Items per page of `changes`. Default 100. */
  readonly pageSize?: number;
}

export interface FakeFaults {
  /** The next `count` calls (of the named method, or any) fail so, before anything is applied. */
  failNext(failure: ConnectorFailure, options?: { method?: keyof Connector; count?: number; skip?: number }): void;
  /** The next write is applied, and then reported as failed: the unknown outcome. */
  failAfterWrite(failure: ConnectorFailure): void;
  /** All cursors given out so far answer `resync`. */
  forgetCursors(): void;
  /** Writes are answered without an etag. */
  withholdEtags(on: boolean): void;
}

export interface FakeProvider {
  readonly connector: Connector;
  readonly faults: FakeFaults;
  /** What another client of the provider does. */
  addCalendar(name: string, options?: { primary?: boolean; writable?: boolean; color?: string }): string;
  put(calendarId: string, name: string, ical: string): string;
  remove(id: string): void;
  /** What is there, and what was asked. */
  events(calendarId: string): readonly ProviderEvent[];
  calls(): readonly { readonly method: keyof Connector; readonly detail: string }[];
  /** Calls of `upsert`, `delete` and `createCalendar` that changed something. */
  writes(): number;
}

export declare function createFakeProvider(options?: FakeProviderOptions): FakeProvider;
