// The meaning of an object as canonical text. Two texts are equal when a provider only rewrote what changes nothing: order, folding, case,
// DTSTAMP, CREATED, LAST-MODIFIED, SEQUENCE, PRODID, VTIMEZONE bodies, the spelling of a TZID, DTEND for DURATION, default values, empty
// properties. They differ for everything that a person would see.

import { DAY_MS, formatDateTime, type DateTimeValue } from "./civil.ts";
import { dateTimeNamed, dateTimeOf, dateTimesOf, timeReader, type TimeReader } from "./date-time.ts";
import { firstProperty, parameterOf, textOf, valuesOf } from "./component.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { canonicalRule } from "./semantic-rule.ts";
import { timingOf } from "./series.ts";
import { resolveTzid } from "./tzid.ts";
import { writeValues } from "./vocabulary.ts";
import { UTC } from "./zone.ts";

/** What nobody sees, or what another line says. */
const silentProperties: ReadonlySet<string> = new Set([
  "dtstamp",
  "created",
  "last-modified",
  "sequence",
  "prodid",
  "version",
  "dtend",
  "duration",
]);

const defaultValues: ReadonlySet<string> = new Set([
  "TRANSP:OPAQUE",
  "CLASS:PUBLIC",
  "PRIORITY:0",
  "STATUS:CONFIRMED",
  "STATUS:NEEDS-ACTION",
  "PERCENT-COMPLETE:0",
  "REPEAT:0",
]);

const defaultParameters: ReadonlySet<string> = new Set([
  "CUTYPE=INDIVIDUAL",
  "ROLE=REQ-PARTICIPANT",
  "PARTSTAT=NEEDS-ACTION",
  "RSVP=FALSE",
  "RELATED=START",
  "RELTYPE=PARENT",
  "FBTYPE=BUSY",
  "SCHEDULE-AGENT=SERVER",
]);

/** Written by the servers that deliver invitations, for themselves. */
const silentParameters: ReadonlySet<string> = new Set(["schedule-status", "schedule-force-send", "email"]);

const upperCaseProperties: ReadonlySet<string> = new Set(["transp", "class", "status", "action"]);

export function semanticText(calendar: JCalComponent): string {
  const times = timeReader(calendar, UTC);
  const parts = calendar[2]
    .filter((component) => component[0] !== "vtimezone")
    .map((component) => componentText(component, calendar, times));
  return parts.toSorted().join("");
}

function componentText(component: JCalComponent, calendar: JCalComponent, times: TimeReader): string {
  const lines = new Set<string>();
  for (const property of component[1]) {
    const [name] = property;
    if (silentProperties.has(name) && !(component[0] === "valarm" && name === "duration")) continue;
    if (name === "due" && dateTimeNamed(component, "dtstart") !== null) continue;
    if (textOf(property).trim() === "") continue;
    for (const text of valueTexts(property, component, calendar, times)) {
      const line = `${name.toUpperCase()}${parametersText(property)}:${text}`;
      if (!defaultValues.has(line)) lines.add(line);
    }
  }
  for (const line of lengthLines(component, calendar, times)) lines.add(line);
  const own = [...lines].toSorted();
  const children = component[2].map((child) => componentText(child, calendar, times)).toSorted();
  const name = component[0].toUpperCase();
  return `BEGIN:${name}\n${own.map((line) => `${line}\n`).join("")}${children.join("")}END:${name}\n`;
}

/** How long it lasts, however that is written; and the zone of the end where it is another one (a flight). */
function lengthLines(
  component: JCalComponent,
  calendar: JCalComponent,
  times: TimeReader,
): readonly string[] {
  const timing = timingOf(component, times);
  if (timing === null || component[0] === "valarm" || component[0] === "vjournal") return [];
  const length = timing.end - timing.start;
  const lines: string[] = [];
  if (timing.anchor.kind === "date" && length % DAY_MS === 0) lines.push(`LENGTH:${length / DAY_MS}D`);
  else lines.push(`LENGTH:${length}`);
  const end = firstProperty(component, component[0] === "vtodo" ? "due" : "dtend");
  const value = end === undefined ? null : dateTimeOf(end);
  const endZone = value?.tzid == null ? null : zoneName(value.tzid, calendar);
  const startZone = timing.anchor.tzid === null ? null : zoneName(timing.anchor.tzid, calendar);
  if (endZone !== null && endZone !== startZone) lines.push(`END-ZONE:${endZone}`);
  return lines;
}

function zoneName(tzid: string, calendar: JCalComponent): string {
  return resolveTzid(tzid, calendar)?.id ?? tzid;
}

function valueTexts(
  property: JCalProperty,
  component: JCalComponent,
  calendar: JCalComponent,
  times: TimeReader,
): readonly string[] {
  switch (property[0]) {
    case "dtstart":
    case "due": {
      const value = dateTimeOf(property);
      return [value === null ? textOf(property) : shownTime(value, calendar)];
    }
    case "recurrence-id":
    case "completed":
      return dateTimesOf(property).map((value) => instantText(value, times));
    case "exdate":
    case "rdate":
      if (property[2] === "period") return [writeValues(property)];
      return dateTimesOf(property).map((value) => instantText(value, times));
    case "rrule":
    case "exrule":
      return [canonicalRule(textOf(property), dateTimeNamed(component, "dtstart"), times)];
    case "categories":
    case "resources":
      return valuesOf(property).map(String);
    case "attendee":
    case "organizer":
      return [textOf(property).trim().toLowerCase()];
  }
  if (upperCaseProperties.has(property[0])) return [textOf(property).trim().toUpperCase()];
  return [
    property[2] === "text" ? textOf(property).replace(/\r\n?/g, "\n").trimEnd() : writeValues(property),
  ];
}

/** A start as it is shown: its wall clock and the zone that it is in. */
function shownTime(value: DateTimeValue, calendar: JCalComponent): string {
  const text = formatDateTime(value);
  return value.tzid === null ? text : `${zoneName(value.tzid, calendar)} ${text}`;
}

/** A time that only names a moment: the zone it is written in makes no difference. */
function instantText(value: DateTimeValue, times: TimeReader): string {
  if (value.kind !== "zoned" || times.isFloating(value)) return formatDateTime(value);
  return formatDateTime({ kind: "utc", civil: times.toUtc(value), tzid: null });
}

function parametersText(property: JCalProperty): string {
  const parts: string[] = [];
  for (const name in property[1]) {
    if (name === "tzid" || silentParameters.has(name)) continue;
    const value = property[1][name];
    const text =
      value === undefined || typeof value === "string"
        ? (parameterOf(property, name) ?? "")
        : value.join(",");
    const isToken = /^[a-z-]+$/i.test(text) && name !== "cn";
    const part = `${name.toUpperCase()}=${isToken ? text.toUpperCase() : text}`;
    if (text !== "" && !defaultParameters.has(part)) parts.push(part);
  }
  return parts.length === 0 ? "" : `;${parts.toSorted().join(";")}`;
}
