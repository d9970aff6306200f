// The outbox as the push engine sees it: writes that are due, and what became of them. `event_mirrors` is the truth; a queue message
// only says "look".

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { KnownResource, MirrorKind, PendingWrite, WriteReport } from "../../core/ports/user-graph.ts";
import type { MirrorRow } from "../../core/projection/outbox-row.ts";
import { applyReport } from "../../core/projection/apply-report.ts";
import { handOut } from "../../core/projection/hand-out.ts";
import { changeFor } from "./change.ts";
import { forgetHeld } from "./deletion-breaker.ts";
import { forgetIfUnneeded, writeEventChange } from "./event-writer.ts";
import type { EventChange } from "./event-writer.ts";
import { loadEvents, placementOf, sourceAt } from "./event-rows.ts";
import type { StoredEvent } from "./event-rows.ts";
import { transitionContext } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { saveMirror, sealMirrors } from "./mirror-writer.ts";
import { treeOf } from "./planning.ts";
import { transact } from "./transaction.ts";

const BATCH = 50;
const ROUNDS_MAX = 20;

export const outboxStatements = {
  due: `SELECT canonical_event_id, kind FROM event_mirrors
    WHERE account_id = ? AND desired_hash IS NOT projected_hash AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?`,
  nextDue: `SELECT min(next_attempt_at) AS next_attempt_at FROM event_mirrors
    WHERE account_id = ? AND desired_hash IS NOT projected_hash`,
  sources:
    "SELECT provider_event_id, provider_etag FROM event_sources WHERE account_id = ? AND provider_calendar_id = ?",
  mirrors: `SELECT provider_event_id, provider_etag, provider_calendar_id FROM event_mirrors
    WHERE account_id = ? AND provider_event_id IS NOT NULL AND kind <> 'origin'`,
} as const;

interface Due {
  readonly canonical_event_id: CanonicalEventId;
  readonly kind: MirrorKind;
}

/** Hands out up to `limit` due writes; each row says from here on that its outcome is unknown, and is due until its report. */
export async function pendingWrites(
  graph: Graph,
  accountId: AccountId,
  limit: number,
): Promise<readonly PendingWrite[]> {
  const writes: PendingWrite[] = [];
  // Rows that need no write after all leave room for others.
  for (let round = 0; round < ROUNDS_MAX && writes.length === 0; round++) {
    const due = graph.sql
      .exec<{ canonical_event_id: CanonicalEventId; kind: MirrorKind }>(
        outboxStatements.due,
        accountId,
        graph.clock.now(),
        limit,
      )
      .toArray();
    if (due.length === 0) break;
    for (let at = 0; at < due.length; at += BATCH) {
      const batch = due.slice(at, at + BATCH);
      writes.push(...(await graph.enter(() => handOutBatch(graph, accountId, batch))));
    }
  }
  return writes;
}

async function handOutBatch(
  graph: Graph,
  accountId: AccountId,
  due: readonly Due[],
): Promise<PendingWrite[]> {
  const seen = graph.state.version;
  const writes: PendingWrite[] = [];
  const events = await loadEvents(
    graph,
    due.map((row) => row.canonical_event_id),
  );
  const context = transitionContext(graph);
  const rows: MirrorRow[] = [];
  for (const { canonical_event_id, kind } of due) {
    const event = events.get(canonical_event_id);
    const row = event?.mirrors.find((one) => one.accountId === accountId && one.kind === kind);
    if (event === undefined || row === undefined || row.desiredHash === row.projectedHash) continue;
    const calendar = treeOf(event.ical);
    if (calendar === undefined) {
      rows.push(postponed(row, "The event that is stored here cannot be read.", context.nowMs));
      continue;
    }
    const canonical = event.ical === null || calendar === null ? null : { ical: event.ical, calendar };
    const placement = placementOf({ ...event.row, isUnified: event.isUnified }, event.sources);
    const handed = handOut(row, canonical, event.row.uid, graph.state.policy, placement, context);
    rows.push(handed.row);
    if (handed.write !== null) writes.push(handed.write);
  }
  const sealed = await sealMirrors(graph, rows, true);
  transact(graph, seen, (write) => {
    for (const mirror of sealed) {
      saveMirror(graph.sql, mirror, write.nowMs);
      forgetIfUnneeded(graph.sql, mirror.row.canonicalEventId);
    }
  });
  return writes;
}

