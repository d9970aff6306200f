// What changed below a collection since a revision (RFC 6578). The last state of every name is kept: a live member carries the
// revisions of its creation and last change, a deleted one leaves a tombstone until it is pruned behind a floor.

import type { CalendarId } from "../../core/id.ts";
import type { ChangePage, MemberChange } from "../../core/ports/calendar-store.ts";
import { collectionById } from "./graph.ts";
import type { Graph } from "./graph.ts";

const TOMBSTONE_AGE_MS = 180 * 86_400_000;
const TOMBSTONES_MAX = 100_000;

export const changeStatements = {
  live: "SELECT name, created_revision, revision FROM resources WHERE calendar_key = ? AND revision > ? ORDER BY revision LIMIT ?",
  gone: "SELECT name, revision FROM tombstones WHERE calendar_key = ? AND revision > ? ORDER BY revision LIMIT ?",
} as const;

export function readChanges(
  graph: Graph,
  calendarId: CalendarId,
  since: number,
  limit: number,
): ChangePage | undefined {
  const collection = collectionById(graph, calendarId);
  const { owner } = graph.state;
  if (collection === undefined || since > owner.revision) return undefined;
  if (since > 0 && since < owner.prunedRevision) return undefined;
  const found: { change: MemberChange; revision: number }[] = [];
  // A first page that ended below the floor would hand out a token that is not valid any more: it is read whole.
  const most = since === 0 && owner.prunedRevision > 0 ? -1 : limit + 1;
  for (const row of graph.sql.exec(changeStatements.live, collection.calendarKey, since, most).raw()) {
    const revision = row[2] as number;
    const op = (row[1] as number) > since ? "created" : "updated";
    found.push({ change: { name: row[0] as string, op }, revision });
  }
  if (since > 0) {
    for (const row of graph.sql.exec(changeStatements.gone, collection.calendarKey, since, most).raw()) {
      found.push({ change: { name: row[0] as string, op: "deleted" }, revision: row[1] as number });
    }
    found.sort((a, b) => a.revision - b.revision);
  }
  const truncated = most !== -1 && found.length > limit;
  if (truncated) found.length = limit;
  const last = found.at(-1);
  return {
    changes: found.map((entry) => entry.change),
    revision: truncated && last !== undefined ? last.revision : collection.revision,
    truncated,
  };
}

/** Slugs of collections deleted after the revision that do not exist now. */
export function readDeletedCollections(graph: Graph, since: number): readonly string[] | undefined {
  const { owner, collections } = graph.state;
  if (since === 0) return [];
  if (since > owner.revision || since < owner.prunedRevision) return undefined;
  return graph.sql
    .exec<{ slug: string }>("SELECT slug FROM deleted_calendars WHERE revision > ? ORDER BY revision", since)
    .toArray()
    .map((row) => row.slug)
    .filter((slug) => !collections.some((collection) => collection.slug === slug));
}

/** Forgets tombstones that are old or too many and raises the floor over them. Returns how many went. */
export function pruneTombstones(graph: Graph, ageMs = TOMBSTONE_AGE_MS, numberMax = TOMBSTONES_MAX): number {
  const { sql, state } = graph;
  return graph.storage.transactionSync(() => {
    const byAge = sql
      .exec<{ floor: number | null }>(
        "SELECT max(revision) AS floor FROM tombstones WHERE deleted_at < ?",
        graph.clock.now() - ageMs,
      )
      .one().floor;
    const byNumber = sql
      .exec<{ revision: number }>(
        "SELECT revision FROM tombstones ORDER BY deleted_at DESC, revision DESC LIMIT 1 OFFSET ?",
        numberMax,
      )
      .toArray()[0]?.revision;
    const floor = Math.max(byAge ?? 0, byNumber ?? 0);
    if (floor <= state.owner.prunedRevision) return 0;
    const gone = sql.exec("DELETE FROM tombstones WHERE revision <= ?", floor).rowsWritten;
    sql.exec("DELETE FROM deleted_calendars WHERE revision <= ?", floor);
    sql.exec("UPDATE owner SET pruned_revision = ? WHERE only = 1", floor);
    state.owner = { ...state.owner, prunedRevision: floor };
    return gone;
  });
}
