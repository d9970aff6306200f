// A provider proved that something is gone. A pending edit of ours beats it; another source keeps the event alive.
// Also invariant G, the breaker of mass deletions.

import { limits } from "../limits.ts";
import { contentHash } from "./hash.ts";
import { lostMirror } from "./meet-mirror.ts";
import { parseKnown } from "./merge-source.ts";
import { newMirrorRow, UNKNOWN_OUTCOME, type MirrorRow, type SourceRow } from "./outbox-row.ts";
import {
  transitionOf,
  type ItemKnowledge,
  type KnownEvent,
  type Transition,
  type TransitionContext,
} from "./transition-shape.ts";

/** `known` is looked up by the id that is gone. */
export function decideGone(known: ItemKnowledge, context: TransitionContext): Transition {
  if (known.mirror !== null) {
    const row = lostMirror(known.mirror, context.nowMs);
    return transitionOf(known.mirror.desiredHash === null ? "unchanged" : "overwrite", row.canonicalEventId, {
      mirror: row,
    });
  }
  if (known.source === null) return transitionOf("unchanged", null);
  return sourceGone(known.source, known.event, known.origin, context);
}

function sourceGone(
  source: SourceRow,
  event: KnownEvent | null,
  origin: MirrorRow | null,
  context: TransitionContext,
): Transition {
  const id = source.canonicalEventId;
  const isOfOrigin = origin !== null && origin.providerEventId === source.providerEventId;
  const lost = isOfOrigin ? lostMirror(origin, context.nowMs) : null;
  if (event === null)
    return transitionOf("unchanged", id, { removeSource: true, mirror: lost && { ...lost, tried: [] } });
  const isEdited = isOfOrigin && origin.desiredHash !== source.contentHash && hasPendingEdit(origin, context);
  const edited = isEdited ? origin : null;
  const heirs = event.sources.filter((other) => other.role === "copy" && !samePlace(other, source));
  // It only moved: edits go to where it is now.
  const moved = heirs.find((other) => other.accountId === source.accountId);
  const unwanted: MirrorRow | null = lost && { ...lost, desiredHash: null, state: "TOMBSTONED", tried: [] };
  if (source.role === "copy") {
    const followed =
      lost === null || moved === undefined ? unwanted : rowOfHeir(moved, event, edited, context);
    // What a copy says is nothing to the event: it is read when it is written to.
    const unread = followed && { ...followed, etag: null };
    const isQuiet = unread?.projectedHash === UNKNOWN_OUTCOME && edited === null;
    return transitionOf("unchanged", id, {
      removeSource: true,
      mirror: isQuiet ? { ...unread, projectedHash: unread.desiredHash, state: "ACTIVE" } : unread,
    });
  }
  if (edited !== null && moved === undefined)
    return transitionOf("restored", id, { removeSource: true, mirror: lost });
  const heir = moved ?? heirs[0];
  if (heir === undefined)
    return transitionOf("deleted", id, { removeSource: true, removeEvent: true, mirror: unwanted });
  return transitionOf("unchanged", id, {
    removeSource: true,
    mirror: lost?.accountId === heir.accountId ? null : unwanted,
    promoted: {
      source: { ...heir, role: source.role },
      origin: rowOfHeir(heir, event, edited, context),
    },
  });
}

/** Something is wanted there that both sides never agreed on. */
export function hasPendingEdit(origin: MirrorRow, context: TransitionContext): boolean {
  if (origin.desiredHash === null) return false;
  return origin.base === null || origin.desiredHash !== contentHash(parseKnown(origin.base), context.hash);
}

/**
 * The `origin` row of a copy that takes the origin's place. It is not written to until somebody edits the event. What it says was
 * never kept: where that is something else, its state counts as unknown, so that it is read before anything is written.
 */
export function originOfHeir(
  heir: SourceRow,
  event: Pick<KnownEvent, "canonicalEventId" | "ical">,
  context: TransitionContext,
): MirrorRow {
  const canonicalHash = contentHash(parseKnown(event.ical), context.hash);
  const isSame = heir.contentHash === canonicalHash;
  return {
    ...newMirrorRow(event.canonicalEventId, heir.accountId, "origin"),
    providerCalendarId: heir.providerCalendarId,
    providerEventId: heir.providerEventId,
    etag: isSame ? heir.etag : null,
    desiredHash: canonicalHash,
    projectedHash: isSame ? canonicalHash : UNKNOWN_OUTCOME,
    seenHash: heir.contentHash,
    base: event.ical,
    state: isSame ? "ACTIVE" : "PENDING",
    nextAttemptAt: context.nowMs,
  };
}

/** `edited`: the row of the place that is gone, where an edit was still to be written to it. */
function rowOfHeir(
  heir: SourceRow,
  event: KnownEvent,
  edited: MirrorRow | null,
  context: TransitionContext,
): MirrorRow {
  const row = originOfHeir(heir, event, context);
  if (edited === null) return row;
  const { base, tried } = edited;
  return { ...row, base, tried, etag: null, projectedHash: UNKNOWN_OUTCOME, state: "PENDING" };
}

function samePlace(a: SourceRow, b: SourceRow): boolean {
  return (
    a.accountId === b.accountId &&
    a.providerCalendarId === b.providerCalendarId &&
    a.providerEventId === b.providerEventId
  );
}

/** Of `deletions` proven in one pass over a calendar that held `known` sources: must the user be asked? */
export function deletionsNeedApproval(deletions: number, known: number): boolean {
  return deletions > limits.massDeletionEventsMin && deletions > known * limits.massDeletionShare;
}
