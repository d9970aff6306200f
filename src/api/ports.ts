// Everything that the API and the pages ask of the rest of the product. src/app.ts fills it in; tests give fakes.

import type { AccountId, UserId } from "../core/id.ts";
import type { Account } from "../core/ports/account.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Random } from "../core/ports/random.ts";
import type { ConnectingAccounts, Registry } from "../core/ports/registry.ts";
import type { SignInStore } from "../core/ports/sign-in-store.ts";
import type { UserGraph } from "../core/ports/user-graph.ts";
import type { TokenHash } from "./token-hash.ts";

export interface Settings {
  readonly adminToken: string;
  readonly sessionSecret: string;
  /** Absent: no first-run page. */
  readonly setupToken: string | undefined;
  /** Origin that clients reach, without a trailing slash; absent: the request's own. */
  readonly publicUrl: string | undefined;
  /** Header that holds the client's address, written by what stands in front; absent: unknown. */
  readonly clientAddressHeader: string | undefined;
  readonly version: string;
  /** Version of the time zone table, e.g. "2026f". */
  readonly timeZones: string;
}

export interface Ports {
  readonly registry: Registry & ConnectingAccounts;
  readonly signInStore: SignInStore;
  /** The database that better-auth keeps its sessions and password hashes in. */
  readonly signInDatabase: D1Database;
  readonly userGraph: (userId: UserId) => UserGraph;
  readonly account: (accountId: AccountId) => Account;
  readonly enqueueSync: (accountId: AccountId) => Promise<void>;
  readonly tokenHash: TokenHash;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: Settings;
}
