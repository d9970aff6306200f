// Projection: (canonical object, detail, identity) -> iCalendar payload. Pure: the same input gives the same octets.
// A payload is built up from what the level allows, never cut down from what the event has. It never carries METHOD, ATTENDEE,
// ORGANIZER, alarms or attachments, and at BUSY only times and what says whether they are busy (invariants F and H).

import { componentsOf, firstText, textProperty, valuesOf, withProperties } from "../ical/component.ts";
import { parseDateTime } from "../ical/civil.ts";
import type { JCalComponent, JCalProperty } from "../ical/jcal.ts";
import { serializeCalendar } from "../ical/serialize.ts";
import type { DetailLevel } from "../ports/user-graph.ts";
import { withoutConferenceLinks } from "./conference-links.ts";
import type { KeyedHash } from "./hash.ts";
import { mirrorUid, tagProperties, type ProjectionIdentity } from "./managed-tag.ts";
import type { Target } from "./policy-compiler.ts";
import { projectTimes, zoneComponents, type ProjectedZones } from "./projected-time.ts";

const BUSY_TITLE = "Busy";
const FULL_TEXTS: ReadonlySet<string> = new Set([
  "description",
  "location",
  "url",
  "geo",
  "priority",
  "color",
]);
const CLASSES: ReadonlySet<string> = new Set(["PUBLIC", "PRIVATE", "CONFIDENTIAL"]);
const DAY_MS = 86_400_000;

export const PROJECTION_HEADER: readonly JCalProperty[] = [
  textProperty("version", "2.0"),
  textProperty("prodid", "-//T-Minus//T-Minus//EN"),
];

/** The payload; null when the event must not be there at all: it is no event, or at BUSY it blocks no time. */
export function project(
  canonical: JCalComponent,
  target: Target,
  canonicalEventId: string,
  hash: KeyedHash,
): JCalComponent | null {
  const identity: ProjectionIdentity = { canonicalEventId, accountId: target.accountId };
  return projectAs(
    canonical,
    target.detail,
    mirrorUid(identity, hash),
    tagProperties(canonicalEventId, hash),
  );
}

/** As `project`, as octets. */
export function projectText(
  canonical: JCalComponent,
  target: Target,
  canonicalEventId: string,
  hash: KeyedHash,
): string | null {
  const payload = project(canonical, target, canonicalEventId, hash);
  return payload === null ? null : serializeCalendar(payload);
}

/** An object as a feed of that detail shows it; null when nothing is to show. */
export function projectForFeed(
  canonical: JCalComponent,
  detail: DetailLevel,
  canonicalEventId: string,
  hash: KeyedHash,
): JCalComponent | null {
  const uid = `${hash("feed-uid", canonicalEventId).slice(0, 40)}@t-minus`;
  return projectAs(canonical, detail, uid, []);
}

function projectAs(
  canonical: JCalComponent,
  detail: DetailLevel,
  uid: string,
  tags: readonly JCalProperty[],
): JCalComponent | null {
  const events = componentsOf(canonical, "vevent").filter((event) => firstText(event, "dtstart") !== null);
  const master = events.find((event) => firstText(event, "recurrence-id") === null);
  const shown = detail === "BUSY" ? events.filter(blocksTime) : events.filter((event) => !isCancelled(event));
  if (shown.length === 0) return null;
  // A free master stays as the frame of its busy instances; instances that are not shown become exceptions of the master.
  const kept = master === undefined || shown.includes(master) ? shown : [master, ...shown];
  const hidden = events.filter((event) => event !== master && !kept.includes(event));
  const zones: ProjectedZones = new Map();
  const projected = kept.map((event) => {
    const projection = projectEvent(event, canonical, detail, uid, zones, tags);
    return event === master ? withExceptions(projection, hidden, canonical, zones) : projection;
  });
  return ["vcalendar", PROJECTION_HEADER, [...zoneComponents(zones, spanOf(kept)), ...projected]];
}

function projectEvent(
  event: JCalComponent,
  canonical: JCalComponent,
  detail: DetailLevel,
  uid: string,
  zones: ProjectedZones,
  tags: readonly JCalProperty[],
): JCalComponent {
  const properties: JCalProperty[] = [
    textProperty("uid", uid),
    ["dtstamp", {}, "date-time", stampOf(event)],
    ...projectTimes(event, canonical, zones),
    textProperty("transp", blocksTime(event) ? "OPAQUE" : "TRANSPARENT"),
  ];
  const status = firstText(event, "status")?.toUpperCase();
  if (status === "TENTATIVE" || status === "CONFIRMED") properties.push(textProperty("status", status));
  const classification = firstText(event, "class")?.toUpperCase();
  if (classification !== undefined)
    properties.push(textProperty("class", CLASSES.has(classification) ? classification : "PRIVATE"));
  properties.push(...contentOf(event, detail), ...tags);
  return ["vevent", properties, []];
}

function contentOf(event: JCalComponent, detail: DetailLevel): readonly JCalProperty[] {
  const summary = firstText(event, "summary") ?? "";
  switch (detail) {
    case "BUSY":
      return [textProperty("summary", BUSY_TITLE)];
    case "TITLE":
      return [textProperty("summary", summary)];
    case "FULL":
      return [textProperty("summary", summary), ...fullContentOf(event)];
  }
}

function fullContentOf(event: JCalComponent): readonly JCalProperty[] {
  const properties: JCalProperty[] = [];
  for (const property of event[1]) {
    const [name, , type, first, ...rest] = property;
    if (name === "categories") properties.push([name, {}, type, ...valuesOf(property)]);
    if (!FULL_TEXTS.has(name) || first === undefined) continue;
    const value = typeof first === "string" ? withoutConferenceLinks(first) : first;
    if (value !== "") properties.push([name, {}, type, value, ...rest]);
  }
  return properties;
}

function withExceptions(
  master: JCalComponent,
  hidden: readonly JCalComponent[],
  canonical: JCalComponent,
  zones: ProjectedZones,
): JCalComponent {
  const exceptions = hidden.flatMap((event) =>
    projectTimes(event, canonical, zones)
      .filter((property) => property[0] === "recurrence-id" && property[1]["range"] === undefined)
      .map((property): JCalProperty => ["exdate", property[1], property[2], ...valuesOf(property)]),
  );
  return exceptions.length === 0 ? master : withProperties(master, [...master[1], ...exceptions]);
}

export function blocksTime(event: JCalComponent): boolean {
  return !isCancelled(event) && firstText(event, "transp")?.toUpperCase() !== "TRANSPARENT";
}

function isCancelled(event: JCalComponent): boolean {
  return firstText(event, "status")?.toUpperCase() === "CANCELLED";
}

function stampOf(event: JCalComponent): string {
  const stamp = firstText(event, "dtstamp") ?? "";
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(stamp)
    ? stamp
    : "1970-01-01T00:00:00Z";
}

/** The span of civil time that VTIMEZONEs must cover; open when anything recurs. */
function spanOf(events: readonly JCalComponent[]): { from: number; until: number | null } {
  let from = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  let recurs = false;
  for (const event of events) {
    recurs ||= event[1].some((property) => property[0] === "rrule" || property[0] === "rdate");
    for (const name of ["dtstart", "dtend", "recurrence-id"]) {
      const time = parseDateTime(firstText(event, name) ?? "");
      if (time === null) continue;
      from = Math.min(from, time.civil);
      until = Math.max(until, time.civil);
    }
  }
  if (!Number.isFinite(from)) return { from: 0, until: null };
  return { from: from - DAY_MS, until: recurs ? null : until + 40 * DAY_MS };
}