export async function reportWrites(
  graph: Graph,
  accountId: AccountId,
  reports: readonly WriteReport[],
): Promise<void> {
  let waiting = reports;
  while (waiting.length > 0) waiting = await graph.enter(() => reportWave(graph, accountId, waiting));
}

/** Reports of different events share a transaction; a second one of the same event waits for the next wave. */
async function reportWave(
  graph: Graph,
  accountId: AccountId,
  reports: readonly WriteReport[],
): Promise<readonly WriteReport[]> {
  const seen = graph.state.version;
  const wave = new Map<CanonicalEventId, WriteReport>();
  let taken = 0;
  for (const report of reports) {
    if (wave.size >= BATCH || wave.has(report.canonicalEventId)) break;
    wave.set(report.canonicalEventId, report);
    taken++;
  }
  const events = await loadEvents(graph, wave.keys());
  const changes = await Promise.all(
    [...wave.values()].map((report) =>
      changeOfReport(graph, accountId, report, events.get(report.canonicalEventId)),
    ),
  );
  transact(graph, seen, (write) => {
    for (const change of changes) if (change !== null) writeEventChange(graph, write, change);
    for (const report of wave.values()) {
      if (report.result !== "done" || report.op !== "upsert" || report.kind !== "origin") continue;
      forgetHeld(graph.sql, { ...report, accountId }, [report.providerEventId]);
    }
  });
  return reports.slice(taken);
}

async function changeOfReport(
  graph: Graph,
  accountId: AccountId,
  report: WriteReport,
  stored: StoredEvent | undefined,
): Promise<EventChange | null> {
  const row = stored?.mirrors.find((one) => one.accountId === accountId && one.kind === report.kind);
  if (stored === undefined || row === undefined) return null;
  const id = stored.row.canonicalEventId;
  const event =
    stored.ical === null ? null : { canonicalEventId: id, ical: stored.ical, sources: stored.sources };
  const context = transitionContext(graph);
  const transition = applyReport(report, row, event, context);
  const placeId = report.result === "done" ? report.providerEventId : row.providerEventId;
  const calendarId = report.result === "failed" ? row.providerCalendarId : report.providerCalendarId;
  const source =
    placeId === null || calendarId === null ? undefined : sourceAt(graph.sql, accountId, calendarId, placeId);
  const change = await changeFor(
    graph,
    {
      canonicalEventId: id,
      before: stored,
      transition,
      sourceAtPlace: source ?? null,
      actor: `provider:${accountId}`,
    },
    context,
  );
  if (change.ok) return change.value;
  // The provider's object cannot be taken over: the row waits and the status says why.
  const waits = postponed(row, change.error, context.nowMs);
  const kept = await changeFor(
    graph,
    {
      canonicalEventId: id,
      before: stored,
      transition: {
        ...transition,
        outcome: "unchanged",
        ical: null,
        source: null,
        removeSource: false,
        removeEvent: false,
        mirror: waits,
        promoted: null,
      },
      sourceAtPlace: null,
      actor: `provider:${accountId}`,
    },
    context,
  );
  return kept.ok ? kept.value : null;
}

function postponed(row: MirrorRow, error: string, nowMs: number): MirrorRow {
  return { ...row, state: "ERROR", error, nextAttemptAt: nowMs + 86_400_000 };
}

/** What the graph believes to exist in one provider calendar. */
export function knownResources(
  sql: SqlStorage,
  accountId: AccountId,
  providerCalendarId: string,
): readonly KnownResource[] {
  const known = new Map<string, KnownResource>();
  for (const row of sql.exec(outboxStatements.sources, accountId, providerCalendarId).raw()) {
    const providerEventId = row[0] as string;
    known.set(providerEventId, { providerEventId, etag: row[1] as string | null, ours: false });
  }
  for (const row of sql.exec(outboxStatements.mirrors, accountId).raw()) {
    const providerEventId = row[0] as string;
    if (row[2] === providerCalendarId)
      known.set(providerEventId, { providerEventId, etag: row[1] as string | null, ours: true });
  }
  return [...known.values()];
}
