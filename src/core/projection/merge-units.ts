// The pieces that a merge decides on as wholes: an object as components by instance, a component as units of properties.

import { firstProperty, firstText, parameterOf, textOf, valuesOf } from "../ical/component.ts";
import type { JCalComponent, JCalProperty } from "../ical/jcal.ts";

export const MASTER = "master";
const TIME: ReadonlySet<string> = new Set(["dtstart", "dtend", "duration", "due"]);
const RECURRENCE: ReadonlySet<string> = new Set(["rrule", "rdate", "exrule"]);
/** Book-keeping: never a conflict, the later one stays. */
export const STAMPS: ReadonlySet<string> = new Set(["dtstamp", "last-modified", "created", "sequence"]);

/** Components by `master` or their RECURRENCE-ID; VTIMEZONEs are not among them. */
export function instancesByKey(calendar: JCalComponent | null): ReadonlyMap<string, JCalComponent> {
  const instances = new Map<string, JCalComponent>();
  for (const component of calendar?.[2] ?? [])
    if (component[0] !== "vtimezone") instances.set(instanceKey(component), component);
  return instances;
}

export function instanceKey(component: JCalComponent): string {
  const id = firstProperty(component, "recurrence-id");
  return id === undefined ? MASTER : `${parameterOf(id, "tzid") ?? ""} ${textOf(id)}`.trim();
}

/**
 * Properties by unit. Start, end and duration are one unit; the rules are another, and the same one where `isJoined` (a side
 * changed the kind of start, which the rule's UNTIL and the exceptions must agree with). Every attendee is a unit.
 */
export function unitsOf(
  component: JCalComponent,
  isJoined: boolean,
): ReadonlyMap<string, readonly JCalProperty[]> {
  const units = new Map<string, JCalProperty[]>();
  for (const property of component[1]) {
    const key = unitKey(property, isJoined);
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [property]);
    else unit.push(property);
  }
  return units;
}

function unitKey(property: JCalProperty, isJoined: boolean): string {
  const name = property[0];
  if (TIME.has(name)) return "dtstart";
  if (RECURRENCE.has(name) || (isJoined && name === "exdate")) return isJoined ? "dtstart" : "rrule";
  if (name === "attendee") return `attendee ${textOf(property).toLowerCase()}`;
  return name;
}

/** The same text for the same properties, whatever order their parameters have. */
export function unitText(properties: readonly JCalProperty[] | undefined): string {
  if (properties === undefined) return "";
  return properties
    .map((property) => {
      const parameters = Object.entries(property[1]).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return JSON.stringify([property[0], parameters, property[2], ...valuesOf(property)]);
    })
    .toSorted()
    .join("\n");
}

export function startType(component: JCalComponent | undefined): string {
  const start = component === undefined ? undefined : firstProperty(component, "dtstart");
  return start === undefined ? "" : `${start[2]}${textOf(start).endsWith("Z") ? "Z" : ""}`;
}

/** Time of the last change, as sortable text; empty when the component tells none. */
export function changedAt(component: JCalComponent): string {
  return firstText(component, "last-modified") ?? firstText(component, "dtstamp") ?? "";
}

/** EXDATE one property a value, so that exceptions merge one by one. */
export function exceptionsOf(component: JCalComponent | undefined): ReadonlyMap<string, JCalProperty> {
  const exceptions = new Map<string, JCalProperty>();
  for (const property of component?.[1] ?? []) {
    if (property[0] !== "exdate") continue;
    for (const value of valuesOf(property)) {
      const single: JCalProperty = [property[0], property[1], property[2], value];
      exceptions.set(unitText([single]), single);
    }
  }
  return exceptions;
}
