// Instances that follow each other week by week share one row of the occurrence index: a series that goes on has few rows, which
// makes writing it cheap. A run keeps inside one block of 13 weeks, counted from 1970-01-01, so that a scan of a span looks back a quarter
// of a year at most, and so that a run stays the same when the window of the index moves on.
// Instances of one run are equal but for their times: a change of the clock, an exception or an override ends it.

import type { OccurrenceRow } from "../../core/ical/occurrence-index.ts";

export const WEEK_MS = 7 * 86_400_000;
export const RUN_WEEKS_MAX = 13;
const BLOCK_MS = RUN_WEEKS_MAX * WEEK_MS;

/** Its times are those of its first instance; `weeks` instances follow each other. */
export interface OccurrenceRun extends OccurrenceRow {
  readonly weeks: number;
}

/** The runs of rows that are in order of their starts. An instance longer than a week stands alone. */
export function runsOf(rows: readonly OccurrenceRow[]): OccurrenceRun[] {
  const runs: { first: OccurrenceRow; weeks: number }[] = [];
  /** By the start that continues a run. */
  const open = new Map<number, { first: OccurrenceRow; weeks: number }>();
  for (const row of rows) {
    let run = open.get(row.start);
    if (run !== undefined && continues(run.first, row)) run.weeks++;
    else {
      run = { first: row, weeks: 1 };
      runs.push(run);
    }
    if (row.end - row.start <= WEEK_MS) open.set(row.start + WEEK_MS, run);
  }
  return runs.map(({ first, weeks }) => ({ ...first, weeks }));
}

function continues(first: OccurrenceRow, row: OccurrenceRow): boolean {
  return (
    first.end - first.start === row.end - row.start &&
    first.busyKind === row.busyKind &&
    first.isFloating === row.isFloating &&
    Math.floor(first.start / BLOCK_MS) === Math.floor(row.start / BLOCK_MS)
  );
}
