// The starts of one recurrence rule inside a window (RFC 5545 3.3.10, 3.8.5.3): fast-forwarded, bounded by a budget, on the wall clock.
// Work is bounded by the window, not by the rule's age; COUNT is counted period by period, by division where all periods are alike.
// Readings where the standard leaves room: a start in a gap moves forward by the gap and an overlap is its first pass (3.3.5), also for
// HOURLY and faster; DTSTART is always a start and counts, even outside its pattern or after UNTIL; an UNTIL that is a date includes that day.
// Knows no RDATE, EXDATE or overrides.

import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { CivilMs, DateTimeValue } from "./civil.ts";
import {
  CIVIL_MAX,
  CIVIL_MIN,
  DAY_MS,
  monthOfPacked,
  packedDate,
  daysOfCivil,
  daysFromCivil,
  startOfDay,
  yearOfPacked,
} from "./civil.ts";
import type { HourSeries } from "./recurrence-hours.ts";
import { hourSeries } from "./recurrence-hours.ts";
import type { Series } from "./recurrence-periods.ts";
import { periodSeries } from "./recurrence-periods.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import type { Zone } from "./zone-clock.ts";
import { GAP_MS_MAX } from "./zone-clock.ts";

/** Steps that an evaluation may still take; shared by all the rules of one object. Made with `{ stepsLeft: limits.recurrenceStepsMax }`. */
export interface StepBudget {
  stepsLeft: number;
}

/** Half-open: from <= start < to, as wall clock times of the rule's zone. */
export interface CivilWindow {
  readonly from: CivilMs;
  readonly to: CivilMs;
}

/** A step is a start; to look at a period costs as much as three. */
const PERIOD_STEPS = 3;
/** A time of day that parts spell out; nobody means every second of a day so. */
const TIME_STEPS = 4;

/** How far the wall clock of an instant can differ from what its offset says, near a transition. */
const OVERLAP_MS = DAY_MS + GAP_MS_MAX;

/** The last wall clock time that can pass UNTIL, and the instant that decides near it (null: the wall clock decides alone). */
function untilBounds(
  rule: RecurrenceRule,
  dtstart: DateTimeValue,
  zone: Zone,
): { readonly civil: CivilMs; readonly utcMs: number | null } {
  const { until } = rule;
  if (until === null) return { civil: CIVIL_MAX, utcMs: null };
  if (until.kind === "date") return { civil: until.civil + DAY_MS - 1, utcMs: null };
  if (until.kind === "utc" && dtstart.kind === "zoned") {
    return { civil: until.civil + zone.offsetAt(until.civil) + OVERLAP_MS, utcMs: until.civil };
  }
  return { civil: until.civil, utcMs: null };
}

function seriesOf(
  rule: RecurrenceRule,
  start: CivilMs,
): { readonly series: Series; readonly hours: HourSeries | null } {
  const { frequency } = rule;
  if (frequency === "HOURLY" || frequency === "MINUTELY" || frequency === "SECONDLY") {
    const hours = hourSeries(rule, frequency, start);
    return { series: hours, hours };
  }
  return { series: periodSeries(rule, frequency, start), hours: null };
}

/** What COUNT still allows after the starts of the periods `from` up to `to`; null when the budget ends. */
function countTo(
  series: Series,
  hours: HourSeries | null,
  from: number,
  to: number,
  allowed: number,
  budget: StepBudget,
): number | null {
  if (series.uniformCount !== null) return allowed - series.uniformCount * (to - from);
  const days = hours?.days ?? null;
  if (days === null) return countThrough(series, from, to, allowed, budget);
  // Period by period to the next month, month by month to that of the end, then period by period again.
  const first = packedDate(daysOfCivil(series.begins(from)));
  const end = packedDate(daysOfCivil(series.begins(to)));
  let month = yearOfPacked(first) * 12 + monthOfPacked(first);
  const lastMonth = yearOfPacked(end) * 12 + monthOfPacked(end) - 1;
  if (month >= lastMonth) return countThrough(series, from, to, allowed, budget);
  let remaining = countThrough(series, from, days.first(dayOfMonthNumber(month)), allowed, budget);
  for (; remaining !== null && month < lastMonth && remaining > 0; month++) {
    remaining -= days.perDay * days.inMonth(Math.floor(month / 12), (month % 12) + 1);
    budget.stepsLeft -= 1;
  }
  if (remaining === null || remaining <= 0) return remaining;
  return countThrough(series, days.first(dayOfMonthNumber(month)), to, remaining, budget);
}

function dayOfMonthNumber(month: number): number {
  return daysFromCivil(Math.floor(month / 12), (month % 12) + 1, 1);
}

function countThrough(
  series: Series,
  from: number,
  to: number,
  allowed: number,
  budget: StepBudget,
): number | null {
  let remaining = allowed;
  for (let index = from; index < to && remaining > 0;) {
    budget.stepsLeft -= PERIOD_STEPS;
    if (budget.stepsLeft < 0) return null;
    const next = series.next(index);
    if (next === index) {
      remaining -= series.count(index);
      index += 1;
    } else {
      index = next;
    }
  }
  return remaining;
}

