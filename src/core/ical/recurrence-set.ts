// The instances of a calendar object: rules, extra dates, exceptions and overrides (RFC 5545 3.8.4.4, 3.8.5; RFC 4791 9.9).
// Work is bounded by the span and by a budget of steps, never by the age of the series.
// An override stands even where an EXDATE names its instance or no rule gives it: a person wrote it.

import { limits } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { CIVIL_MAX, CIVIL_MIN, DAY_MS, startOfDay, type CivilMs, type DateTimeValue } from "./civil.ts";
import { addDuration } from "./date-time.ts";
import { nominalLength, type Duration } from "./duration.ts";
import type { JCalComponent } from "./jcal.ts";
import { expandRule, type StepBudget } from "./recurrence.ts";
import { patternGivesStart, readSeries, type Override, type Series, type Timing } from "./series.ts";
import { UTC, type Zone } from "./zone.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Instance {
  /** UTC milliseconds of the original start. */
  readonly recurrenceId: number;
  /** The original start as a value of DTSTART's type and zone; null for an object that does not recur. */
  readonly recurrenceIdValue: DateTimeValue | null;
  readonly start: number;
  readonly end: number;
  readonly component: JCalComponent;
  /** It has its own component, or a RANGE=THISANDFUTURE component reaches it. */
  readonly isOverride: boolean;
  /** Its instants depend on the floating zone: floating times, dates, and a TZID that means nothing. */
  readonly isFloating: boolean;
  readonly isAllDay: boolean;
}

/** RFC 4791 9.9, VEVENT: what lasts overlaps by its inside, what does not last by its moment. */
export function overlaps(start: number, end: number, span: Span): boolean {
  return end > start ? span.start < end && span.end > start : span.start <= start && span.end > start;
}

/** The instances that overlap the span, by start. */
export function instancesOf(
  object: CalendarObject,
  span: Span,
  floatingZone: Zone,
): Result<readonly Instance[], "budget-exceeded"> {
  return instancesOfSeries(readSeries(object, floatingZone), span);
}

export function instancesOfSeries(
  series: Series,
  span: Span,
): Result<readonly Instance[], "budget-exceeded"> {
  const instances: Instance[] = [];
  const { master, timing, overrides } = series;
  if (master !== null && timing !== null) {
    if (series.isRecurring) {
      const budget: StepBudget = { stepsLeft: limits.recurrenceStepsMax };
      const failed = addGenerated(series, master, timing, span, budget, instances);
      if (failed !== null) return err(failed);
    } else if (overlaps(timing.start, timing.end, span)) {
      instances.push(single(master, timing));
    }
  }
  for (const override of overrides) {
    const { start, end } = override.timing;
    if (overlaps(start, end, span)) instances.push(overridden(override));
  }
  if (overrides.length > 0) {
    instances.sort((a, b) => a.start - b.start || a.recurrenceId - b.recurrenceId);
  }
  return ok(instances);
}

function single(component: JCalComponent, timing: Timing): Instance {
  return {
    recurrenceId: timing.start,
    recurrenceIdValue: null,
    start: timing.start,
    end: timing.end,
    component,
    isOverride: false,
    isFloating: timing.isFloating,
    isAllDay: timing.anchor.kind === "date",
  };
}

/** The instance that an override is. */
export function overridden(override: Override): Instance {
  return {
    recurrenceId: override.recurrenceId,
    recurrenceIdValue: override.recurrenceIdValue,
    start: override.timing.start,
    end: override.timing.end,
    component: override.component,
    isOverride: true,
    isFloating: override.timing.isFloating,
    isAllDay: override.timing.anchor.kind === "date",
  };
}

/** What a RANGE=THISANDFUTURE override does to the instances behind its own (RFC 5545 3.8.4.4): its wall clock shift, length and properties. */
interface Reach {
  readonly from: number;
  readonly override: Override;
  readonly shift: number;
}

function reachesOf(overrides: readonly Override[]): readonly Reach[] {
  const reaches: Reach[] = [];
  for (const override of overrides) {
    if (!override.isThisAndFuture) continue;
    const { zone, start } = override.timing;
    const original = override.recurrenceId + zone.offsetAt(override.recurrenceId);
    reaches.push({ from: override.recurrenceId, override, shift: start + zone.offsetAt(start) - original });
  }
  return reaches;
}

/** `reaches` are in order. */
function lastReachBefore(reaches: readonly Reach[], original: number): Reach | undefined {
  let low = 0;
  let high = reaches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reaches[middle]?.from ?? Infinity) < original) low = middle + 1;
    else high = middle;
  }
  return reaches[low - 1];
}

