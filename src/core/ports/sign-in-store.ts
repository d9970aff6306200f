// What signing in needs beyond sessions and passwords: passkeys, links that act once, challenges that count once.
// Implemented over D1 in src/durable/registry. Tokens reach it as keyed hashes only.

import type { UserId } from "../id.ts";

export interface Passkey {
  /** base64url, as WebAuthn spells it. */
  readonly credentialId: string;
  readonly userId: UserId;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export type LinkPurpose = "set-password" | "apple-profile";

export interface OneTimeLink {
  readonly tokenHash: string;
  readonly purpose: LinkPurpose;
  readonly userId: UserId;
  /** What the link is about, e.g. the id of the app password that a profile will carry. */
  readonly subjectId: string | null;
  readonly expiresAt: number;
}

export interface SignInStore {
  addPasskey(passkey: Omit<Passkey, "lastUsedAt">): Promise<"added" | "known">;
  passkey(credentialId: string): Promise<Passkey | undefined>;
  passkeys(userId: UserId): Promise<readonly Passkey[]>;
  passkeyUsed(credentialId: string, counter: number, usedAt: number): Promise<void>;
  removePasskey(userId: UserId, credentialId: string): Promise<boolean>;

  addLink(link: OneTimeLink): Promise<void>;
  /** The link if it is neither expired nor claimed longer than `graceMs` ago. Reading changes nothing. */
  link(
    purpose: LinkPurpose,
    tokenHash: string,
    now: number,
    graceMs: number,
  ): Promise<OneTimeLink | undefined>;
  /** Claims it: the first claim wins; later ones succeed only inside the grace. */
  claimLink(
    purpose: LinkPurpose,
    tokenHash: string,
    now: number,
    graceMs: number,
  ): Promise<OneTimeLink | undefined>;

  /** True for the first caller only. */
  spendChallenge(challengeHash: string, expiresAt: number, now: number): Promise<boolean>;
}
