// The registry over D1: users, app passwords, accounts, feeds. Implements src/core/ports/registry.ts with the named
// statements; a decision that must be atomic is one statement or one batch (D1 runs a batch as a transaction).
// It sees hashes of secrets only, and seals the one text that a person writes here.

import type { Clock } from "../../core/ports/clock.ts";
import type { ConnectingAccounts, Registry } from "../../core/ports/registry.ts";
import { createLabelSeal } from "./label-seal.ts";
import {
  type AccountRow,
  type AppPasswordRow,
  type ClientRow,
  decodeAccount,
  decodeAppPassword,
  decodeClient,
  decodeFeed,
  decodeUser,
  type FeedRow,
  type UserRow,
} from "./rows.ts";
import { statements } from "./statements.ts";

/** `pepper` is TOKEN_PEPPER, base64. */
export function createRegistry(db: D1Database, pepper: string, clock: Clock): Registry & ConnectingAccounts {
  const labels = createLabelSeal(pepper);

  function statement(name: keyof typeof statements, ...values: readonly (string | number | Uint8Array)[]) {
    return db.prepare(statements[name]).bind(...values);
  }

  return {
    async createUser({ userId, slug, email }) {
      const now = clock.now();
      const address = email.toLowerCase();
      try {
        await db.batch([
          statement("insertUser", userId, slug, address, now),
          statement("insertSignInUser", userId, slug, address, new Date(now).toISOString()),
        ]);
        return "created";
      } catch (error) {
        const reason = String(error);
        if (reason.includes("users.slug")) return "slug-taken";
        if (reason.includes("users.email") || reason.includes("auth_user.email")) return "email-taken";
        throw error;
      }
    },
    async userBySlug(slug) {
      const row = await statement("userBySlug", slug).first<UserRow>();
      return row ? decodeUser(row) : undefined;
    },
    async userById(userId) {
      const row = await statement("userById", userId).first<UserRow>();
      return row ? decodeUser(row) : undefined;
    },
    async userByEmail(email) {
      const row = await statement("userByEmail", email.toLowerCase()).first<UserRow>();
      return row ? decodeUser(row) : undefined;
    },
    async users() {
      const { results } = await statement("users").all<UserRow>();
      return results.map(decodeUser);
    },

    async addAppPassword({ appPasswordId, userId, passwordHash, label, scope }) {
      const sealed = await labels.seal(appPasswordId, label);
      await statement(
        "insertAppPassword",
        appPasswordId,
        userId,
        passwordHash,
        sealed,
        scope,
        clock.now(),
      ).run();
    },
    async appPasswords(userId) {
      const { results } = await statement("appPasswords", userId).all<AppPasswordRow>();
      return Promise.all(
        results.map(async (row) => {
          const label = await labels.open(row.app_password_id, new Uint8Array(row.sealed_label));
          return decodeAppPassword(row, label ?? "(label sealed under an earlier secret)");
        }),
      );
    },
    async revokeAppPassword(userId, appPasswordId) {
      const [raised] = await db.batch<{ credential_epoch: number }>([
        statement("raiseEpoch", userId, appPasswordId),
        statement("revokeAppPassword", userId, appPasswordId, clock.now()),
      ]);
      return raised?.results[0]?.credential_epoch;
    },
    async authenticate(login, passwordHash) {
      const row = await statement("authenticate", login.toLowerCase(), passwordHash).first<ClientRow>();
      return row ? decodeClient(row) : undefined;
    },
    async touchAppPassword(appPasswordId, usedAt) {
      await statement("touchAppPassword", appPasswordId, usedAt).run();
    },

    async addAccount({ accountId, userId, provider }) {
      await statement("insertAccount", accountId, userId, provider, clock.now()).run();
    },
    async claimAccount({ accountId, userId, provider, identityHash }) {
      const now = clock.now();
      const { meta } = await statement("claimAccount", accountId, userId, provider, identityHash, now).run();
      return meta.changes === 1 ? "claimed" : "taken";
    },
    async activateAccount(accountId) {
      await statement("activateAccount", accountId).run();
    },
    async accounts(userId) {
      const { results } = await statement("accounts", userId).all<AccountRow>();
      return results.map(decodeAccount);
    },
    async account(accountId) {
      const row = await statement("account", accountId).first<AccountRow>();
      return row ? decodeAccount(row) : undefined;
    },
    async removeAccount(accountId) {
      await statement("deleteAccount", accountId).run();
    },
    async accountsAfter(cursor, limit) {
      const { results } = await statement("accountsAfter", cursor ?? "", limit).all<AccountRow>();
      return results.map(decodeAccount);
    },
    async connectingBefore(createdBefore, limit) {
      const { results } = await statement("connectingBefore", createdBefore, limit).all<AccountRow>();
      return results.map(decodeAccount);
    },

    async addFeed({ feedId, userId, tokenHash }) {
      await statement("insertFeed", feedId, userId, tokenHash, clock.now()).run();
    },
    async feedByTokenHash(tokenHash) {
      const row = await statement("feedByTokenHash", tokenHash).first<FeedRow>();
      return row ? decodeFeed(row) : undefined;
    },
    async removeFeed(feedId) {
      await statement("deleteFeed", feedId).run();
    },
  };
}
