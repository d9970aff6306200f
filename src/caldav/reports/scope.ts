// Which calendars or objects a report on a URL speaks of, given its Depth (RFC 4791 7.2, RFC 3253 3.6).

import type { Depth } from "../headers.ts";
import type { CalDavContext } from "../context.ts";
import { calendarResource } from "../resources/locate.ts";
import type { CalendarResource, Resource } from "../resources/resource.ts";

/** The calendars whose members are in scope. Depth 0 on a calendar is the calendar itself, which is no object. */
export function calendarsInScope(
  resource: Resource,
  depth: Depth,
  { store }: CalDavContext,
): readonly CalendarResource[] {
  if (resource.kind === "calendar") return depth === "0" ? [] : [resource];
  if (resource.kind !== "home" || depth !== "infinity") return [];
  const { slug } = store.principal();
  return store.collections().map((calendar) => calendarResource(slug, calendar));
}
