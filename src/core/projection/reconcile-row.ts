// Repair: a mirror of ours against the complete listing of the calendar where it must be.

import { lostMirror } from "./meet-mirror.ts";
import { UNKNOWN_OUTCOME, type MirrorRow } from "./outbox-row.ts";

export interface Contradiction {
  readonly found: "missing" | "drifted";
  readonly row: MirrorRow;
}

/** null: in step, or on its way. `listed` is the resource at the row's provider id. Origins are left to the pull. */
export function reconcileRow(
  row: MirrorRow,
  listed: { readonly id: string; readonly etag: string | null } | null,
  nowMs: number,
): Contradiction | null {
  if (row.kind === "origin" || row.providerEventId === null) return null;
  if (listed === null) return { found: "missing", row: lostMirror(row, nowMs) };
  if (row.etag === null || listed.etag === null || row.etag === listed.etag) return null;
  return {
    found: "drifted",
    row: {
      ...row,
      etag: listed.etag,
      projectedHash: UNKNOWN_OUTCOME,
      state: "PENDING",
      nextAttemptAt: nowMs,
    },
  };
}
