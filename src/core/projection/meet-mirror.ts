// A mirror of ours as the provider shows it. What a person changed there is put back. A server that shows the same again
// after that renders our object in its own way: accepted, or every round would write once more.

import type { MirrorRow } from "./outbox-row.ts";
import { transitionOf, type ReadItem, type Transition, type TransitionContext } from "./transition-shape.ts";

export function meetMirror(item: ReadItem, row: MirrorRow, context: TransitionContext): Transition {
  const shown: MirrorRow = {
    ...row,
    providerCalendarId: item.providerCalendarId,
    providerEventId: item.id,
    etag: item.etag,
  };
  const id = row.canonicalEventId;
  if (row.desiredHash === null)
    return transitionOf("unchanged", id, {
      mirror: { ...shown, projectedHash: item.mirrorHash, state: "DELETING" },
    });
  if (item.mirrorHash === row.desiredHash)
    return transitionOf("unchanged", id, {
      mirror: { ...shown, projectedHash: row.desiredHash, state: "ACTIVE", attempts: 0, error: null },
    });
  const wasInStep = row.projectedHash === row.desiredHash;
  if (wasInStep && row.seenHash === item.mirrorHash) return transitionOf("unchanged", id, { mirror: shown });
  const due: MirrorRow = { ...shown, projectedHash: item.mirrorHash, state: "PENDING" };
  if (!wasInStep) return transitionOf("unchanged", id, { mirror: due });
  return transitionOf("overwrite", id, {
    mirror: { ...due, seenHash: item.mirrorHash, nextAttemptAt: context.nowMs },
  });
}

/** It is not there any more, though wanted: due again, as new. */
export function lostMirror(row: MirrorRow, nowMs: number): MirrorRow {
  return {
    ...row,
    providerCalendarId: null,
    providerEventId: null,
    etag: null,
    projectedHash: null,
    seenHash: null,
    base: null,
    state: row.desiredHash === null ? "TOMBSTONED" : "PENDING",
    nextAttemptAt: nowMs,
  };
}
