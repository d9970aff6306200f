// Where a series begins and ends, and whether any instance fulfils a condition in a span that may be open (RFC 4791 9.9).

import { limits } from "../limits.ts";
import type { TimeSpan } from "../ports/calendar-store.ts";
import { CIVIL_MAX, CIVIL_MIN, DAY_MS } from "./civil.ts";
import { addDuration } from "./date-time.ts";
import { instancesOfSeries, startsOf, type Instance } from "./recurrence-set.ts";
import type { Series } from "./series.ts";

export function isUnbounded(series: Series): boolean {
  return series.timing !== null && series.rules.some((rule) => rule.count === null && rule.until === null);
}

/** No instance starts earlier; null when the object has no times. */
export function firstStart(series: Series): number | null {
  let first = series.timing?.start ?? Infinity;
  for (const start of series.extraStarts) first = Math.min(first, start);
  for (const period of series.extraPeriods) first = Math.min(first, period.start);
  for (const { timing, isThisAndFuture, recurrenceId } of series.overrides) {
    first = Math.min(first, timing.start);
    // Followers are moved as far as the override itself, give or take a change of the clock.
    if (isThisAndFuture) first = Math.min(first, first + timing.start - recurrenceId - DAY_MS);
  }
  return first === Infinity ? null : first;
}

/** End of the last instance; null for a series without end, without times, or too large to follow to its end. */
export function lastEnd(series: Series): number | null {
  const { timing } = series;
  if (isUnbounded(series)) return null;
  if (timing !== null && !series.isRecurring) return timing.end;
  const isPlain = series.overrides.length === 0 && series.extraPeriods.length === 0;
  if (timing !== null && isPlain) {
    const budget = { stepsLeft: limits.recurrenceStepsMax };
    const starts = startsOf(series, timing, { start: CIVIL_MIN, end: CIVIL_MAX }, budget);
    const last = starts?.at(-1);
    return last === undefined
      ? null
      : addDuration(timing.zone, last + timing.zone.offsetAt(last), timing.length);
  }
  const instances = instancesOfSeries(series, { start: CIVIL_MIN, end: CIVIL_MAX });
  if (!instances.ok || instances.value.length === 0) return null;
  return instances.value.reduce((end, instance) => Math.max(end, instance.end), -Infinity);
}

const FIRST_WINDOW_MS = 400 * DAY_MS;

/**
 * Whether an instance that overlaps the span fulfils the condition. An open side is searched in growing windows. A series too costly to
 * follow counts as fulfilling: it is better shown than lost.
 */
export function someInstance(
  series: Series,
  span: TimeSpan,
  condition: (instance: Instance) => boolean,
): boolean {
  const first = firstStart(series);
  if (first === null) return false;
  const end = Math.min(span.end ?? CIVIL_MAX, CIVIL_MAX);
  let from = Math.max(span.start ?? CIVIL_MIN, Math.min(first, CIVIL_MAX));
  if (!series.isRecurring || (span.start !== null && span.end !== null && end - from <= FIRST_WINDOW_MS)) {
    return someWithin(series, span.start ?? CIVIL_MIN, end, condition);
  }
  for (let width = FIRST_WINDOW_MS; from < end; width *= 4) {
    const to = Math.min(end, from + width);
    if (someWithin(series, from, to, condition)) return true;
    from = to;
  }
  return false;
}

/** Spans of one series that several components of one object are asked about. */
const recent = new WeakMap<Series, Map<string, readonly Instance[] | null>>();

function someWithin(
  series: Series,
  start: number,
  end: number,
  condition: (instance: Instance) => boolean,
): boolean {
  let spans = recent.get(series);
  if (spans === undefined) {
    spans = new Map();
    recent.set(series, spans);
  }
  const key = `${start} ${end}`;
  let instances = spans.get(key);
  if (instances === undefined) {
    const found = instancesOfSeries(series, { start, end });
    instances = found.ok ? found.value : null;
    spans.set(key, instances);
  }
  return instances === null || instances.some(condition);
}
