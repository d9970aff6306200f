// Transitions that come back every year, as rules (RFC 5545 3.6.5): "last Sunday of March", "second Sunday", "Sunday on or after the 8th",
// "6 April". Finds the runs of consecutive years that one such rule describes; what no rule describes stays a plain onset.

import { daysInMonth, partsOfCivil, weekdayOfDays, daysOfCivil } from "./civil.ts";
import type { CivilMs } from "./civil.ts";

export interface YearlyRun {
  /** Index of the first and the last onset of the run. */
  readonly first: number;
  readonly last: number;
  /** Without UNTIL. Null for onsets that no rule describes; they stand alone. */
  readonly rule: string | null;
}

/** A rule shorter than this is no shorter than its onsets. */
const YEARS_MIN = 3;
const WEEKDAYS: readonly string[] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

interface Onset {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly time: string;
  readonly weekday: number;
  readonly isLastOfMonth: boolean;
}

function onsetOf(civil: CivilMs): Onset {
  const { year, month, day, hour, minute, second } = partsOfCivil(civil);
  return {
    year,
    month,
    day,
    time: `${hour}:${minute}:${second}`,
    weekday: weekdayOfDays(daysOfCivil(civil)),
    isLastOfMonth: day > daysInMonth(year, month) - 7,
  };
}

/** The rule that gives exactly these onsets of consecutive years, or null. */
function ruleOf(onsets: readonly Onset[]): string | null {
  const first = onsets[0];
  if (first === undefined) return null;
  if (
    onsets.some(
      ({ month, time }, i) =>
        month !== first.month || time !== first.time || onsets[i]?.year !== first.year + i,
    )
  )
    return null;
  const prefix = `FREQ=YEARLY;BYMONTH=${first.month}`;
  if (onsets.every(({ weekday }) => weekday === first.weekday)) {
    const weekday = WEEKDAYS[first.weekday] ?? "";
    if (onsets.every(({ isLastOfMonth }) => isLastOfMonth)) return `${prefix};BYDAY=-1${weekday}`;
    const nth = Math.ceil(first.day / 7);
    if (onsets.every(({ day }) => Math.ceil(day / 7) === nth)) return `${prefix};BYDAY=${nth}${weekday}`;
    const earliest = Math.min(...onsets.map(({ day }) => day));
    const latest = Math.max(...onsets.map(({ day }) => day));
    if (latest - earliest > 6) return null;
    const days = Array.from({ length: latest - earliest + 1 }, (_, i) => earliest + i);
    return `${prefix};BYMONTHDAY=${days.join(",")};BYDAY=${weekday}`;
  }
  return onsets.every(({ day }) => day === first.day) ? `${prefix};BYMONTHDAY=${first.day}` : null;
}

function growingRun(onsets: readonly Onset[], first: number): YearlyRun {
  let last = first;
  let rule: string | null = null;
  for (let next = first + YEARS_MIN - 1; next < onsets.length; next++) {
    const longer = ruleOf(onsets.slice(first, next + 1));
    if (longer === null) break;
    rule = longer;
    last = next;
  }
  return { first, last, rule };
}

/** Cuts ascending onsets into the longest runs from the left. */
export function yearlyRuns(civils: readonly CivilMs[]): YearlyRun[] {
  const onsets = civils.map(onsetOf);
  const runs: YearlyRun[] = [];
  for (let first = 0; first < onsets.length;) {
    // Most zones have one rule to the end; else a run grows by a year as long as a rule describes it.
    const whole = onsets.length - first >= YEARS_MIN ? ruleOf(onsets.slice(first)) : null;
    const run = whole === null ? growingRun(onsets, first) : { first, last: onsets.length - 1, rule: whole };
    runs.push(run);
    first = run.last + 1;
  }
  return runs;
}
