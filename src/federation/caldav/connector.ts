// The CalDAV connector. Being written; the exported signatures stand.

import type { CalDavCredentials } from "../../core/ports/account.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Connector } from "../../core/ports/connector.ts";
import type { FetchLike } from "../http/guarded-fetch.ts";

export interface CalDavOptions {
  readonly credentials: CalDavCredentials;
  readonly fetch: FetchLike;
  readonly allowPrivateAddresses: boolean;
  readonly clock: Clock;
  /** What discovery found (`homeUrl`). Absent: the connector discovers it before its first request. */
  readonly homeUrl?: string;
}

export declare function createCalDavConnector(options: CalDavOptions): Connector;
