// Work on many events that must not block: recompiling the outbox after a change of policy, taking the events of a removed account
// out. One bounded batch a call; where it stands is a row, so that a crash resumes.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { MirrorRow } from "../../core/projection/outbox-row.ts";
import { originOfHeir } from "../../core/projection/decide-gone.ts";
import { loadEvents, mirrorRowId } from "./event-rows.ts";
import type { StoredEvent } from "./event-rows.ts";
import { writeEventChange } from "./event-writer.ts";
import type { EventChange } from "./event-writer.ts";
import { collectionOfKind, transitionContext } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { journalEntry } from "./journal.ts";
import { sealMirrors } from "./mirror-writer.ts";
import { planOutbox, treeOf } from "./planning.ts";
import { transact } from "./transaction.ts";

const BATCH = 100;

export const backgroundStatements = {
  next: "SELECT kind, subject, next_event_key FROM background_work ORDER BY kind DESC, subject LIMIT 1",
  byOrigin: `SELECT event_key, canonical_event_id FROM events WHERE origin_account_id IS ? AND event_key > ? ORDER BY event_key LIMIT ?`,
  ofAccount: `SELECT canonical_event_id FROM (SELECT canonical_event_id FROM event_sources WHERE account_id = ?1 LIMIT ?2)
    UNION SELECT canonical_event_id FROM (SELECT canonical_event_id FROM event_mirrors WHERE account_id = ?1 LIMIT ?2)
    UNION SELECT canonical_event_id FROM (SELECT canonical_event_id FROM events WHERE origin_account_id = ?1 LIMIT ?2) LIMIT ?2`,
} as const;

/** Works off one batch. False when nothing is left. */
export function workOneBatch(graph: Graph): Promise<boolean> {
  return graph.enter(async () => {
    const work = graph.sql
      .exec<{ kind: "recompile" | "remove-account"; subject: string; next_event_key: number }>(
        backgroundStatements.next,
      )
      .toArray()[0];
    if (work === undefined) return false;
    switch (work.kind) {
      case "recompile":
        await recompileBatch(graph, work.subject, work.next_event_key);
        return true;
      case "remove-account":
        await removalBatch(graph, work.subject as AccountId);
        return true;
    }
  });
}

async function recompileBatch(graph: Graph, from: string, after: number): Promise<void> {
  const seen = graph.state.version;
  const origin = from === "canonical" ? null : from;
  const rows = graph.sql
    .exec<{ event_key: number; canonical_event_id: CanonicalEventId }>(
      backgroundStatements.byOrigin,
      origin,
      after,
      BATCH,
    )
    .toArray();
  const events = await loadEvents(
    graph,
    rows.map((row) => row.canonical_event_id),
  );
  const changes = await Promise.all([...events.values()].map((event) => recompiled(graph, event)));
  transact(graph, seen, (write) => {
    for (const change of changes) if (change !== null) writeEventChange(graph, write, change);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) {
      graph.sql.exec("DELETE FROM background_work WHERE kind = 'recompile' AND subject = ?", from);
    } else {
      graph.sql.exec(
        "UPDATE background_work SET next_event_key = ? WHERE kind = 'recompile' AND subject = ?",
        last.event_key,
        from,
      );
    }
  });
}

async function recompiled(graph: Graph, event: StoredEvent): Promise<EventChange | null> {
  const planned = planOf(graph, event);
  if (planned.length === 0) return null;
  return { ...unchanged(graph, event), mirrors: await sealMirrors(graph, planned) };
}

function planOf(
  graph: Graph,
  event: StoredEvent,
  originAccountId = event.row.originAccountId,
): readonly MirrorRow[] {
  const calendar = treeOf(event.ical);
  if (calendar === undefined) return [];
  return planOutbox(graph, { ...event.row, ...event, calendar, originAccountId }, transitionContext(graph));
}

function unchanged(graph: Graph, event: StoredEvent): EventChange {
  return {
    canonicalEventId: event.row.canonicalEventId,
    before: event,
    content: null,
    originAccountId: event.row.originAccountId,
    remove: false,
    place: { calendarKey: collectionOfKind(graph, "unified").calendarKey, name: null },
    removeSources: [],
    saveSources: [],
    mirrors: [],
    journal: null,
  };
}

async function removalBatch(graph: Graph, accountId: AccountId): Promise<void> {
  const seen = graph.state.version;
  const ids = graph.sql
    .exec<{ canonical_event_id: CanonicalEventId }>(backgroundStatements.ofAccount, accountId, BATCH)
    .toArray()
    .map((row) => row.canonical_event_id);
  const events = await loadEvents(graph, ids);
  const changes = await Promise.all(
    [...events.values()].map((event) => withoutAccount(graph, event, accountId)),
  );
  transact(graph, seen, (write) => {
    for (const change of changes) {
      // The provider is not told anything any more: rows of the account go as they are.
      graph.sql.exec(
        "DELETE FROM event_mirrors WHERE account_id = ? AND canonical_event_id = ?",
        accountId,
        change.canonicalEventId,
      );
      writeEventChange(graph, write, change);
    }
    if (ids.length === 0) {
      graph.sql.exec("DELETE FROM background_work WHERE kind = 'remove-account' AND subject = ?", accountId);
    }
  });
}

/** An event that only this account had leaves; one that another account has too is at home there from now on. */
async function withoutAccount(graph: Graph, event: StoredEvent, accountId: AccountId): Promise<EventChange> {
  const id = event.row.canonicalEventId;
  const gone = event.sources.filter((source) => source.accountId === accountId);
  const kept = event.sources.filter((source) => source.accountId !== accountId);
  const remove = gone.length > 0 && kept.length === 0 && event.ical !== null && !event.isLocal;
  const wasHome = event.row.originAccountId === accountId;
  const lost = gone.find((source) => source.role !== "copy");
  const isHomeless = (lost !== undefined || wasHome) && !kept.some((source) => source.role !== "copy");
  const copy = isHomeless ? kept[0] : undefined;
  // The text of a copy was never kept: without its etag the next complete read brings it.
  const heir =
    copy === undefined ? undefined : ({ ...copy, role: lost?.role ?? "origin", etag: null } as const);
  const originAccountId = heir?.accountId ?? (wasHome ? null : event.row.originAccountId);
  const rows = new Map(
    event.mirrors.filter((row) => row.accountId !== accountId).map((row) => [mirrorRowId(row), row]),
  );
  const saved = new Map<string, MirrorRow>();
  if (copy !== undefined && event.ical !== null && treeOf(event.ical) !== undefined) {
    const row = originOfHeir(copy, { canonicalEventId: id, ical: event.ical }, transitionContext(graph));
    rows.set(mirrorRowId(row), row);
    saved.set(mirrorRowId(row), row);
  }
  const left: StoredEvent = {
    ...event,
    ical: remove ? null : event.ical,
    sources: kept.map((source) => (source === copy && heir !== undefined ? heir : source)),
    mirrors: [...rows.values()],
  };
  for (const row of planOf(graph, left, originAccountId)) saved.set(mirrorRowId(row), row);
  return {
    ...unchanged(graph, event),
    originAccountId,
    remove,
    removeSources: gone,
    saveSources: heir === undefined ? [] : [heir],
    mirrors: await sealMirrors(graph, [...saved.values()]),
    journal: remove ? await journalEntry(graph, id, "system", "deleted", { before: event.ical }) : null,
  };
}
