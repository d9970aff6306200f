// A mirror of ours as the provider shows it. What a person changed there is put back. A server that shows the same again and again
// after that renders our object in its own way: accepted, or every round would write once more.

import type { MirrorRow } from "./outbox-row.ts";
import { transitionOf, type ReadItem, type Transition, type TransitionContext } from "./transition-shape.ts";

/** A server that answers a write without an entity tag says that it stored something else (RFC 4791 5.3.4). */
const PUT_BACK_UNTAGGED = 1;
const PUT_BACK_TAGGED = 3;

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
  const due: MirrorRow = { ...shown, projectedHash: item.mirrorHash, state: "PENDING" };
  if (!wasInStep) return transitionOf("unchanged", id, { mirror: due });
  const putBack = timesPutBack(row, item.mirrorHash);
  if (
    putBack >= (row.etag === null ? PUT_BACK_UNTAGGED : PUT_BACK_TAGGED) ||
    isSameState(row.etag, item.etag)
  )
    return transitionOf("unchanged", id, { mirror: shown });
  return transitionOf("overwrite", id, {
    mirror: { ...due, seenHash: `${item.mirrorHash}#${putBack + 1}`, nextAttemptAt: context.nowMs },
  });
}

function timesPutBack(row: MirrorRow, mirrorHash: string): number {
  const [hash, count = "0"] = (row.seenHash ?? "").split("#");
  return hash === mirrorHash ? Number(count) : 0;
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

function isSameState(known: string | null, shown: string | null): boolean {
  return known !== null && known === shown;
}
