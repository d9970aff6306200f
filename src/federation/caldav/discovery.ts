// Finds a user's calendars from any URL. Being written; the exported signatures stand.

import type { ConnectRefusal } from "../../core/ports/account.ts";
import type { RemoteCalendar } from "../../core/ports/connector.ts";
import type { Result } from "../../core/result.ts";
import type { CalDavOptions } from "./connector.ts";

export interface CalDavAccount {
  /** Absolute URL of the calendar home. Pass it to `createCalDavConnector`: its origin is where ids (paths) are resolved. */
  readonly homeUrl: string;
  readonly calendars: readonly RemoteCalendar[];
}

export declare function discoverCalDav(options: CalDavOptions): Promise<Result<CalDavAccount, ConnectRefusal>>;
