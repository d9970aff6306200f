import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BusyKind, OccurrenceRow } from "../../core/ical/occurrence-index.ts";
import { migrate } from "../sql/migrations.ts";
import { occurrenceStatements, scanBounds, writeOccurrences } from "./occurrence-rows.ts";
import { runsOf, WEEK_MS } from "./occurrence-runs.ts";
import { userGraphMigrations } from "./schema.ts";
import { inFreshObject } from "./testing-graph.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const yearStart = Date.UTC(2026, 0, 1);

/** Weekly series and single instances, one at each start at most, so that runs arise, break and meet. */
const anyRows: fc.Arbitrary<readonly OccurrenceRow[]> = fc
  .array(
    fc.record({
      day: fc.oneof(fc.nat({ max: 280 }), fc.constantFrom(0, 14, 35, 49, 98)),
      hour: fc.constantFrom(9, 23),
      weeks: fc.constantFrom(1, 1, 2, 13, 26, 30),
      hours: fc.constantFrom(0, 1, 24, 7 * 24, 8 * 24, 40 * 24),
      busyKind: fc.constantFrom<BusyKind>("BUSY", "BUSY", "FREE"),
      isFloating: fc.constantFrom(false, false, true),
    }),
    { maxLength: 12 },
  )
  .map((series) => {
    const rows = new Map<number, OccurrenceRow>();
    for (const { day, hour, weeks, hours, busyKind, isFloating } of series) {
      for (let week = 0; week < weeks; week++) {
        const start = yearStart + day * DAY_MS + hour * HOUR_MS + week * WEEK_MS;
        const end = start + hours * HOUR_MS;
        rows.set(start, { recurrenceId: start, start, end, busyKind, isFloating });
      }
    }
    return [...rows.values()].toSorted((a, b) => a.start - b.start);
  });

const anySpan = fc
  .tuple(fc.integer({ min: -240, max: 500 * 24 }), fc.integer({ min: 1, max: 60 * 24 }))
  .map(([from, hours]) => ({
    start: yearStart + from * HOUR_MS,
    end: yearStart + (from + hours) * HOUR_MS,
  }));

function weekly(weeks: readonly number[], change: Partial<OccurrenceRow> = {}): OccurrenceRow[] {
  return weeks.map((week) => {
    const start = week * WEEK_MS;
    return {
      recurrenceId: start,
      start,
      end: start + HOUR_MS,
      busyKind: "BUSY",
      isFloating: false,
      ...change,
    };
  });
}

function found(sql: SqlStorage, span: { readonly start: number; readonly end: number }): string[] {
  const rows = [...sql.exec(occurrenceStatements.busy, ...scanBounds(span)).raw()];
  return rows.map((row) => `${String(row[1])} ${String(row[2])} ${String(row[4])}`).toSorted();
}

/** Whether the instance lies in the span, made wider (or narrower) by hours before and behind. */
function reaches(
  row: OccurrenceRow,
  span: { start: number; end: number },
  before: number,
  behind: number,
): boolean {
  const [start, end] = [span.start - before * HOUR_MS, span.end + behind * HOUR_MS];
  return row.start < end && (row.end > start || (before >= 0 && row.start >= start));
}

function weeksOf(rows: readonly OccurrenceRow[]): number[][] {
  return runsOf(rows).map((run) => [run.start / WEEK_MS, run.weeks]);
}

describe("runs of instances a week apart", () => {
  it("end with their block, at a gap and where an instance differs", () => {
    expect(weeksOf(weekly(Array.from({ length: 30 }, (_, week) => week)))).toEqual([
      [0, 13],
      [13, 13],
      [26, 4],
    ]);
    expect(weeksOf(weekly([0, 1, 3, 4]))).toEqual([
      [0, 2],
      [3, 2],
    ]);
    for (const change of [{ busyKind: "FREE" }, { isFloating: true }, { end: 2 * WEEK_MS + 1 }] as const) {
      expect(weeksOf([...weekly([0, 1]), ...weekly([2], change), ...weekly([3])])).toEqual([
        [0, 2],
        [2, 1],
        [3, 1],
      ]);
    }
  });

  it("stay the same when the index begins later", () => {
    const later = runsOf(weekly(Array.from({ length: 30 }, (_, at) => at + 9)));
    const earlier = runsOf(weekly(Array.from({ length: 39 }, (_, at) => at)));
    expect(later.slice(1)).toEqual(earlier.slice(1));
  });

  it("are found as the instances that they stand for, in any span", () =>
    inFreshObject(async ({ storage }) => {
      migrate(storage, userGraphMigrations, 1);
      storage.sql.exec(
        `INSERT INTO events (event_key, canonical_event_id, uid, component, etag, size, created_at, updated_at, sequence, transparency, is_all_day, is_floating, is_recurring)
         VALUES (1, 'evt_1', 'one', 'VEVENT', 'e', 1, 1, 1, 0, 'OPAQUE', 0, 0, 1)`,
      );
      fc.assert(
        fc.property(anyRows, fc.array(anySpan, { minLength: 1, maxLength: 5 }), (rows, spans) => {
          // Over what the run of the property before has left: only the difference is written.
          writeOccurrences(storage.sql, 1, rows);
          for (const span of spans) {
            const reached = rows.filter((row) =>
              reaches(row, span, row.isFloating ? 12 : 0, row.isFloating ? 14 : 0),
            );
            const isSure = reached.some((row) => !row.isFloating || reaches(row, span, -14, -12));
            const judged = storage.sql.exec(occurrenceStatements.touched, ...scanBounds(span)).raw();
            expect([...judged]).toEqual(reached.length === 0 ? [] : [[1, isSure ? 1 : 0]]);
            const expected = reached
              .filter((row) => row.busyKind !== "FREE")
              .map((row) => `${row.start} ${row.end} ${row.isFloating ? 1 : 0}`)
              .toSorted();
            expect(found(storage.sql, span)).toEqual(expected);
          }
        }),
        { numRuns: 400 },
      );
    }));

  it("leave the rows of an older index valid until they are written again", () =>
    inFreshObject(async ({ storage }) => {
      const { sql } = storage;
      migrate(storage, userGraphMigrations.slice(0, 1), 1);
      sql.exec(
        `INSERT INTO events (event_key, canonical_event_id, uid, component, etag, size, created_at, updated_at, sequence, transparency, is_all_day, is_floating, is_recurring)
         VALUES (1, 'evt_1', 'one', 'VEVENT', 'e', 1, 1, 1, 0, 'OPAQUE', 0, 0, 1)`,
      );
      const rows = weekly([2922, 2923, 2924]);
      for (const { recurrenceId, start, end } of rows)
        sql.exec("INSERT INTO occurrences VALUES (1, ?, ?, ?, 'BUSY', 0, 0)", recurrenceId, start, end);
      migrate(storage, userGraphMigrations, 2);
      const span = { start: 2922 * WEEK_MS, end: 2925 * WEEK_MS };
      const before = found(sql, span);
      expect(before).toHaveLength(3);
      writeOccurrences(sql, 1, rows);
      expect(sql.exec("SELECT weeks FROM occurrences").toArray()).toEqual([{ weeks: 3 }]);
      expect(found(sql, span)).toEqual(before);
    }));
});
