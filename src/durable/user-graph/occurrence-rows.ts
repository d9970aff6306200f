// The occurrence index on disk: its window, its scans and the rows of one event. A row is an instance [start_ts, end_ts), or a run of `weeks`
// instances a week apart (occurrence-runs.ts). Instances longer than a week are few and marked `is_long`, so that the scans of the others
// are bounded on both sides by start_ts alone.
// Floating times (and all-day ones) are indexed as if they were UTC: where they really lie depends on the reader's zone, which is at most
// 14 hours east and 12 hours west of it.

import type { OccurrenceRow, OccurrenceRows } from "../../core/ical/occurrence-index.ts";
import { limits } from "../../core/limits.ts";
import type { TimeSpan } from "../../core/ports/calendar-store.ts";
import { RUN_WEEKS_MAX, runsOf, WEEK_MS } from "./occurrence-runs.ts";

export const EAST_MS_MAX = 14 * 3_600_000;
export const WEST_MS_MAX = 12 * 3_600_000;
/** Further than any time that an object can have. */
export const END_OF_TIME = 8_640_000_000_000_000;

/** What an object that cannot be expanded gives: it is asked itself, always. */
export const NOT_INDEXED: OccurrenceRows = { rows: [], coveredFrom: END_OF_TIME, coveredUntil: -END_OF_TIME };

export function indexWindow(nowMs: number): { readonly start: number; readonly end: number } {
  return { start: nowMs - limits.occurrencePastMs, end: nowMs + limits.occurrenceFutureMs };
}

// ?1 start, ?2 end of the span; ?3 start, ?4 end of the span as floating times may widen it.
const OVERLAPS = "start_ts < ?2 AND (end_ts > ?1 OR start_ts >= ?1)";
const SURELY = `start_ts + ${WEST_MS_MAX} < ?2 AND (end_ts - ${EAST_MS_MAX} > ?1)`;
const SCANNED = "start_ts < ?4 AND (end_ts > ?3 OR start_ts >= ?3)";

const SHORT = `occurrences WHERE weeks = 1 AND is_long = 0 AND start_ts > ?3 - ${WEEK_MS}`;
const LONG = "occurrences WHERE weeks = 1 AND is_long = 1";
const FIRST_WEEK = `(?3 - end_ts) / ${WEEK_MS}`;
const LAST_WEEK = `weeks - 1, (?4 - start_ts) / ${WEEK_MS}`;

/** The instances of the runs near the span, one by one, up to the least of `last`: `run_weeks` holds the numbers 0 to 12. */
function repeated(last: string): string {
  return `(SELECT event_key, start_ts + ${WEEK_MS} * week AS start_ts, end_ts + ${WEEK_MS} * week AS end_ts, busy_kind, is_floating
    FROM occurrences CROSS JOIN run_weeks WHERE weeks > 1 AND start_ts > ?3 - ${RUN_WEEKS_MAX * WEEK_MS} AND start_ts < ?4
      AND week BETWEEN ${FIRST_WEEK} AND min(${last})) WHERE TRUE`;
}

const EVERY = repeated(LAST_WEEK);
/** Enough to judge a run: its second instance lies beyond what floating times widen. */
const FIRST_TWO = repeated(`${LAST_WEEK}, max(0, ${FIRST_WEEK}) + 2`);

function scanAll(columns: string, runs: string, extra: string): string {
  return [SHORT, LONG, runs]
    .map((from) => `SELECT ${columns} FROM ${from} AND ${SCANNED} ${extra}`)
    .join(" UNION ALL ");
}

const JUDGED = `event_key, CASE WHEN is_floating = 0 THEN 1 ELSE (${SURELY}) END AS sure`;
const REACHED = `AND (is_floating = 1 OR (${OVERLAPS}))`;
const BUSY = "event_key, start_ts, end_ts, busy_kind, is_floating";

export const occurrenceStatements = {
  /** Events with an instance in the span and whether that is proven. */
  touched: `SELECT event_key, max(sure) FROM (${scanAll(JUDGED, FIRST_TWO, REACHED)}) GROUP BY event_key`,
  busy: scanAll(BUSY, EVERY, `AND busy_kind <> 'FREE' ${REACHED}`),
  /** Events with instances that the index does not hold, at the end or at the beginning of the span. */
  beyond: "SELECT event_key FROM events WHERE indexed_until IS NOT NULL AND indexed_until < ?",
  before: "SELECT event_key FROM events WHERE indexed_from IS NOT NULL AND indexed_from > ?",
  insert: `INSERT OR REPLACE INTO occurrences (event_key, recurrence_id, start_ts, end_ts, busy_kind, is_floating, is_long, weeks)
    SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?2)`,
  stored:
    "SELECT recurrence_id, start_ts, end_ts, busy_kind, is_floating, weeks FROM occurrences WHERE event_key = ? ORDER BY recurrence_id",
  remove:
    "DELETE FROM occurrences WHERE event_key = ?1 AND recurrence_id IN (SELECT value FROM json_each(?2))",
} as const;

/** The four bounds that `touched` and `busy` take. */
export function scanBounds(
  span: TimeSpan,
): [start: number, end: number, widenedStart: number, widenedEnd: number] {
  const start = span.start ?? -END_OF_TIME;
  const end = span.end ?? END_OF_TIME;
  return [start, end, start - WEST_MS_MAX, end + EAST_MS_MAX];
}

/** Event keys that must be asked themselves about the span. */
export function uncoveredEvents(sql: SqlStorage, span: TimeSpan): Set<number> {
  const keys = new Set<number>();
  const [, , start, end] = scanBounds(span);
  for (const row of sql.exec(occurrenceStatements.beyond, end).raw()) keys.add(row[0] as number);
  for (const row of sql.exec(occurrenceStatements.before, start).raw()) keys.add(row[0] as number);
  return keys;
}

/** Replaces the rows of an event; those that stay as they are (a new title moves no instance) are not touched. */
export function writeOccurrences(sql: SqlStorage, eventKey: number, rows: readonly OccurrenceRow[]): void {
  const stale = new Map<number, string>();
  for (const [recurrenceId, ...rest] of sql.exec(occurrenceStatements.stored, eventKey).raw()) {
    stale.set(recurrenceId as number, rest.join(" "));
  }
  const fresh: (readonly (number | string)[])[] = [];
  for (const { recurrenceId, start, end, busyKind, isFloating, weeks } of runsOf(rows)) {
    const floating = isFloating ? 1 : 0;
    const isSame = stale.get(recurrenceId) === `${start} ${end} ${busyKind} ${floating} ${weeks}`;
    stale.delete(recurrenceId);
    if (!isSame)
      fresh.push([recurrenceId, start, end, busyKind, floating, end - start > WEEK_MS ? 1 : 0, weeks]);
  }
  if (stale.size > 0) sql.exec(occurrenceStatements.remove, eventKey, JSON.stringify([...stale.keys()]));
  if (fresh.length > 0) sql.exec(occurrenceStatements.insert, eventKey, JSON.stringify(fresh));
}
