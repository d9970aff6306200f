// A due row becomes a write. From the moment it is handed out until its report, its outcome counts as unknown: a crash in
// between leaves a row that is due, and a write that may or may not have happened (invariants D and I).

import type { JCalComponent } from "../ical/jcal.ts";
import { serializeCalendar } from "../ical/serialize.ts";
import type { PendingWrite } from "../ports/user-graph.ts";
import { contentHash, mirrorHash } from "./hash.ts";
import { mirrorUid } from "./managed-tag.ts";
import { UNKNOWN_OUTCOME, type MirrorRow } from "./outbox-row.ts";
import type { CompiledPolicy, EventPlacement } from "./policy-compiler.ts";
import { targetsOf } from "./policy-compiler.ts";
import { project } from "./project.ts";
import type { TransitionContext } from "./transition-shape.ts";

/** Texts of unknown writes kept for a merge; older ones are forgotten. */
const TRIED_MAX = 4;

export interface HandedOut {
  /** null: nothing needs to be written after all. */
  readonly write: PendingWrite | null;
  /** To be saved before the write is done. */
  readonly row: MirrorRow;
}

/** `canonical` is the event as it is now, null if deleted; `uid` is the canonical UID, kept for deleted events. */
export function handOut(
  row: MirrorRow,
  canonical: { readonly ical: string; readonly calendar: JCalComponent } | null,
  uid: string,
  policy: CompiledPolicy,
  placement: EventPlacement,
  context: TransitionContext,
): HandedOut {
  const payload =
    canonical === null || row.desiredHash === null
      ? null
      : payloadOf(row, canonical, policy, placement, context);
  const remoteUid = row.kind === "origin" ? uid : mirrorUid(row, context.hash);
  const write = {
    canonicalEventId: row.canonicalEventId,
    accountId: row.accountId,
    kind: row.kind,
    uid: remoteUid,
    providerCalendarId: row.providerCalendarId,
    providerEventId: row.providerEventId,
    expectedEtag: row.etag,
  };
  if (payload === null) {
    if (row.projectedHash === null)
      return { write: null, row: { ...row, desiredHash: null, state: "TOMBSTONED", error: null } };
    return {
      write: { ...write, op: "delete", ical: "", desiredHash: "" },
      row: { ...row, desiredHash: null, projectedHash: UNKNOWN_OUTCOME, state: "DELETING" },
    };
  }
  if (payload.hash === row.projectedHash)
    return { write: null, row: { ...row, desiredHash: payload.hash, state: "ACTIVE", error: null } };
  return {
    write: { ...write, op: "upsert", ical: payload.ical, desiredHash: payload.hash },
    row: {
      ...row,
      desiredHash: payload.hash,
      projectedHash: UNKNOWN_OUTCOME,
      tried: row.kind === "origin" ? remember(row.tried, payload.ical) : [],
    },
  };
}

function payloadOf(
  row: MirrorRow,
  canonical: { readonly ical: string; readonly calendar: JCalComponent },
  policy: CompiledPolicy,
  placement: EventPlacement,
  context: TransitionContext,
): { ical: string; hash: string } | null {
  if (row.kind === "origin")
    return { ical: canonical.ical, hash: contentHash(canonical.calendar, context.hash) };
  const target = targetsOf(policy, placement).find(
    (candidate) => candidate.accountId === row.accountId && candidate.kind === row.kind,
  );
  if (target === undefined) return null;
  const payload = project(canonical.calendar, target, row.canonicalEventId, context.hash);
  return payload === null
    ? null
    : { ical: serializeCalendar(payload), hash: mirrorHash(payload, context.hash) };
}

function remember(tried: readonly string[], text: string): readonly string[] {
  return [text, ...tried.filter((known) => known !== text)].slice(0, TRIED_MAX);
}
