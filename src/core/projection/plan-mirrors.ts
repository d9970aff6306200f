// What the outbox must want after a canonical change or a change of policy: the rows to save.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import { contentHash, mirrorHash } from "./hash.ts";
import { newMirrorRow, type MirrorRow, type SourceRow } from "./outbox-row.ts";
import { targetsOf, type CompiledPolicy, type EventPlacement } from "./policy-compiler.ts";
import { project } from "./project.ts";
import type { TransitionContext } from "./transition-shape.ts";

export interface PlannedEvent {
  readonly calendar: JCalComponent;
  readonly placement: EventPlacement;
}

/**
 * `event` null: it was deleted; every row and every one of `sources` then wants "not there". `rows` are all mirror rows of the event.
 * Rows that stay as they are are not returned.
 */
export function planMirrors(
  canonicalEventId: CanonicalEventId,
  event: PlannedEvent | null,
  policy: CompiledPolicy,
  rows: readonly MirrorRow[],
  context: TransitionContext,
  sources: readonly SourceRow[] = [],
): readonly MirrorRow[] {
  if (event === null) return planRemoval(rows, sources, context.nowMs);
  const wanted = new Map<string, { accountId: AccountId; kind: MirrorRow["kind"]; hash: string }>();
  const { placement } = event;
  const eventHash = contentHash(event.calendar, context.hash);
  if (placement.origin !== null)
    wanted.set(`${placement.origin} origin`, {
      accountId: placement.origin,
      kind: "origin",
      hash: eventHash,
    });
  for (const target of targetsOf(policy, placement)) {
    const payload = project(event.calendar, target, canonicalEventId, context.hash);
    if (payload === null) continue;
    const { accountId, kind } = target;
    wanted.set(`${accountId} ${kind}`, { accountId, kind, hash: mirrorHash(payload, context.hash) });
  }
  const planned: MirrorRow[] = [];
  for (const row of rows) {
    const key = `${row.accountId} ${row.kind}`;
    const isElsewhere =
      row.kind === "origin" && !wanted.has(key) && placement.sourceAccounts.includes(row.accountId);
    const next = isElsewhere
      ? keepAlive(row, eventHash, context.nowMs)
      : want(row, wanted.get(key)?.hash ?? null, context.nowMs);
    if (next !== row) planned.push(next);
    wanted.delete(key);
  }
  for (const { accountId, kind, hash } of wanted.values())
    planned.push({
      ...newMirrorRow(canonicalEventId, accountId, kind),
      desiredHash: hash,
      nextAttemptAt: context.nowMs,
    });
  return planned;
}

function planRemoval(
  rows: readonly MirrorRow[],
  sources: readonly SourceRow[],
  nowMs: number,
): readonly MirrorRow[] {
  const planned: MirrorRow[] = [];
  for (const row of rows) {
    const next = want(row, null, nowMs);
    if (next !== row) planned.push(next);
  }
  for (const source of sources) {
    if (rows.some((row) => isStanding(row) && row.accountId === source.accountId)) continue;
    planned.push({
      ...newMirrorRow(source.canonicalEventId, source.accountId, "origin"),
      providerCalendarId: source.providerCalendarId,
      providerEventId: source.providerEventId,
      etag: source.etag,
      projectedHash: source.contentHash,
      seenHash: source.contentHash,
      state: "DELETING",
      nextAttemptAt: nowMs,
    });
  }
  return planned;
}

/** A row of kind `origin` that something is known to stand for. */
function isStanding(row: MirrorRow): boolean {
  return row.kind === "origin" && (row.projectedHash !== null || row.desiredHash !== null);
}

/**
 * A place that has the event by itself and is not where edits go by the placement. While the event lives nothing is taken away
 * from there: a deletion that was under way is called off, and what was written to before is written to again.
 */
function keepAlive(row: MirrorRow, eventHash: string, nowMs: number): MirrorRow {
  if (row.desiredHash !== null) return want(row, eventHash, nowMs);
  return row.projectedHash === null
    ? row
    : { ...newMirrorRow(row.canonicalEventId, row.accountId, "origin"), state: "TOMBSTONED" };
}

/** The same row when it wants that already. A new wish starts with fresh attempts. */
function want(row: MirrorRow, hash: string | null, nowMs: number): MirrorRow {
  const isGone = hash === null && row.projectedHash === null;
  const state = isGone
    ? "TOMBSTONED"
    : hash === null
      ? "DELETING"
      : hash === row.projectedHash
        ? "ACTIVE"
        : "PENDING";
  if (row.desiredHash === hash) return row.state === state || row.state === "ERROR" ? row : { ...row, state };
  return { ...row, desiredHash: hash, state, attempts: 0, nextAttemptAt: nowMs, error: null };
}
