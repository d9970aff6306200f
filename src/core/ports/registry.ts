// What crosses users: routing rows in D1. Never event content.

import type { AccountId, AppPasswordId, FeedId, UserId } from "../id.ts";

export interface RegisteredUser {
  readonly userId: UserId;
  readonly slug: string;
  readonly email: string;
  /** Raised at every revocation; a request carries the epoch under which it was authenticated. */
  readonly credentialEpoch: number;
  readonly createdAt: number;
}

export interface AppPassword {
  readonly appPasswordId: AppPasswordId;
  readonly label: string;
  readonly scope: "caldav" | "caldav-read";
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export interface RegisteredAccount {
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly provider: string;
  readonly createdAt: number;
}

export interface AuthenticatedClient {
  readonly userId: UserId;
  readonly slug: string;
  readonly appPasswordId: AppPasswordId;
  readonly scope: AppPassword["scope"];
  readonly credentialEpoch: number;
}

export interface Registry {
  createUser(user: {
    userId: UserId;
    slug: string;
    email: string;
  }): Promise<"created" | "slug-taken" | "email-taken">;
  userBySlug(slug: string): Promise<RegisteredUser | undefined>;
  userById(userId: UserId): Promise<RegisteredUser | undefined>;
  userByEmail(email: string): Promise<RegisteredUser | undefined>;
  users(): Promise<readonly RegisteredUser[]>;

  /** Stores the HMAC of the password only. */
  addAppPassword(entry: {
    appPasswordId: AppPasswordId;
    userId: UserId;
    passwordHash: string;
    label: string;
    scope: AppPassword["scope"];
  }): Promise<void>;
  appPasswords(userId: UserId): Promise<readonly AppPassword[]>;
  /** Returns the user's new credential epoch, undefined if there was none to revoke. */
  revokeAppPassword(userId: UserId, appPasswordId: AppPasswordId): Promise<number | undefined>;
  /** `login` is the slug or the sign-in address. */
  authenticate(login: string, passwordHash: string): Promise<AuthenticatedClient | undefined>;
  touchAppPassword(appPasswordId: AppPasswordId, usedAt: number): Promise<void>;

  addAccount(account: { accountId: AccountId; userId: UserId; provider: string }): Promise<void>;
  accounts(userId: UserId): Promise<readonly RegisteredAccount[]>;
  account(accountId: AccountId): Promise<RegisteredAccount | undefined>;
  removeAccount(accountId: AccountId): Promise<void>;
  /** For the cron: all accounts, paged by id. */
  accountsAfter(cursor: AccountId | null, limit: number): Promise<readonly RegisteredAccount[]>;

  addFeed(feed: { feedId: FeedId; userId: UserId; tokenHash: string }): Promise<void>;
  feedByTokenHash(tokenHash: string): Promise<{ feedId: FeedId; userId: UserId } | undefined>;
  removeFeed(feedId: FeedId): Promise<void>;
}

/**
 * Accounts whose connection has begun and not ended. `addAccount` registers an account as connecting, before its
 * credentials are tried; a crash leaves it so, and a sweep finishes or forgets it. `accountsAfter` lists active ones only.
 */
export interface ConnectingAccounts {
  /** As `addAccount`, but at most one account of a user has an identity (a keyed hash of the address and login at the provider). */
  claimAccount(account: {
    accountId: AccountId;
    userId: UserId;
    provider: string;
    identityHash: string;
  }): Promise<"claimed" | "taken">;
  activateAccount(accountId: AccountId): Promise<void>;
  connectingBefore(createdBefore: number, limit: number): Promise<readonly RegisteredAccount[]>;
}
