// The user's decision on held deletions. Approved: they are applied as if the provider had just said them. Rejected: the provider's
// copies are gone, so the events become due to be created there again.

import type { AccountId, ApprovalId, CanonicalEventId } from "../../core/id.ts";
import type { ProviderDelta } from "../../core/ports/user-graph.ts";
import { applyDelta } from "./delta.ts";
import { loadEvents, mirrorRowId, sourceAt } from "./event-rows.ts";
import type { StoredEvent } from "./event-rows.ts";
import { writeEventChange } from "./event-writer.ts";
import type { EventChange } from "./event-writer.ts";
import { collectionOfKind, transitionContext } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { sealMirrors } from "./mirror-writer.ts";
import { originOfHeir } from "../../core/projection/decide-gone.ts";
import { newMirrorRow } from "../../core/projection/outbox-row.ts";
import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import { planOutbox, treeOf } from "./planning.ts";
import { transact } from "./transaction.ts";

interface Held {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly ids: readonly string[];
}

/** False when there is no such approval waiting. */
export async function decideApproval(
  graph: Graph,
  approvalId: ApprovalId,
  decision: "approve" | "reject",
): Promise<boolean> {
  const held = readHeld(graph.sql, approvalId);
  if (held === undefined) return false;
  if (decision === "approve") {
    const delta: ProviderDelta = {
      accountId: held.accountId,
      providerCalendarId: held.providerCalendarId,
      role: "source",
      upserts: [],
      deletedIds: held.ids,
      deletionProof: "tombstone",
    };
    await applyDelta(graph, delta, { deletionsMayWait: false });
  } else {
    await recreate(graph, held);
  }
  // Last, so that a crash before it leaves the decision to be made again; both are idempotent.
  await graph.enter(async () => {
    transact(graph, graph.state.version, (write) => {
      graph.sql.exec(
        "UPDATE approvals SET state = ?, decided_at = ? WHERE approval_id = ?",
        decision === "approve" ? "approved" : "rejected",
        write.nowMs,
        approvalId,
      );
      graph.sql.exec("DELETE FROM approval_items WHERE approval_id = ?", approvalId);
    });
  });
  return true;
}

function readHeld(sql: SqlStorage, approvalId: ApprovalId): Held | undefined {
  const approval = sql
    .exec<{ account_id: AccountId; provider_calendar_id: string }>(
      "SELECT account_id, provider_calendar_id FROM approvals WHERE approval_id = ? AND state = 'waiting'",
      approvalId,
    )
    .toArray()[0];
  if (approval === undefined) return undefined;
  const ids = sql
    .exec<{ id: string }>(
      "SELECT provider_event_id AS id FROM approval_items WHERE approval_id = ?",
      approvalId,
    )
    .toArray()
    .map((row) => row.id);
  return { accountId: approval.account_id, providerCalendarId: approval.provider_calendar_id, ids };
}

const BATCH = 50;

async function recreate(graph: Graph, held: Held): Promise<void> {
  for (let at = 0; at < held.ids.length; at += BATCH) {
    const ids = held.ids.slice(at, at + BATCH);
    await graph.enter(async () => {
      const seen = graph.state.version;
      const sources = ids.flatMap(
        (id) => sourceAt(graph.sql, held.accountId, held.providerCalendarId, id) ?? [],
      );
      const events = await loadEvents(
        graph,
        sources.map((source) => source.canonicalEventId),
      );
      const changes = await Promise.all(
        [...events.values()].map((event) => recreationOf(graph, event, held, new Set(ids))),
      );
      transact(graph, seen, (write) => {
        for (const change of changes) if (change !== null) writeEventChange(graph, write, change);
      });
    });
  }
}

/**
 * Forgets the sources that are gone and lets the event's origin row stand where nothing exists yet; or where the account has it still,
 * in another of its calendars.
 */
async function recreationOf(
  graph: Graph,
  event: StoredEvent,
  held: Held,
  ids: ReadonlySet<string>,
): Promise<EventChange | null> {
  const calendar = treeOf(event.ical);
  if (event.ical === null || calendar === null || calendar === undefined) return null;
  const { accountId } = held;
  const isGone = (source: SourceRow): boolean =>
    source.accountId === accountId &&
    source.providerCalendarId === held.providerCalendarId &&
    ids.has(source.providerEventId);
  const gone = event.sources.filter(isGone);
  const lost = gone.find((source) => source.role !== "copy");
  const id: CanonicalEventId = event.row.canonicalEventId;
  const kept = event.sources.filter((source) => !isGone(source));
  const copy = lost === undefined ? undefined : kept.find((source) => source.accountId === accountId);
  const heir =
    copy === undefined || lost === undefined ? undefined : { ...copy, role: lost.role, etag: null };
  const context = transitionContext(graph);
  const rows = new Map(event.mirrors.map((row) => [mirrorRowId(row), row]));
  const saved = new Map<string, MirrorRow>();
  if (lost !== undefined) {
    const row =
      copy === undefined
        ? { ...newMirrorRow(id, accountId, "origin"), providerCalendarId: held.providerCalendarId }
        : originOfHeir(copy, { canonicalEventId: id, ical: event.ical }, context);
    rows.set(mirrorRowId(row), row);
    saved.set(mirrorRowId(row), row);
  }
  const originAccountId = lost === undefined ? event.row.originAccountId : accountId;
  const planned = planOutbox(
    graph,
    {
      ...event.row,
      ...event,
      calendar,
      originAccountId,
      // Somebody else's stays somebody else's.
      isUnified: event.isUnified && lost?.role !== "foreign",
      sources: kept.map((source) => (source === copy && heir !== undefined ? heir : source)),
      mirrors: [...rows.values()],
    },
    context,
  );
  for (const row of planned) saved.set(mirrorRowId(row), row);
  return {
    canonicalEventId: id,
    before: event,
    content: null,
    originAccountId,
    remove: false,
    place: { calendarKey: collectionOfKind(graph, "unified").calendarKey, name: null },
    removeSources: gone,
    saveSources: heir === undefined ? [] : [heir],
    mirrors: await sealMirrors(graph, [...saved.values()]),
    journal: null,
  };
}