/** The instances that the rules and dates of the master give and that have no component of their own. */
function addGenerated(
  series: Series,
  master: JCalComponent,
  timing: Timing,
  span: Span,
  budget: StepBudget,
  instances: Instance[],
): "budget-exceeded" | null {
  const reaches = reachesOf(series.overrides);
  let before = nominalLength(timing.length);
  let after = 0;
  for (const { override, shift } of reaches) {
    before = Math.max(before, nominalLength(override.timing.length) + Math.max(0, shift));
    after = Math.max(after, -shift);
  }
  const reach = { start: span.start - before - DAY_MS, end: span.end + after + DAY_MS };
  const starts = startsOf(series, timing, reach, budget);
  if (starts === null) return "budget-exceeded";
  const own = new Set(series.overrides.map((override) => override.recurrenceId));
  const periods = periodEnds(series);
  for (const original of starts) {
    if (own.has(original)) continue;
    const reaching = reaches.length === 0 ? undefined : lastReachBefore(reaches, original);
    const instance =
      reaching === undefined
        ? generated(master, timing, original, periods?.get(original))
        : shifted(timing, reaching, original);
    if (overlaps(instance.start, instance.end, span)) instances.push(instance);
  }
  return null;
}

function originalValue(timing: Timing, original: number): DateTimeValue {
  const { anchor, zone } = timing;
  return { kind: anchor.kind, civil: original + zone.offsetAt(original), tzid: anchor.tzid };
}

function generated(
  component: JCalComponent,
  timing: Timing,
  start: number,
  periodEnd: number | undefined,
): Instance {
  const value = originalValue(timing, start);
  return {
    recurrenceId: start,
    recurrenceIdValue: value,
    start,
    end: periodEnd ?? endOf(timing.zone, start, value.civil, timing.length),
    component,
    isOverride: false,
    isFloating: timing.isFloating,
    isAllDay: timing.anchor.kind === "date",
  };
}

function endOf(zone: Zone, start: number, civil: CivilMs, length: Duration): number {
  return length.days === 0 ? start + length.ms : addDuration(zone, civil, length);
}

function shifted(timing: Timing, reach: Reach, original: number): Instance {
  const { zone, length, anchor, isFloating } = reach.override.timing;
  const civil = original + zone.offsetAt(original) + reach.shift;
  const start = zone.toUtc(civil);
  return {
    recurrenceId: original,
    recurrenceIdValue: originalValue(timing, original),
    start,
    end: endOf(zone, start, civil, length),
    component: reach.override.component,
    isOverride: true,
    isFloating,
    isAllDay: anchor.kind === "date",
  };
}

/** Ends of RDATE periods by their start; the longest of two. */
function periodEnds(series: Series): ReadonlyMap<number, number> | undefined {
  if (series.extraPeriods.length === 0) return undefined;
  const ends = new Map<number, number>();
  for (const { start, end } of series.extraPeriods) ends.set(start, Math.max(end, ends.get(start) ?? start));
  return ends;
}

/** Original UTC starts inside the span, ascending, without duplicates and exceptions; null when the budget does not suffice. */
export function startsOf(
  series: Series,
  timing: Timing,
  span: Span,
  budget: StepBudget,
): readonly number[] | null {
  const { zone, anchor } = timing;
  const ruleZone = anchor.kind === "zoned" ? zone : UTC;
  const window = { from: Math.max(span.start, CIVIL_MIN), to: Math.min(span.end, CIVIL_MAX) };
  const starts: number[] = [];
  const add = (start: number): void => {
    if (start >= span.start && start < span.end) starts.push(start);
  };
  for (const rule of series.rules) {
    const civils = expandRule(rule, anchor, ruleZone, window, budget);
    if (!civils.ok) return null;
    for (const civil of civils.value) starts.push(zone.toUtc(civil));
  }
  if (series.rules.length === 0) add(timing.start);
  for (const start of series.extraStarts) add(start);
  for (const period of series.extraPeriods) add(period.start);
  const ordered = isAscending(starts) ? starts : [...new Set(starts)].toSorted((a, b) => a - b);
  if (series.excluded.size + series.excludedDays.size + series.exceptionRules.length === 0) return ordered;
  const excluded = new Set(series.excluded);
  for (const rule of series.exceptionRules) {
    const civils = expandRule(rule, anchor, ruleZone, window, budget);
    if (!civils.ok) return null;
    const startCounts = patternGivesStart(rule, anchor, budget);
    for (const civil of civils.value)
      if (startCounts || civil !== anchor.civil) excluded.add(zone.toUtc(civil));
  }
  return ordered.filter(
    (start) =>
      !excluded.has(start) &&
      (series.excludedDays.size === 0 || !series.excludedDays.has(startOfDay(start + zone.offsetAt(start)))),
  );
}

function isAscending(values: readonly number[]): boolean {
  for (let at = 1; at < values.length; at++) {
    if ((values[at] ?? 0) <= (values[at - 1] ?? 0)) return false;
  }
  return true;
}
