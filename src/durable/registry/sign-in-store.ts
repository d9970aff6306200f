// Passkeys, one-time links and spent challenges over D1. Implements src/core/ports/sign-in-store.ts.

import type { SignInStore } from "../../core/ports/sign-in-store.ts";
import { decodeLink, decodePasskey, type LinkRow, type PasskeyRow } from "./rows.ts";
import { statements } from "./statements.ts";

export function createSignInStore(db: D1Database): SignInStore {
  function statement(
    name: keyof typeof statements,
    ...values: readonly (string | number | null | Uint8Array)[]
  ) {
    return db.prepare(statements[name]).bind(...values);
  }

  return {
    async addPasskey(passkey) {
      const { meta } = await statement(
        "insertPasskey",
        passkey.credentialId,
        passkey.userId,
        passkey.publicKey,
        passkey.counter,
        passkey.transports.join(","),
        passkey.backedUp ? 1 : 0,
        passkey.createdAt,
      ).run();
      return meta.changes === 1 ? "added" : "known";
    },
    async passkey(credentialId) {
      const row = await statement("passkey", credentialId).first<PasskeyRow>();
      return row ? decodePasskey(row) : undefined;
    },
    async passkeys(userId) {
      const { results } = await statement("passkeys", userId).all<PasskeyRow>();
      return results.map(decodePasskey);
    },
    async passkeyUsed(credentialId, counter, usedAt) {
      await statement("passkeyUsed", credentialId, counter, usedAt).run();
    },
    async removePasskey(userId, credentialId) {
      const { meta } = await statement("deletePasskey", userId, credentialId).run();
      return meta.changes === 1;
    },

    async addLink(link) {
      await statement(
        "insertLink",
        link.tokenHash,
        link.purpose,
        link.userId,
        link.subjectId,
        link.expiresAt,
      ).run();
    },
    async link(purpose, tokenHash, now, graceMs) {
      const row = await statement("link", tokenHash, purpose, now, graceMs).first<LinkRow>();
      return row ? decodeLink(row) : undefined;
    },
    async claimLink(purpose, tokenHash, now, graceMs) {
      const [, claimed] = await db.batch<LinkRow>([
        statement("purgeLinks", now),
        statement("claimLink", tokenHash, purpose, now, graceMs),
      ]);
      const row = claimed?.results[0];
      return row ? decodeLink(row) : undefined;
    },

    async spendChallenge(challengeHash, expiresAt, now) {
      const [, spent] = await db.batch([
        statement("purgeChallenges", now),
        statement("spendChallenge", challengeHash, expiresAt),
      ]);
      return spent?.meta.changes === 1;
    },
  };
}
