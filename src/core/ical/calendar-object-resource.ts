// A calendar object resource (RFC 4791 4.1): one UID, one component type, an optional master and its overrides.
// Judges what a PUT must (RFC 4791 5.3.2.1): `valid-calendar-data` for what is not iCalendar, `valid-calendar-object-resource` for iCalendar that
// may not stand alone in a collection. Which component types a collection takes is the collection's to say.

import { precondition, type Failure } from "../failure.ts";
import { err, ok, type Result } from "../result.ts";
import { parseDateTime } from "./civil.ts";
import { firstProperty, firstText, valuesOf } from "./component.ts";
import { parseDuration } from "./duration.ts";
import type { JCalComponent, JCalProperty, JCalValue } from "./jcal.ts";
import { parseCalendar } from "./parse.ts";

/** What a calendar object resource can be made of. */
export type ComponentName = "VEVENT" | "VTODO" | "VJOURNAL" | "VFREEBUSY" | "VAVAILABILITY";

export interface CalendarObject {
  /** Octets as sent. */
  readonly text: string;
  readonly component: ComponentName;
  readonly uid: string;
  readonly calendar: JCalComponent;
  /** The component without RECURRENCE-ID; null for an object that holds overrides alone. */
  readonly master: JCalComponent | null;
  readonly overrides: readonly JCalComponent[];
}

const componentNames: ReadonlyMap<string, ComponentName> = new Map([
  ["vevent", "VEVENT"],
  ["vtodo", "VTODO"],
  ["vjournal", "VJOURNAL"],
  ["vfreebusy", "VFREEBUSY"],
  ["vavailability", "VAVAILABILITY"],
]);

function notAnObject(reason: string): Result<never, Failure> {
  return err(precondition("valid-calendar-object-resource", reason));
}

/** Reads and validates an object as a CalDAV PUT must (RFC 4791 4.1, 5.3.2.1). */
export function readCalendarObject(text: string): Result<CalendarObject, Failure> {
  const parsed = parseCalendar(text);
  if (!parsed.ok) return parsed;
  const calendar = parsed.value;
  // An alarm with a TRIGGER that cannot be read (sabre/vobject issue 467: "TRIGGER:P") never rings and spoils nothing.
  const broken = brokenValue(calendar);
  if (broken !== null) return err(precondition("valid-calendar-data", broken));
  if (firstProperty(calendar, "method") !== undefined) {
    return notAnObject(
      "The object has a METHOD, which a calendar object resource may not have (RFC 4791 4.1).",
    );
  }
  return assemble(text, calendar);
}

function assemble(text: string, calendar: JCalComponent): Result<CalendarObject, Failure> {
  let component: ComponentName | null = null;
  let uid: string | null = null;
  let master: JCalComponent | null = null;
  const overrides: JCalComponent[] = [];
  for (const child of calendar[2]) {
    if (child[0] === "vtimezone") continue;
    const name = componentNames.get(child[0]);
    if (name === undefined) {
      // An IANA or X- component beside the one that counts is kept and not judged.
      continue;
    }
    if (component !== null && component !== name) {
      return notAnObject(`The object mixes ${component} and ${name} (RFC 4791 4.1).`);
    }
    component = name;
    const childUid = firstText(child, "uid")?.trim() ?? "";
    if (childUid === "") return notAnObject(`A ${name} has no UID.`);
    if (uid !== null && uid !== childUid) {
      return notAnObject(`The object holds several UIDs: ${uid} and ${childUid} (RFC 4791 4.1).`);
    }
    uid = childUid;
    const start = firstProperty(child, "dtstart");
    if (name === "VEVENT" && start === undefined) {
      return err(precondition("valid-calendar-data", "A VEVENT has no DTSTART (RFC 5545 3.6.1)."));
    }
    if (firstProperty(child, "recurrence-id") !== undefined) overrides.push(child);
    else if (master === null) master = child;
    else return notAnObject(`Two components have the UID ${uid} and no RECURRENCE-ID.`);
  }
  if (component === null || uid === null) return notAnObject("The object holds no calendar component.");
  return ok({ text, component, uid, calendar, master, overrides });
}

/** The first value that is not what its property must hold, as a sentence; null when there is none. */
function brokenValue(component: JCalComponent): string | null {
  for (const property of component[1]) {
    if (!holdsValidTimes(property, component[0])) {
      const name = property[0].toUpperCase();
      return `${name} of a ${component[0].toUpperCase()} is not a valid value: ${String(property[3]).slice(0, 80)}`;
    }
  }
  for (const child of component[2]) {
    const broken = brokenValue(child);
    if (broken !== null) return broken;
  }
  return null;
}

function holdsValidTimes(property: JCalProperty, component: string): boolean {
  const value = property[3];
  switch (property[0]) {
    case "dtstart":
    case "dtend":
    case "due":
    case "recurrence-id":
    case "completed":
      return isDateTime(value);
    case "exdate":
    case "rdate":
      // An empty list, as iCal 3 and Lightning have written it, is no date.
      return value === "" || valuesOf(property).every((one) => isDateTime(one) || isPeriod(one));
    case "freebusy":
      return valuesOf(property).every(isPeriod);
    case "dtstamp":
    case "created":
    case "last-modified":
      // Google writes CREATED:00001231T000000Z.
      return isDateTime(value) || (typeof value === "string" && /^0000-\d\d-\d\dT/.test(value));
    case "duration":
      return typeof value === "string" && parseDuration(value) !== null;
    case "tzoffsetfrom":
    case "tzoffsetto":
      return component === "vtimezone" || (typeof value === "string" && /^[+-]\d\d:\d\d/.test(value));
  }
  return true;
}

function isDateTime(value: JCalValue | undefined): boolean {
  return typeof value === "string" && parseDateTime(value) !== null;
}

function isPeriod(value: JCalValue): boolean {
  if (!Array.isArray(value)) return false;
  const end: unknown = value[1];
  return isDateTime(value[0]) && typeof end === "string" && (isDateTime(end) || parseDuration(end) !== null);
}
