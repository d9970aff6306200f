// Many objects in one VCALENDAR, as an ICS feed shows them. Written for the readers that exist: Google's breaks on VTIMEZONEs with a long
// history, so each zone stands once and compact; Apple drops a series whose RRULE does not begin with FREQ or whose EXDATE, RDATE or UNTIL is
// not of DTSTART's type and zone.

import { CIVIL_MAX, DAY_MS, formatDateTime, parseDateTime, startOfDay, type DateTimeValue } from "./civil.ts";
import {
  dateTimeNamed,
  dateTimeOf,
  dateTimeProperty,
  dateTimesOf,
  timeReader,
  utcValue,
  type TimeReader,
} from "./date-time.ts";
import { componentsOf, firstText, textOf, tzidOf, withParameter } from "./component.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { untilLike } from "./semantic-rule.ts";
import { lastEnd } from "./series-bounds.ts";
import { readSeries } from "./series.ts";
import { resolveTzid } from "./tzid.ts";
import { compactVTimezone } from "./vtimezone.ts";
import { UTC, type Zone } from "./zone.ts";

/** Zones that are UTC: their times go out as such and need no VTIMEZONE. */
const utcNames: ReadonlySet<string> = new Set(
  "UTC UCT Zulu Universal GMT Etc/UTC Etc/UCT Etc/Zulu Etc/Universal Etc/GMT".split(" "),
);

interface UsedZone {
  readonly zone: Zone;
  from: number;
  to: number;
}

interface Publication {
  /** By the TZID that the publication uses: the zone's own name. */
  readonly zones: Map<string, UsedZone>;
  /** VTIMEZONEs of TZIDs that mean nothing here, as they came. */
  readonly foreign: Map<string, JCalComponent>;
}

/** `header`: the properties of the VCALENDAR, VERSION and PRODID included. */
export function mergeCalendars(
  objects: readonly JCalComponent[],
  header: readonly JCalProperty[],
): JCalComponent {
  const publication: Publication = { zones: new Map(), foreign: new Map() };
  const components: JCalComponent[] = [];
  for (const calendar of objects) {
    const span = spanOf(calendar);
    for (const component of calendar[2]) {
      if (component[0] !== "vtimezone") components.push(published(component, calendar, span, publication));
    }
  }
  const timezones = [...publication.zones.values()]
    .toSorted((a, b) => (a.zone.id < b.zone.id ? -1 : 1))
    .map(({ zone, from, to }) => compactVTimezone(zone, from, to));
  return ["vcalendar", header, [...timezones, ...publication.foreign.values(), ...components]];
}

/** From the first start to the last end of all components of the object. */
function spanOf(calendar: JCalComponent): { from: number; to: number } {
  let master: JCalComponent | null = null;
  const overrides: JCalComponent[] = [];
  for (const component of calendar[2]) {
    if (component[0] === "vtimezone") continue;
    if (dateTimeNamed(component, "recurrence-id") !== null) overrides.push(component);
    else master ??= component;
  }
  const series = readSeries({ text: "", component: "VEVENT", uid: "", calendar, master, overrides }, UTC);
  const starts = [series.timing, ...series.overrides.map((one) => one.timing)].flatMap((one) =>
    one === null ? [] : [one.start],
  );
  const from = starts.length === 0 ? 0 : Math.min(...starts);
  return { from: from - DAY_MS, to: (lastEnd(series) ?? CIVIL_MAX) + DAY_MS };
}

function published(
  component: JCalComponent,
  calendar: JCalComponent,
  span: { from: number; to: number },
  publication: Publication,
): JCalComponent {
  const times = timeReader(calendar, UTC);
  const start = dateTimeNamed(component, "dtstart");
  const properties = component[1].flatMap((property): readonly JCalProperty[] => {
    switch (property[0]) {
      case "rrule":
      case "exrule":
        return [[property[0], property[1], property[2], publishedRule(textOf(property), start, times)]];
      case "exdate":
      case "rdate": {
        const like = property[2] === "period" ? property : likeStart(property, start, times);
        return like === null ? [] : [inKnownZone(like, calendar, span, publication, times)];
      }
      default:
        return [inKnownZone(property, calendar, span, publication, times)];
    }
  });
  const children = component[2].map((child) => published(child, calendar, span, publication));
  return [component[0], properties, children];
}

function isFrequency(part: string): boolean {
  return /^FREQ=/i.test(part);
}

/** FREQ first, UNTIL of DTSTART's type. */
function publishedRule(rule: string, start: DateTimeValue | null, times: TimeReader): string {
  const parts = rule.split(";").map((part) => {
    const until = /^\s*UNTIL=(.+)$/i.exec(part)?.[1];
    const value = until === undefined ? null : parseDateTime(until.trim());
    return value === null ? part.trim() : `UNTIL=${formatDateTime(untilLike(value, start, times))}`;
  });
  return [...parts.filter(isFrequency), ...parts.filter((part) => part !== "" && !isFrequency(part))].join(
    ";",
  );
}

/** Dates and times as DTSTART is written; null when none is left. */
function likeStart(
  property: JCalProperty,
  start: DateTimeValue | null,
  times: TimeReader,
): JCalProperty | null {
  const values = dateTimesOf(property);
  if (values.length === 0) return null;
  if (start === null) return property;
  const { kind, tzid } = start;
  const zone = times.zoneOf(start);
  const timeOfDay = start.civil - startOfDay(start.civil);
  const like = values.map((value): DateTimeValue => {
    let civil = value.civil;
    if (value.kind === "date") civil += kind === "date" ? 0 : timeOfDay;
    else if (value.kind === "utc" || value.kind === "zoned") {
      const at = times.toUtc(value);
      civil = at + zone.offsetAt(at);
    }
    if (value.kind === "date" && kind === "utc") return utcValue(civil);
    return { kind, civil: kind === "date" ? startOfDay(civil) : civil, tzid };
  });
  return dateTimeProperty(property[0], like, property[1]);
}

/** A TZID becomes the name of the zone that it means; that zone gets a VTIMEZONE for the span. */
function inKnownZone(
  property: JCalProperty,
  calendar: JCalComponent,
  span: { from: number; to: number },
  publication: Publication,
  times: TimeReader,
): JCalProperty {
  const tzid = tzidOf(property);
  if (tzid === null) return property;
  const zone = resolveTzid(tzid, calendar);
  if (zone === undefined) {
    const own = componentsOf(calendar, "vtimezone").find((one) => firstText(one, "tzid") === tzid);
    if (own !== undefined) publication.foreign.set(tzid, own);
    return property;
  }
  const first = dateTimeOf(property);
  // RFC 5545 3.2.19: no TZID on dates and on times in UTC.
  if (first !== null && first.kind !== "zoned") return withParameter(property, "tzid", null);
  if (utcNames.has(zone.id) && first !== null) {
    const values = dateTimesOf(property).map((value) => utcValue(times.toUtc(value)));
    return dateTimeProperty(property[0], values, property[1]);
  }
  const used = publication.zones.get(zone.id);
  if (used === undefined) publication.zones.set(zone.id, { zone, from: span.from, to: span.to });
  else {
    used.from = Math.min(used.from, span.from);
    used.to = Math.max(used.to, span.to);
  }
  return withParameter(property, "tzid", zone.id);
}