/** The starts as the rule spells them, before gaps of the zone; null when the budget ends. */
function nominalStarts(
  rule: RecurrenceRule,
  start: CivilMs,
  lower: CivilMs,
  upper: CivilMs,
  budget: StepBudget,
): CivilMs[] | null {
  const starts: CivilMs[] = [];
  if (start >= lower) starts.push(start);
  // The times of a day are built once, at most one for every second.
  budget.stepsLeft -=
    TIME_STEPS *
    Math.max(1, rule.byHour.length) *
    Math.max(1, rule.byMinute.length) *
    Math.max(1, rule.bySecond.length);
  if (budget.stepsLeft < 0) return null;
  const { series, hours } = seriesOf(rule, start);
  if (upper <= start || hours?.isEmpty === true) return starts;
  const target = Math.max(0, series.indexAt(lower));
  const counts = rule.count !== null;
  let remaining = rule.count === null ? Infinity : rule.count - 1;
  let index = counts ? 0 : target;
  const last = series.indexAt(upper);
  let isBehind = counts;
  while (remaining > 0 && index <= last) {
    if (isBehind && index > 0) {
      // DTSTART's own period is done; those up to the window are only counted.
      isBehind = false;
      if (index < target) {
        const left = countTo(series, hours, index, target, remaining, budget);
        if (left === null) return null;
        remaining = left;
        index = target;
        continue;
      }
    }
    budget.stepsLeft -= PERIOD_STEPS;
    if (budget.stepsLeft < 0) return null;
    const next = series.next(index);
    if (next !== index) {
      budget.stepsLeft -= PERIOD_STEPS;
      index = next;
      continue;
    }
    // Charged before it is built: one period can hold every second of a year.
    const size = series.count(index);
    budget.stepsLeft -= size;
    if (budget.stepsLeft < 0) return null;
    if (index > target && index < last && index > 0 && size <= remaining && rule.skip !== "FORWARD") {
      // Wholly between the bounds: nothing to compare.
      if (size > 0) series.fill(index, starts);
      remaining -= size;
      index += 1;
      continue;
    }
    const period: CivilMs[] = [];
    series.fill(index, period);
    for (const civil of period) {
      if (civil <= start) continue;
      if (civil > upper || remaining <= 0) return starts;
      remaining -= 1;
      if (civil >= lower) starts.push(civil);
    }
    index += 1;
  }
  return starts;
}

/** Moves starts out of gaps, drops those after UNTIL and outside the window, and keeps the rest in order and unique. */
function onClock(
  nominal: readonly CivilMs[],
  start: CivilMs,
  zone: Zone,
  window: CivilWindow,
  untilUtcMs: number | null,
): CivilMs[] {
  const starts: CivilMs[] = [];
  let ordered = true;
  let last = -Infinity;
  for (const civil of nominal) {
    const utcMs = zone.toUtc(civil);
    if (untilUtcMs !== null && utcMs > untilUtcMs && civil !== start) continue;
    const shown = utcMs + zone.offsetAt(utcMs);
    if (shown < window.from || shown >= window.to) continue;
    if (shown <= last) ordered = false;
    last = shown;
    starts.push(shown);
  }
  return ordered ? starts : [...new Set(starts)].toSorted((a, b) => a - b);
}

/**
 * The starts that `rule` gives inside `window`, ascending, without duplicates; DTSTART is always one of them (if it lies in the window) and
 * counts. A start in a gap of `zone` is given as the wall clock time it moves to. For dates and floating times `zone` is UTC.
 */
export function expandRule(
  rule: RecurrenceRule,
  dtstart: DateTimeValue,
  zone: Zone,
  window: CivilWindow,
  budget: StepBudget,
): Result<CivilMs[], "budget-exceeded"> {
  const until = untilBounds(rule, dtstart, zone);
  // A start from before the window may move into it.
  const lower = Math.max(window.from - GAP_MS_MAX, CIVIL_MIN);
  const upper = Math.min(window.to - 1, CIVIL_MAX, until.civil);
  if (window.to <= window.from || window.to <= dtstart.civil) return ok([]);
  const allDay = dtstart.kind === "date";
  const read = allDay ? { ...rule, byHour: [], byMinute: [], bySecond: [] } : rule;
  const nominal = nominalStarts(read, dtstart.civil, lower, upper, budget);
  if (nominal === null || budget.stepsLeft < 0) return err("budget-exceeded");
  const isSubDaily =
    rule.frequency === "HOURLY" || rule.frequency === "MINUTELY" || rule.frequency === "SECONDLY";
  const shown = allDay && isSubDaily ? nominal.map(startOfDay) : nominal;
  return ok(onClock(shown, dtstart.civil, zone, window, until.utcMs));
}
