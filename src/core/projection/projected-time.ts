// The times of a projection, rebuilt from what they mean: dates, durations and rules pass only if they have the grammar of
// RFC 5545, zones are named by us. What a person could have written into a parameter, a rule part or a zone's name stays out.

import { propertiesOf, tzidOf, valuesOf } from "../ical/component.ts";
import type { JCalComponent, JCalParameters, JCalProperty, JCalValue } from "../ical/jcal.ts";
import { resolveTzid } from "../ical/tzid.ts";
import { compactVTimezone } from "../ical/vtimezone.ts";
import { ianaZone, type Zone } from "../ical/zone.ts";

const DATE_PROPERTIES: readonly string[] = ["dtstart", "dtend", "recurrence-id", "exdate", "rdate"];
const DATE_VALUE = /^[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:T[0-9]{2}:?[0-9]{2}:?[0-9]{2}Z?)?$/;
const DURATION_VALUE = /^[+-]?P[0-9WDTHMS]+$/;
const RULE_PART =
  /^(?:FREQ|UNTIL|COUNT|INTERVAL|BYSECOND|BYMINUTE|BYHOUR|BYDAY|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYMONTH|BYSETPOS|WKST|RSCALE|SKIP)=[A-Z0-9,+-]{1,400}$/;
const FREQUENCY = /^FREQ=(?:SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/;
const DATE_TYPES: ReadonlySet<string> = new Set(["date", "date-time", "period"]);
/** VTIMEZONEs of open-ended series reach this far (1 January 2040). */
const HORIZON_MS = 2_208_988_800_000;
const YEAR_MS = 31_557_600_000;

/** Zones by the name that the projection gives them. */
export type ProjectedZones = Map<string, Zone>;

/** Time properties of one component, in a fixed order. */
export function projectTimes(
  component: JCalComponent,
  calendar: JCalComponent,
  zones: ProjectedZones,
): readonly JCalProperty[] {
  const properties: JCalProperty[] = [];
  for (const name of DATE_PROPERTIES)
    for (const property of propertiesOf(component, name)) {
      const projected = projectDates(property, calendar, zones);
      if (projected !== null) properties.push(projected);
    }
  for (const property of propertiesOf(component, "duration")) {
    const value = property[3];
    if (typeof value === "string" && DURATION_VALUE.test(value))
      properties.push(["duration", {}, "duration", value]);
  }
  for (const name of ["rrule", "exrule"])
    for (const property of propertiesOf(component, name)) {
      const rule = projectRule(property[3]);
      if (rule !== null) properties.push([name, {}, property[2], rule]);
    }
  return properties;
}

function projectDates(
  property: JCalProperty,
  calendar: JCalComponent,
  zones: ProjectedZones,
): JCalProperty | null {
  if (!DATE_TYPES.has(property[2])) return null;
  const values: JCalValue[] = [];
  for (const value of valuesOf(property)) {
    const plain = projectDateValue(value);
    if (plain !== null) values.push(plain);
  }
  if (values.length === 0) return null;
  const tzid = tzidOf(property);
  const parameters: { [name: string]: string } = {};
  const zone = tzid === null || property[2] === "date" ? null : nameZone(tzid, calendar, zones);
  if (zone !== null) parameters["tzid"] = zone;
  if (property[0] === "recurrence-id" && property[1]["range"] === "THISANDFUTURE")
    parameters["range"] = "THISANDFUTURE";
  return [property[0], withoutTzidOnUtc(parameters, values), property[2], ...values];
}

function projectDateValue(value: JCalValue): JCalValue | null {
  if (typeof value === "string") {
    const parts = value.split("/");
    return parts.length <= 2 && parts.every(isTimeText) ? value : null;
  }
  if (!Array.isArray(value)) return null;
  return value.length === 2 && value.every((part) => typeof part === "string" && isTimeText(part))
    ? value
    : null;
}

function isTimeText(text: string): boolean {
  return DATE_VALUE.test(text) || DURATION_VALUE.test(text);
}

function withoutTzidOnUtc(
  parameters: { readonly [name: string]: string },
  values: readonly JCalValue[],
): JCalParameters {
  if (!values.every((value) => typeof value === "string" && value.endsWith("Z"))) return parameters;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== "tzid"));
}

/**
 * An IANA name stays itself; anything else is resolved, and a zone that only its own VTIMEZONE knows gets a neutral name.
 * null: nobody knows the zone, the time floats.
 */
function nameZone(tzid: string, calendar: JCalComponent, zones: ProjectedZones): string | null {
  const zone = resolveTzid(tzid, calendar);
  if (zone === undefined) return null;
  const isKnown = ianaZone(zone.id)?.id === zone.id;
  if (isKnown) {
    zones.set(zone.id, zone);
    return zone.id;
  }
  for (const [name, known] of zones) if (known.id === zone.id) return name;
  const name = `Zone-${zones.size + 1}`;
  zones.set(name, zone);
  return name;
}

function projectRule(value: JCalValue | undefined): string | null {
  if (typeof value !== "string") return null;
  const parts = value
    .toUpperCase()
    .split(";")
    .filter((part) => RULE_PART.test(part));
  return parts.some((part) => FREQUENCY.test(part)) ? parts.join(";") : null;
}

/** VTIMEZONEs of the zones, without any text but their names. */
export function zoneComponents(
  zones: ProjectedZones,
  span: { readonly from: number; readonly until: number | null },
): readonly JCalComponent[] {
  const until = span.until ?? Math.max(HORIZON_MS, span.from + 10 * YEAR_MS);
  return [...zones]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, zone]): JCalComponent => {
      const [, , observances] = compactVTimezone(zone, span.from, Math.max(until, span.from));
      return [
        "vtimezone",
        [["tzid", {}, "text", name]],
        observances.map((observance): JCalComponent => [
          observance[0],
          observance[1].filter((property) => property[0] !== "tzname" && property[0] !== "comment"),
          [],
        ]),
      ];
    });
}
