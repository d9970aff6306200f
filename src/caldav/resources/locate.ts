// From a URL to the resource that stands there, in one user's tree. Another user's paths lead nowhere: the store knows one
// principal only (architecture, invariant K).

import type { CalendarCollection, CalendarReader } from "../../core/ports/calendar-store.ts";
import { ok, type Result } from "../../core/result.ts";
import {
  calendarHref,
  encodeSegment,
  homeHref,
  HOMES,
  locate,
  memberHref,
  pathOfHref,
  principalHref,
  PRINCIPALS,
  ROOT,
  type Location,
} from "../href.ts";
import type { CalendarResource, Resource, ResourceByKind, Target } from "./resource.ts";

export function targetOf(store: CalendarReader, path: string): Result<Target, string> {
  const location = locate(path);
  return location.ok ? ok(find(store, location.value, path)) : location;
}

/** The resource an href in a body names; `undefined` when it names none of this user's. */
export function targetOfHref(store: CalendarReader, href: string): Target | undefined {
  const path = pathOfHref(href);
  if (path === undefined) return undefined;
  const target = targetOf(store, path);
  return target.ok ? target.value : undefined;
}

function find(store: CalendarReader, location: Location, path: string): Target {
  const nothing: Target = { kind: "nothing", href: path };
  switch (location.kind) {
    case "root":
      return { kind: "root", href: ROOT };
    case "principals":
      return { kind: "principals", href: PRINCIPALS };
    case "homes":
      return { kind: "homes", href: HOMES };
    case "nowhere":
      return nothing;
    case "principal":
      return location.user === store.principal().slug ? principalResource(store) : nothing;
    case "home":
      return location.user === store.principal().slug ? homeResource(store) : nothing;
    case "calendar": {
      if (location.user !== store.principal().slug) return nothing;
      const calendar = store.collection(location.calendar);
      return calendar === undefined
        ? {
            kind: "free-calendar",
            href: calendarHref(location.user, location.calendar),
            slug: location.calendar,
          }
        : calendarResource(location.user, calendar);
    }
    case "member": {
      if (location.user !== store.principal().slug) return nothing;
      const calendar = store.collection(location.calendar);
      if (calendar === undefined) return nothing;
      const href = memberHref(location.user, calendar.slug, location.name);
      const member = store.member(calendar.calendarId, location.name);
      return member === undefined
        ? { kind: "free-member", href, calendar, name: location.name }
        : { kind: "member", href, calendar, member };
    }
  }
}

export function principalResource(store: CalendarReader): ResourceByKind["principal"] {
  const principal = store.principal();
  return { kind: "principal", href: principalHref(principal.slug), principal };
}

export function homeResource(store: CalendarReader): ResourceByKind["home"] {
  const principal = store.principal();
  return { kind: "home", href: homeHref(principal.slug), principal };
}

export function calendarResource(user: string, calendar: CalendarCollection): CalendarResource {
  return { kind: "calendar", href: calendarHref(user, calendar.slug), calendar };
}

/** The direct children of a collection. */
export function childrenOf(store: CalendarReader, resource: Resource): readonly Resource[] {
  const { slug } = store.principal();
  switch (resource.kind) {
    case "root":
      return [
        { kind: "principals", href: PRINCIPALS },
        { kind: "homes", href: HOMES },
      ];
    case "principals":
      return [principalResource(store)];
    case "homes":
      return [homeResource(store)];
    case "home":
      return store.collections().map((calendar) => calendarResource(slug, calendar));
    case "calendar": {
      const { href, calendar } = resource;
      return store.members(calendar.calendarId).map((member) => ({
        kind: "member",
        href: href + encodeSegment(member.name),
        calendar,
        member,
      }));
    }
    case "principal":
    case "member":
      return [];
  }
}
