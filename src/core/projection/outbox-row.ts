// The rows that federation reasons about, as plain values: where an event came from (source) and where it must be
// (mirror). Storage keeps them; every change of them is decided by the pure functions of this folder.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { MirrorKind, MirrorState } from "../ports/user-graph.ts";

/** `origin`: edits are written back there. `copy`: the same meeting seen in a second account. `foreign`: somebody else's mirror. */
export type SourceRole = "origin" | "copy" | "foreign";

/** One place at a provider that holds the event by itself. Unique by (account, calendar, provider event id). */
export interface SourceRow {
  readonly canonicalEventId: CanonicalEventId;
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly providerEventId: string;
  readonly etag: string | null;
  readonly role: SourceRole;
  /** Keyed hash of the meaning last seen there. */
  readonly contentHash: string;
}

/**
 * One place where the event must be. Unique by (event, account, kind). Due when `desiredHash` is not `projectedHash`
 * and `nextAttemptAt` has come.
 */
export interface MirrorRow {
  readonly canonicalEventId: CanonicalEventId;
  readonly accountId: AccountId;
  readonly kind: MirrorKind;
  readonly providerCalendarId: string | null;
  readonly providerEventId: string | null;
  readonly etag: string | null;
  readonly state: MirrorState;
  /** null: it must not exist there. */
  readonly desiredHash: string | null;
  /** null: it does not exist there. UNKNOWN_OUTCOME: a write was handed out and nothing is known of how it ended. */
  readonly projectedHash: string | null;
  /** Of `origin`: hash of the meaning last seen there. Of `overlay` and `mirror`: hash of what was put back last, `#`, how often. */
  readonly seenHash: string | null;
  /** Of `origin` only: the octets that both sides last agreed on, the base of a three-way merge. Content: sealed. */
  readonly base: string | null;
  /** Of `origin` only: octets of writes whose outcome is unknown, newest first. Content: sealed. */
  readonly tried: readonly string[];
  readonly attempts: number;
  /** UTC ms. */
  readonly nextAttemptAt: number;
  /** A sentence without content; null when all is well. */
  readonly error: string | null;
}

export const UNKNOWN_OUTCOME = "?";

export function isDue(row: MirrorRow, nowMs: number): boolean {
  return row.desiredHash !== row.projectedHash && row.nextAttemptAt <= nowMs;
}

export function newMirrorRow(
  canonicalEventId: CanonicalEventId,
  accountId: AccountId,
  kind: MirrorKind,
): MirrorRow {
  return {
    canonicalEventId,
    accountId,
    kind,
    providerCalendarId: null,
    providerEventId: null,
    etag: null,
    state: "PENDING",
    desiredHash: null,
    projectedHash: null,
    seenHash: null,
    base: null,
    tried: [],
    attempts: 0,
    nextAttemptAt: 0,
    error: null,
  };
}
