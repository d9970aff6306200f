// Dead properties (RFC 4918 4.1): where each kind of resource keeps them.

import type { CalendarReader } from "../../core/ports/calendar-store.ts";
import type { CalendarId } from "../../core/id.ts";
import type { Resource } from "../resources/resource.ts";

const NONE: ReadonlyMap<string, string> = new Map();

/** What of the store holds the properties of a resource; `undefined` where clients cannot set any. */
export function propertyTarget(resource: Resource): CalendarId | "principal" | "home" | undefined {
  switch (resource.kind) {
    case "principal":
    case "home":
      return resource.kind;
    case "calendar":
      return resource.calendar.calendarId;
    case "root":
    case "principals":
    case "homes":
    case "member":
      return undefined;
  }
}

export function deadPropertiesOf(resource: Resource, store: CalendarReader): ReadonlyMap<string, string> {
  const target = propertyTarget(resource);
  return target === undefined ? NONE : store.deadProperties(target);
}
