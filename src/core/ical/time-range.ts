// CALDAV:time-range on components (RFC 4791 9.9; RFC 7953 for VAVAILABILITY): which conditions an instance must fulfil to overlap a span.
// An absent side of the span is infinite.

import type { TimeSpan } from "../ports/calendar-store.ts";
import { alarmReach, ringsOf, triggerOf } from "./alarm.ts";
import { DAY_MS } from "./civil.ts";
import { firstProperty, propertiesOf } from "./component.ts";
import { addDuration, dateTimeNamed, durationNamed, periodsOf } from "./date-time.ts";
import type { JCalComponent } from "./jcal.ts";
import { overlaps, overridden, type Instance } from "./recurrence-set.ts";
import { someInstance } from "./series-bounds.ts";
import type { Series } from "./series.ts";

interface Bounds {
  readonly start: number;
  readonly end: number;
}

export function boundsOf(span: TimeSpan): Bounds {
  return { start: span.start ?? -Infinity, end: span.end ?? Infinity };
}

/** Whether an instance that belongs to `component` overlaps the span. */
export function componentOverlaps(series: Series, component: JCalComponent, span: TimeSpan): boolean {
  const bounds = boundsOf(span);
  switch (component[0]) {
    case "vevent":
    case "vjournal":
      return someOf(series, component, span, ({ start, end }) => overlaps(start, end, bounds));
    case "vtodo":
      return todoOverlaps(series, component, span);
    case "vfreebusy":
      return freeBusyOverlaps(series, component, bounds);
    case "vavailability":
      return availabilityOverlaps(series, component, bounds);
  }
  return false;
}

/**
 * Whether an instance of the component that touches the span fulfils the condition. A second on both sides lets conditions with `<=` and `>=`
 * see what only touches it.
 */
function someOf(
  series: Series,
  component: JCalComponent,
  span: TimeSpan,
  condition: (instance: Instance) => boolean,
): boolean {
  const start = span.start === null ? null : span.start - 1_000;
  const end = span.end === null ? null : span.end + 1_000;
  if (component !== series.master) {
    const own = series.overrides.find((override) => override.component === component);
    if (own === undefined) return false;
    if (!own.isThisAndFuture) {
      const instance = overridden(own);
      return overlaps(instance.start, instance.end, boundsOf({ start, end })) && condition(instance);
    }
  }
  return someInstance(series, { start, end }, (one) => one.component === component && condition(one));
}

function todoOverlaps(series: Series, component: JCalComponent, span: TimeSpan): boolean {
  const { start, end } = boundsOf(span);
  const hasStart = dateTimeNamed(component, "dtstart") !== null;
  const hasDue = dateTimeNamed(component, "due") !== null;
  if (hasStart && hasDue) {
    return someOf(
      series,
      component,
      span,
      (one) => (start < one.end || start <= one.start) && (end > one.start || end >= one.end),
    );
  }
  if (hasStart && durationNamed(component, "duration") !== null) {
    return someOf(series, component, span, (one) => start <= one.end && (end > one.start || end >= one.end));
  }
  if (hasStart) return someOf(series, component, span, (one) => start <= one.start && end > one.start);
  if (hasDue) return someOf(series, component, span, (one) => start < one.end && end >= one.end);
  const completed = instantNamed(series, component, "completed");
  const created = instantNamed(series, component, "created");
  if (completed !== null && created !== null) {
    return (start <= created || start <= completed) && (end >= created || end >= completed);
  }
  if (completed !== null) return start <= completed && end >= completed;
  return created === null || end > created;
}

function instantNamed(series: Series, component: JCalComponent, name: string): number | null {
  const value = dateTimeNamed(component, name);
  return value === null ? null : series.times.toUtc(value);
}

function freeBusyOverlaps(series: Series, component: JCalComponent, span: Bounds): boolean {
  const start = instantNamed(series, component, "dtstart");
  const end = instantNamed(series, component, "dtend");
  if (start !== null && end !== null) return span.start <= end && span.end > start;
  return propertiesOf(component, "freebusy").some((property) =>
    periodsOf(property).some((period) => {
      const [from, to] = periodBounds(series, period);
      return span.start < to && span.end > from;
    }),
  );
}

export function periodBounds(
  series: Pick<Series, "times">,
  period: ReturnType<typeof periodsOf>[number],
): readonly [number, number] {
  const { times } = series;
  const from = times.toUtc(period.start);
  if (period.end !== null) return [from, times.toUtc(period.end)];
  const length = period.duration ?? { days: 0, ms: 0 };
  return [from, addDuration(times.zoneOf(period.start), period.start.civil, length)];
}

/** An availability without DTSTART or end is unbounded on that side (RFC 7953 3.1). */
function availabilityOverlaps(series: Series, component: JCalComponent, span: Bounds): boolean {
  const start = instantNamed(series, component, "dtstart") ?? -Infinity;
  const duration = durationNamed(component, "duration");
  const anchor = dateTimeNamed(component, "dtstart");
  const end =
    instantNamed(series, component, "dtend") ??
    (duration !== null && anchor !== null
      ? addDuration(series.times.zoneOf(anchor), anchor.civil, duration)
      : Infinity);
  return span.start < end && span.end > start;
}

/** Whether an alarm rings inside the span for some instance of its component. */
export function alarmOverlaps(
  series: Series,
  component: JCalComponent,
  alarm: JCalComponent,
  span: TimeSpan,
): boolean {
  const trigger = triggerOf(alarm);
  if (trigger === null) return false;
  const { start, end } = boundsOf(span);
  const rings = (instance: Instance): boolean => {
    const anchor = dateTimeNamed(instance.component, "dtstart") ?? dateTimeNamed(instance.component, "due");
    if (anchor === null) return false;
    return ringsOf(trigger, instance, series.times.zoneOf(anchor)).some((at) => start <= at && end > at);
  };
  if (trigger.kind === "absolute") {
    const last = trigger.at + trigger.repeats * trigger.every;
    if (last < start || trigger.at >= end) return false;
    return someOf(series, component, { start: null, end: null }, rings);
  }
  const reach = alarmReach(component);
  const wide = {
    start: span.start === null ? null : span.start - reach.after - DAY_MS,
    end: span.end === null ? null : span.end + reach.before + DAY_MS,
  };
  return someOf(series, component, wide, rings);
}

/** COMPLETED, CREATED, DTEND, DTSTAMP, DTSTART, DUE, LAST-MODIFIED (RFC 4791 9.9), and any other property that holds a time. */
export function propertyOverlaps(
  series: Series,
  component: JCalComponent,
  name: string,
  span: TimeSpan,
): boolean {
  const { start, end } = boundsOf(span);
  const isWithin = (at: number): boolean => start <= at && end > at;
  switch (name) {
    case "dtstart":
      if (firstProperty(component, name) === undefined) return false;
      return someOf(series, component, span, (instance) => isWithin(instance.start));
    case "dtend":
    case "due":
      return hasEnd(component, name) && someOf(series, component, span, (instance) => isWithin(instance.end));
  }
  const value = dateTimeNamed(component, name);
  return value !== null && isWithin(series.times.toUtc(value));
}

/** RFC 4791 9.9: with DURATION in place of DTEND or DUE the effective end is tested. */
function hasEnd(component: JCalComponent, name: "dtend" | "due"): boolean {
  if (component[0] === (name === "due" ? "vevent" : "vtodo")) return false;
  return firstProperty(component, name) !== undefined || durationNamed(component, "duration") !== null;
}
