// What an object says about when it happens, read once into plain data: the start, the length, rules, extra dates, exceptions and overrides
// (RFC 5545 3.8.2, 3.8.4.4, 3.8.5). Recurrence-set.ts computes instances from it.

import type { CalendarObject } from "./calendar-object-resource.ts";
import { DAY_MS, startOfDay, type CivilMs, type DateTimeValue } from "./civil.ts";
import { firstProperty, firstText, parameterOf, textOf } from "./component.ts";
import {
  addDuration,
  dateTimeNamed,
  dateTimeOf,
  dateTimesOf,
  durationNamed,
  periodsOf,
  timeReader,
  type Period,
  type TimeReader,
} from "./date-time.ts";
import { nominalLength, ONE_DAY, ZERO, type Duration } from "./duration.ts";
import type { JCalComponent } from "./jcal.ts";
import { expandRule, type StepBudget } from "./recurrence.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";
import { UTC, type Zone } from "./zone.ts";

/** How long an instance lasts: nominal days then exact time from its own wall clock start. */
export interface Timing {
  /** DTSTART, or DUE where a VTODO has no DTSTART. */
  readonly anchor: DateTimeValue;
  readonly zone: Zone;
  readonly start: number;
  readonly end: number;
  readonly length: Duration;
  /** Its instants depend on the floating zone. */
  readonly isFloating: boolean;
}

export interface Override {
  readonly component: JCalComponent;
  /** UTC milliseconds of the instance that it stands for. */
  readonly recurrenceId: number;
  readonly recurrenceIdValue: DateTimeValue;
  readonly timing: Timing;
  readonly isThisAndFuture: boolean;
}

export interface Series {
  readonly object: CalendarObject;
  readonly times: TimeReader;
  readonly master: JCalComponent | null;
  /** null: no master, or one without any time (a VTODO or VJOURNAL). */
  readonly timing: Timing | null;
  readonly rules: readonly RecurrenceRule[];
  readonly exceptionRules: readonly RecurrenceRule[];
  /** UTC starts of RDATE. */
  readonly extraStarts: readonly number[];
  /** Periods of RDATE, in UTC. */
  readonly extraPeriods: readonly { readonly start: number; readonly end: number }[];
  /** UTC starts that EXDATE takes away. */
  readonly excluded: ReadonlySet<number>;
  /** Whole civil days that a DATE in EXDATE takes away beside a DATE-TIME start (Evolution and GNOME write them). */
  readonly excludedDays: ReadonlySet<CivilMs>;
  /** One for each instance, by recurrence id. */
  readonly overrides: readonly Override[];
  readonly isRecurring: boolean;
}

export function readSeries(object: CalendarObject, floatingZone: Zone): Series {
  const times = timeReader(object.calendar, floatingZone);
  const master = object.master;
  const timing = master === null ? null : timingOf(master, times);
  const rules: RecurrenceRule[] = [];
  const exceptionRules: RecurrenceRule[] = [];
  const extraStarts: number[] = [];
  const extraPeriods: { start: number; end: number }[] = [];
  const excluded = new Set<number>();
  const excludedDays = new Set<CivilMs>();
  if (master !== null && timing !== null) {
    for (const property of master[1]) {
      switch (property[0]) {
        case "rrule":
        case "exrule": {
          // A rule that nobody can read gives no instances beyond DTSTART; the object is kept as it is.
          const rule = parseRecurrenceRuleLeniently(textOf(property));
          if (rule.ok) (property[0] === "rrule" ? rules : exceptionRules).push(rule.value);
          break;
        }
        case "rdate":
          for (const value of dateTimesOf(property)) extraStarts.push(likeAnchor(value, timing, times));
          for (const period of periodsOf(property)) extraPeriods.push(periodOf(period, timing, times));
          break;
        case "exdate":
          for (const value of dateTimesOf(property)) {
            if (value.kind === "date" && timing.anchor.kind !== "date") excludedDays.add(value.civil);
            else excluded.add(likeAnchor(value, timing, times));
          }
          break;
      }
    }
  }
  const overrides = readOverrides(object, timing, times);
  return {
    object,
    times,
    master,
    timing,
    rules,
    exceptionRules,
    extraStarts,
    extraPeriods,
    excluded,
    excludedDays,
    overrides,
    isRecurring:
      rules.length > 0 || extraStarts.length > 0 || extraPeriods.length > 0 || overrides.length > 0,
  };
}

/** The instant of a value that names an instance, read with the type and zone of the series' start where its own differ. */
function likeAnchor(value: DateTimeValue, timing: Timing | null, times: TimeReader): number {
  if (timing === null) return times.toUtc(value);
  const { anchor, zone } = timing;
  if (anchor.kind === "date") {
    if (value.kind === "date") return zone.toUtc(value.civil);
    if (value.kind !== "utc" || value.civil % DAY_MS === 0) return zone.toUtc(startOfDay(value.civil));
    return zone.toUtc(startOfDay(value.civil + zone.offsetAt(value.civil)));
  }
  if (value.kind === "date") return zone.toUtc(value.civil + (anchor.civil - startOfDay(anchor.civil)));
  return value.kind === "floating" ? zone.toUtc(value.civil) : times.toUtc(value);
}

