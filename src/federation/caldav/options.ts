// What a CalDAV connector and discovery are given.

import type { CalDavCredentials } from "../../core/ports/account.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { FetchLike } from "../http/guarded-fetch.ts";

export interface CalDavOptions {
  readonly credentials: CalDavCredentials;
  readonly fetch: FetchLike;
  readonly allowPrivateAddresses: boolean;
  readonly clock: Clock;
  /** What discovery found (`homeUrl`). Absent: found before the first request. */
  readonly homeUrl?: string;
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
}
