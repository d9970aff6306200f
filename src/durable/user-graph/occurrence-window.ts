// The occurrence index rolls: as time passes, series that go on are indexed further. One bounded batch a call.

import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { CanonicalEventId } from "../../core/id.ts";
import { indexRowsOf } from "./content.ts";
import { loadEvents } from "./event-rows.ts";
import type { Graph } from "./graph.ts";
import { indexWindow, writeOccurrences } from "./occurrence-rows.ts";
import { transact } from "./transaction.ts";

const BATCH = 100;
/** Series are extended in steps of a month, not every day. */
const STEP_MS = 30 * 86_400_000;

export const windowStatements = {
  lagging: `SELECT canonical_event_id FROM events WHERE indexed_until IS NOT NULL AND indexed_until BETWEEN ? AND ? ORDER BY indexed_until LIMIT ?`,
  open: "SELECT 1 FROM events WHERE indexed_until IS NOT NULL LIMIT 1",
} as const;

/** Extends one batch of series. False when none lags behind. */
export function extendOneBatch(graph: Graph): Promise<boolean> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const window = indexWindow(graph.clock.now());
    // What cannot be indexed at all lies below the window and is not tried again.
    const ids = graph.sql
      .exec<{ canonical_event_id: CanonicalEventId }>(
        windowStatements.lagging,
        window.start,
        window.end - STEP_MS,
        BATCH,
      )
      .toArray()
      .map((row) => row.canonical_event_id);
    if (ids.length === 0) return false;
    const events = await loadEvents(graph, ids);
    let isMoved = false;
    transact(graph, seen, () => {
      for (const { row, ical } of events.values()) {
        const object = ical === null ? null : readCalendarObject(ical);
        if (object === null || !object.ok) continue;
        const indexed = indexRowsOf(graph, object.value);
        if (!indexed.ok) continue;
        const { rows, coveredFrom, coveredUntil } = indexed.value;
        isMoved ||= coveredUntil === null || coveredUntil > window.end - STEP_MS;
        writeOccurrences(graph.sql, row.eventKey, rows);
        graph.sql.exec(
          "UPDATE events SET indexed_from = ?, indexed_until = ? WHERE event_key = ?",
          coveredFrom,
          coveredUntil,
          row.eventKey,
        );
      }
    });
    // A batch of nothing but objects with too many rows would never end: they stay where they are until the window moves.
    return isMoved;
  });
}

/** Whether any series goes on beyond the index, so that a wake-up has to come. */
export function hasOpenSeries(sql: SqlStorage): boolean {
  return sql.exec(windowStatements.open).toArray().length > 0;
}
