// The calendars of a home (RFC 4791 5.2, 6.2.1; RFC 6638 9.2; RFC 5397, RFC 3744 5.4) as RemoteCalendar. Events only: a collection
// that holds no VEVENT is not shown.

import { propfind } from "tsdav";

import type { ConnectorFailure, RemoteCalendar } from "../../core/ports/connector.ts";
import { OVERLAY_NAME } from "../../core/projection/overlay-calendar.ts";
import { ok, type Result } from "../../core/result.ts";
import type { DavClient } from "./dav-client.ts";
import {
  APPLE,
  CALDAV,
  DAV,
  hrefsOf,
  propOf,
  textOf,
  type MemberAnswer,
  type Multistatus,
} from "./multistatus.ts";
import { resourceId, withSlash } from "./resource-id.ts";
import { childOf, childrenOf, contains } from "./xml-tree.ts";

/** A calendar without supported-calendar-component-set takes every kind (RFC 4791 5.2.3). */
const allComponents = ["VEVENT", "VTODO", "VJOURNAL"];

export async function listHome(
  client: DavClient,
  homeUrl: string,
): Promise<Result<readonly RemoteCalendar[], ConnectorFailure>> {
  const listed = await client.multistatus((fetch) =>
    propfind({
      url: homeUrl,
      depth: "1",
      props: {
        "d:resourcetype": {},
        "d:displayname": {},
        "d:current-user-privilege-set": {},
        "c:supported-calendar-component-set": {},
        "c:schedule-default-calendar-URL": {},
        "ca:calendar-color": {},
      },
      fetch,
    }),
  );
  return listed.ok ? ok(readCalendars(listed.value, homeUrl)) : listed;
}

export function readCalendars(listed: Multistatus, homeUrl: string): readonly RemoteCalendar[] {
  const calendars = new Map<string, RemoteCalendar>();
  for (const member of listed.members) {
    const id = resourceId(member.href, homeUrl);
    if (id === undefined || (member.status !== null && member.status >= 300) || !isCalendar(member)) continue;
    const components = componentsOf(member);
    if (!components.includes("VEVENT")) continue;
    calendars.set(withSlash(id), {
      id: withSlash(id),
      name: textOf(member, DAV, "displayname") ?? lastSegment(id),
      color: textOf(member, APPLE, "calendar-color"),
      writable: isWritable(member),
      primary: false,
      components,
    });
  }
  // The scheduling inbox, a member of the home, names the default calendar (RFC 6638 9.2).
  const named = listed.members
    .flatMap((member) => hrefsOf(member, CALDAV, "schedule-default-calendar-URL"))
    .map((href) => withSlash(resourceId(href, homeUrl) ?? ""))
    .find((id) => calendars.get(id)?.writable === true);
  const all = [...calendars.values()];
  const primary = named ?? likelyDefault(all);
  return all.map((calendar) => (calendar.id === primary ? { ...calendar, primary: true } : calendar));
}

/** What servers call the calendar that they make for a new user (Cyrus, Xandikos, Nextcloud, iCloud). */
const usualNames = ["default", "calendar", "personal", "home"];

/** The same one every time: the order of a listing is that of a directory at some servers and changes with any new calendar. */
function likelyDefault(calendars: readonly RemoteCalendar[]): string | undefined {
  const ids = calendars
    .filter(({ writable, name }) => writable && name !== OVERLAY_NAME)
    .map(({ id }) => id)
    .toSorted();
  for (const name of usualNames) {
    const usual = ids.find((id) => lastSegment(id).toLowerCase() === name);
    if (usual !== undefined) return usual;
  }
  return ids[0];
}

export function isCalendar(member: MemberAnswer): boolean {
  const types = propOf(member, DAV, "resourcetype");
  return types !== undefined && childOf(types, CALDAV, "calendar") !== undefined;
}

function componentsOf(member: MemberAnswer): readonly string[] {
  const set = propOf(member, CALDAV, "supported-calendar-component-set");
  const names =
    set === undefined ? [] : childrenOf(set, CALDAV, "comp").map((comp) => comp.attributes.get("name"));
  const known = names.filter((name) => name !== undefined).map((name) => name.toUpperCase());
  return known.length === 0 ? allComponents : known;
}

/** A server that tells no privileges is asked by writing. */
function isWritable(member: MemberAnswer): boolean {
  const privileges = propOf(member, DAV, "current-user-privilege-set");
  if (privileges === undefined || privileges.children.length === 0) return true;
  return ["all", "write", "write-content", "bind"].some((name) => contains(privileges, DAV, name));
}

function lastSegment(id: string): string {
  const segment = id.split("/").findLast((part) => part !== "") ?? id;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
