// Rows of the registry as D1 answers them, and what the ports call them. The only place that trusts column types.

import type { AccountId, AppPasswordId, FeedId, UserId } from "../../core/id.ts";
import type {
  AppPassword,
  AuthenticatedClient,
  RegisteredAccount,
  RegisteredUser,
} from "../../core/ports/registry.ts";
import type { LinkPurpose, OneTimeLink, Passkey } from "../../core/ports/sign-in-store.ts";

export interface UserRow {
  readonly user_id: string;
  readonly slug: string;
  readonly email: string;
  readonly credential_epoch: number;
  readonly created_at: number;
}

export function decodeUser(row: UserRow): RegisteredUser {
  return {
    userId: row.user_id as UserId,
    slug: row.slug,
    email: row.email,
    credentialEpoch: row.credential_epoch,
    createdAt: row.created_at,
  };
}

export interface AppPasswordRow {
  readonly app_password_id: string;
  /** D1 hands a BLOB out as an array of octets. */
  readonly sealed_label: readonly number[];
  readonly scope: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

export function decodeAppPassword(row: AppPasswordRow, label: string): AppPassword {
  return {
    appPasswordId: row.app_password_id as AppPasswordId,
    label,
    scope: row.scope as AppPassword["scope"],
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

export interface ClientRow {
  readonly user_id: string;
  readonly slug: string;
  readonly credential_epoch: number;
  readonly app_password_id: string;
  readonly scope: string;
}

export function decodeClient(row: ClientRow): AuthenticatedClient {
  return {
    userId: row.user_id as UserId,
    slug: row.slug,
    appPasswordId: row.app_password_id as AppPasswordId,
    scope: row.scope as AppPassword["scope"],
    credentialEpoch: row.credential_epoch,
  };
}

export interface AccountRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly provider: string;
  readonly created_at: number;
}

export function decodeAccount(row: AccountRow): RegisteredAccount {
  return {
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    provider: row.provider,
    createdAt: row.created_at,
  };
}

export interface FeedRow {
  readonly feed_id: string;
  readonly user_id: string;
}

export function decodeFeed(row: FeedRow): { feedId: FeedId; userId: UserId } {
  return { feedId: row.feed_id as FeedId, userId: row.user_id as UserId };
}

export interface PasskeyRow {
  readonly credential_id: string;
  readonly user_id: string;
  readonly public_key: readonly number[];
  readonly counter: number;
  readonly transports: string;
  readonly backed_up: number;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

export function decodePasskey(row: PasskeyRow): Passkey {
  return {
    credentialId: row.credential_id,
    userId: row.user_id as UserId,
    publicKey: new Uint8Array(row.public_key),
    counter: row.counter,
    transports: row.transports === "" ? [] : row.transports.split(","),
    backedUp: row.backed_up === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

export interface LinkRow {
  readonly token_hash: string;
  readonly purpose: string;
  readonly user_id: string;
  readonly subject_id: string | null;
  readonly expires_at: number;
}

export function decodeLink(row: LinkRow): OneTimeLink {
  return {
    tokenHash: row.token_hash,
    purpose: row.purpose as LinkPurpose,
    userId: row.user_id as UserId,
    subjectId: row.subject_id,
    expiresAt: row.expires_at,
  };
}
