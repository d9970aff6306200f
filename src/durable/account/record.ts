// The account's own row: whose it is, its sealed credentials, and how the last pass ended.

import type { Credentials, Health } from "../../core/ports/account.ts";
import type { AccountId, UserId } from "../../core/id.ts";
import type { SealedCodec } from "../sql/sealed.ts";
import type { Verdict } from "./health.ts";

/** Everything that is needed to reach the provider. */
export interface Connection {
  readonly credentials: Credentials;
  /** What discovery found. */
  readonly homeUrl: string;
}

export interface AccountRecord {
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly connection: Connection;
  readonly lastSyncAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly health: Health;
  readonly message: string;
  readonly needsReconnect: boolean;
  /** Failed passes in a row. */
  readonly attempts: number;
  /** UTC ms; before it nothing is tried without being asked. */
  readonly notBefore: number;
  /** Between passes: the last one was cut off, and what became of its writes is not known. */
  readonly isWriting: boolean;
}

type Row = {
  account_id: string;
  user_id: string;
  credentials: ArrayBuffer;
  last_sync_at: number | null;
  last_success_at: number | null;
  health: Health;
  message: ArrayBuffer | null;
  needs_reconnect: number;
  attempts: number;
  not_before: number;
  is_writing: number;
};

const statements = {
  read: `SELECT account_id, user_id, credentials, last_sync_at, last_success_at, health, message, needs_reconnect, attempts,
    not_before, is_writing FROM account`,
  save: `INSERT INTO account (only, account_id, user_id, provider, label, credentials, connected_at, health, needs_reconnect,
      attempts, not_before)
    VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, 'yellow', 0, 0, 0)
    ON CONFLICT (only) DO UPDATE SET label = ?4, credentials = ?5, health = 'yellow', message = NULL, needs_reconnect = 0,
      attempts = 0, not_before = 0`,
  verdict: `UPDATE account SET last_sync_at = ?1, last_success_at = CASE WHEN ?2 = 'green' THEN ?1 ELSE last_success_at END,
    health = ?2, message = ?3, needs_reconnect = ?4, attempts = ?5, not_before = ?6`,
  writing: "UPDATE account SET is_writing = ?",
} as const;

const place = (column: string) => ({ column: `account.${column}`, row: "1" });

export async function readAccount(sql: SqlStorage, codec: SealedCodec): Promise<AccountRecord | undefined> {
  const row = sql.exec<Row>(statements.read).toArray()[0];
  if (row === undefined) return undefined;
  return {
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    connection: JSON.parse(
      await codec.open({ ...place("credentials"), blob: row.credentials }),
    ) as Connection,
    lastSyncAt: row.last_sync_at,
    lastSuccessAt: row.last_success_at,
    health: row.health,
    message: row.message === null ? "" : await codec.open({ ...place("message"), blob: row.message }),
    needsReconnect: row.needs_reconnect === 1,
    attempts: row.attempts,
    notBefore: row.not_before,
    isWriting: row.is_writing === 1,
  };
}

export async function saveAccount(
  sql: SqlStorage,
  codec: SealedCodec,
  account: { accountId: AccountId; userId: UserId; label: string; connection: Connection },
  now: number,
): Promise<void> {
  const label = await codec.seal(place("label"), account.label);
  const credentials = await codec.seal(place("credentials"), JSON.stringify(account.connection));
  const { provider } = account.connection.credentials;
  sql.exec(statements.save, account.accountId, account.userId, provider, label, credentials, now);
}

export async function saveVerdict(
  sql: SqlStorage,
  codec: SealedCodec,
  verdict: Verdict,
  attempts: number,
  now: number,
): Promise<void> {
  const message = verdict.message === "" ? null : await codec.seal(place("message"), verdict.message);
  const { health, needsReconnect, waitMs } = verdict;
  sql.exec(statements.verdict, now, health, message, needsReconnect ? 1 : 0, attempts, now + waitMs);
}

export function saveWriting(sql: SqlStorage, isWriting: boolean): void {
  sql.exec(statements.writing, isWriting ? 1 : 0);
}
