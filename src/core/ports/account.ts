// What the rest of the product may ask of one connected account. Implemented by AccountDO; plain data across RPC.

import type { AccountId, UserId } from "../id.ts";
import type { RemoteCalendar } from "./connector.ts";

export interface CalDavCredentials {
  readonly provider: "caldav";
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export type Credentials = CalDavCredentials;

/** green: in step; yellow: working on it or waiting for a retry; red: needs the user. */
export type Health = "green" | "yellow" | "red";

export interface AccountStatus {
  readonly accountId: AccountId;
  readonly health: Health;
  /** A sentence for a person: what is wrong and what to do. Empty when green. */
  readonly message: string;
  readonly lastSyncAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly nextAttemptAt: number | null;
  readonly calendars: readonly AccountCalendar[];
}

export interface AccountCalendar {
  readonly providerCalendarId: string;
  readonly name: string;
  readonly role: "source" | "overlay";
  readonly primary: boolean;
  readonly selected: boolean;
  readonly lastSyncAt: number | null;
  readonly error: string | null;
}

/** Why connecting was refused, in words, with a stable code. */
export interface ConnectRefusal {
  readonly code:
    | "invalid-url"
    | "address-refused"
    | "unreachable"
    | "wrong-credentials"
    | "not-caldav"
    | "no-calendars"
    | "provider-error";
  readonly reason: string;
}

export type ConnectOutcome =
  | { readonly ok: true; readonly calendars: readonly RemoteCalendar[] }
  | { readonly ok: false; readonly refusal: ConnectRefusal };

export interface SyncReport {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly written: number;
  readonly failed: number;
  readonly held: number;
}

export interface ReconcileReport {
  readonly missing: number;
  readonly drifted: number;
  readonly orphansDeleted: number;
}

export interface Account {
  /** Connects: tries the credentials, discovers calendars and stores both sealed. Nothing is stored when refused. */
  attach(request: {
    accountId: AccountId;
    userId: UserId;
    label: string;
    credentials: Credentials;
  }): Promise<ConnectOutcome>;
  /** Pull then push, under the account's lease, because a person asked. Concurrent calls join: at most one extra pass runs. */
  sync(): Promise<SyncReport>;
  /** The same by itself: nothing is done while the account waits for a retry or for new credentials. */
  poll(): Promise<SyncReport>;
  /** Push only: drains the outbox of this account; waits like `poll`. */
  push(): Promise<SyncReport>;
  reconcile(): Promise<ReconcileReport>;
  status(): Promise<AccountStatus>;
  /** Removes our mirrors at the provider if asked, then erases everything stored (deleteAll). */
  remove(options: { removeMirrors: boolean }): Promise<void>;
}