/** A period of RDATE; a side without a zone is read in that of the start. */
function periodOf(period: Period, timing: Timing, times: TimeReader): { start: number; end: number } {
  const zone = times.isFloating(period.start) ? timing.zone : times.zoneOf(period.start);
  const start = zone.toUtc(period.start.civil);
  if (period.end === null) {
    return { start, end: addDuration(zone, period.start.civil, period.duration ?? ZERO) };
  }
  const end = times.isFloating(period.end) ? zone.toUtc(period.end.civil) : times.toUtc(period.end);
  return { start, end: Math.max(start, end) };
}

function readOverrides(
  object: CalendarObject,
  timing: Timing | null,
  times: TimeReader,
): readonly Override[] {
  if (object.overrides.length === 0) return [];
  const byId = new Map<number, { readonly override: Override; readonly sequence: number }>();
  for (const component of object.overrides) {
    const property = firstProperty(component, "recurrence-id");
    const value = property === undefined ? null : dateTimeOf(property);
    if (property === undefined || value === null) continue;
    const recurrenceId = likeAnchor(value, timing, times);
    const own = timingOf(component, times);
    const sequence = Number(firstText(component, "sequence") ?? 0);
    const rival = byId.get(recurrenceId);
    // Two overrides of one instance: the higher SEQUENCE, else the later one.
    if (rival !== undefined && rival.sequence > sequence) continue;
    byId.set(recurrenceId, {
      sequence,
      override: {
        component,
        recurrenceId,
        recurrenceIdValue: value,
        timing: own ?? inheritedTiming(value, recurrenceId, timing, times),
        isThisAndFuture: parameterOf(property, "range")?.toUpperCase() === "THISANDFUTURE",
      },
    });
  }
  return [...byId.values()]
    .map((entry) => entry.override)
    .toSorted((a, b) => a.recurrenceId - b.recurrenceId);
}

/** An override without a start of its own happens when the instance would have. */
function inheritedTiming(
  anchor: DateTimeValue,
  start: number,
  timing: Timing | null,
  times: TimeReader,
): Timing {
  const zone = timing?.zone ?? times.zoneOf(anchor);
  const length = timing?.length ?? ZERO;
  const end = addDuration(zone, start + zone.offsetAt(start), length);
  return { anchor, zone, start, end, length, isFloating: times.isFloating(anchor) };
}

/** DTSTART with DTEND, DUE or DURATION (RFC 5545 3.6.1, 3.6.2, 3.6.3; RFC 4791 9.9); null for a component without any of these times. */
export function timingOf(component: JCalComponent, times: TimeReader): Timing | null {
  const isTodo = component[0] === "vtodo";
  const anchor = dateTimeNamed(component, "dtstart") ?? (isTodo ? dateTimeNamed(component, "due") : null);
  if (anchor === null) return null;
  const zone = times.zoneOf(anchor);
  const start = zone.toUtc(anchor.civil);
  const length = lengthOf(component, anchor, start, times);
  const end = addDuration(zone, anchor.civil, length);
  return { anchor, zone, start, end, length, isFloating: times.isFloating(anchor) };
}

function lengthOf(
  component: JCalComponent,
  anchor: DateTimeValue,
  start: number,
  times: TimeReader,
): Duration {
  const isDate = anchor.kind === "date";
  const fallback = isDate && component[0] !== "vtodo" ? ONE_DAY : ZERO;
  if (component[0] === "vjournal") return fallback;
  const end = dateTimeNamed(component, component[0] === "vtodo" ? "due" : "dtend");
  if (end !== null) {
    // DTEND wins over a DURATION beside it (Thunderbird writes DURATION:PT0S).
    if (isDate && end.kind === "date") {
      const days = Math.round((end.civil - anchor.civil) / DAY_MS);
      return days > 0 ? { days, ms: 0 } : fallback;
    }
    // RFC 5545 3.8.5.3: with DTEND the exact duration applies to every instance. An end without a zone is read in that of the start.
    const endsAt = end.kind === "floating" ? times.zoneOf(anchor).toUtc(end.civil) : times.toUtc(end);
    return { days: 0, ms: Math.max(0, endsAt - start) };
  }
  const duration = component[0] === "vfreebusy" ? null : durationNamed(component, "duration");
  if (duration === null || nominalLength(duration) < 0) return fallback;
  return isDate && nominalLength(duration) === 0 ? fallback : duration;
}

/** The days after which the Gregorian calendar repeats itself, weekdays included. */
const CYCLE_MS = 146_097 * DAY_MS;

/** Whether a rule's own pattern, and not only its being the first, gives DTSTART. An EXRULE takes DTSTART away only then. */
export function patternGivesStart(rule: RecurrenceRule, anchor: DateTimeValue, budget: StepBudget): boolean {
  const earlier: DateTimeValue = { kind: "floating", civil: anchor.civil - CYCLE_MS, tzid: null };
  const open: RecurrenceRule = { ...rule, interval: 1, count: null, until: null };
  const window = { from: anchor.civil, to: anchor.civil + 1 };
  const found = expandRule(open, earlier, UTC, window, budget);
  return found.ok && found.value.length > 0;
}

/** When the instance with this original start would have ended without its override. */
export function endOfStart(series: Series, recurrenceId: number, override: Timing): number {
  const { zone, length } = series.timing ?? override;
  return addDuration(zone, recurrenceId + zone.offsetAt(recurrenceId), length);
}
