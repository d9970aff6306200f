// Dates and times as properties carry them: value type, TZID, floating (RFC 5545 3.3.4, 3.3.5, 3.3.9, 3.2.19), and their instants in UTC.

import { DAY_MS, formatJCalDateTime, parseDateTime, type CivilMs, type DateTimeValue } from "./civil.ts";
import { firstProperty, tzidOf, valuesOf } from "./component.ts";
import { parseDuration, type Duration } from "./duration.ts";
import type { JCalComponent, JCalParameters, JCalProperty, JCalValue } from "./jcal.ts";
import { resolveTzid } from "./tzid.ts";
import { UTC, type Zone } from "./zone.ts";

export interface Period {
  readonly start: DateTimeValue;
  readonly end: DateTimeValue | null;
  readonly duration: Duration | null;
}

function dateTimeOfValue(value: JCalValue | undefined, tzid: string | null): DateTimeValue | null {
  return typeof value === "string" ? parseDateTime(value, tzid) : null;
}

/** The first value of a property; null when it is no date or time. A DATE has no zone, whatever TZID stands beside it (iOS writes one). */
export function dateTimeOf(property: JCalProperty): DateTimeValue | null {
  return dateTimeOfValue(property[3], tzidOf(property));
}

/** The value of the first property of that name. */
export function dateTimeNamed(component: JCalComponent, name: string): DateTimeValue | null {
  const property = firstProperty(component, name);
  return property === undefined ? null : dateTimeOf(property);
}

export function durationNamed(component: JCalComponent, name: string): Duration | null {
  const value = firstProperty(component, name)?.[3];
  return typeof value === "string" ? parseDuration(value) : null;
}

/** Every date and time of a list property; what is neither is left out, periods too. */
export function dateTimesOf(property: JCalProperty): readonly DateTimeValue[] {
  const tzid = tzidOf(property);
  const values: DateTimeValue[] = [];
  for (const value of valuesOf(property)) {
    const read = dateTimeOfValue(value, tzid);
    if (read !== null) values.push(read);
  }
  return values;
}

export function periodsOf(property: JCalProperty): readonly Period[] {
  const tzid = tzidOf(property);
  const periods: Period[] = [];
  for (const value of valuesOf(property)) {
    if (!Array.isArray(value)) continue;
    const start = dateTimeOfValue(value[0], tzid);
    const second: unknown = value[1];
    if (start === null || typeof second !== "string") continue;
    const end = parseDateTime(second, tzid);
    const duration = end === null ? parseDuration(second) : null;
    if (end !== null || duration !== null) periods.push({ start, end, duration });
  }
  return periods;
}

/** A property with one value or several of one kind and zone. */
export function dateTimeProperty(
  name: string,
  values: readonly DateTimeValue[],
  parameters: JCalParameters = {},
): JCalProperty {
  const { tzid: _tzid, ...others } = parameters;
  const first = values[0];
  const withZone = first?.tzid == null ? others : { tzid: first.tzid, ...others };
  return [name, withZone, first?.kind === "date" ? "date" : "date-time", ...values.map(formatJCalDateTime)];
}

export function utcValue(utcMs: number): DateTimeValue {
  return { kind: "utc", civil: utcMs, tzid: null };
}

/** The instants and zones of one calendar's times. */
export interface TimeReader {
  /** The zone of a value: its TZID's, UTC, or for dates and floating times the reader's own. */
  zoneOf(value: DateTimeValue): Zone;
  toUtc(value: DateTimeValue): number;
  /** Whether the instant depends on the reader's own zone: a date, a floating time, or a TZID that means nothing. */
  isFloating(value: DateTimeValue): boolean;
}

/** A TZID that cannot be resolved is read like a floating time. */
export function timeReader(calendar: JCalComponent, floatingZone: Zone): TimeReader {
  const zones = new Map<string, Zone | null>();
  function zoneOfTzid(tzid: string): Zone | null {
    let zone = zones.get(tzid);
    if (zone === undefined) {
      zone = resolveTzid(tzid, calendar) ?? null;
      zones.set(tzid, zone);
    }
    return zone;
  }
  function zoneOf(value: DateTimeValue): Zone {
    switch (value.kind) {
      case "utc":
        return UTC;
      case "date":
      case "floating":
        return floatingZone;
      case "zoned":
        return zoneOfTzid(value.tzid ?? "") ?? floatingZone;
    }
  }
  return {
    zoneOf,
    toUtc: (value) => zoneOf(value).toUtc(value.civil),
    isFloating: ({ kind, tzid }) =>
      kind === "date" || kind === "floating" || (kind === "zoned" && zoneOfTzid(tzid ?? "") === null),
  };
}

/** The end of something that begins at a wall clock time and lasts: nominal days first, then exact time (RFC 5545 3.3.6). */
export function addDuration(zone: Zone, start: CivilMs, duration: Duration): number {
  return zone.toUtc(start + duration.days * DAY_MS) + duration.ms;
}
