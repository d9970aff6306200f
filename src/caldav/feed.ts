// A read-only ICS feed of the unified calendar (RFC 5545; REFRESH-INTERVAL of RFC 7986 5.7, X-PUBLISHED-TTL for Outlook). Who may read
// it, the token in the URL decides before this; what an event shows at each level of detail, the injected projection decides.
// The entity tag is made from the calendar's revision, so a poll of an unchanged feed opens nothing.

import { readCalendarObject } from "../core/ical/calendar-object-resource.ts";
import { textProperty } from "../core/ical/component.ts";
import type { JCalComponent, JCalProperty } from "../core/ical/jcal.ts";
import { productIdentifier } from "../core/ical/product.ts";
import { mergeCalendars } from "../core/ical/publish.ts";
import { serializeCalendar } from "../core/ical/serialize.ts";
import type { CanonicalEventId } from "../core/id.ts";
import type { CalendarCollection, CalendarReader } from "../core/ports/calendar-store.ts";
import type { DetailLevel } from "../core/ports/user-graph.ts";
import { isNotModified } from "./conditions.ts";

/** An object as a feed of that detail shows it; `null` when nothing is to show. */
export type ProjectForFeed = (
  canonical: JCalComponent,
  detail: DetailLevel,
  canonicalEventId: CanonicalEventId,
) => JCalComponent | null;

export interface FeedOptions {
  readonly detail: DetailLevel;
  readonly project: ProjectForFeed;
}

/** Raise it when the text of an unchanged calendar changes, or readers keep what they have. */
const FORMAT = 1;

/** Google and Outlook poll when they like; Apple obeys. */
const REFRESH = "PT15M";

/** How many objects are opened together; bounds the memory of a large calendar. */
const BATCH = 500;

export async function renderFeed(
  request: Request,
  store: CalendarReader,
  options: FeedOptions,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("A feed can be read only.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const unified = store.collections().find(({ kind }) => kind === "unified");
  if (unified === undefined) return new Response("There is no calendar.\n", { status: 404 });
  const tag = `${store.historyEpoch()}-${unified.revision}-${options.detail}-${FORMAT}`;
  const headers = new Headers({
    etag: `"${tag}"`,
    "cache-control": "private, no-cache",
    "content-type": "text/calendar; charset=utf-8",
    "content-disposition": 'inline; filename="calendar.ics"',
    "x-content-type-options": "nosniff",
  });
  if (isNotModified(request, tag, null)) return new Response(null, { status: 304, headers });
  if (request.method === "HEAD") return new Response(null, { status: 200, headers });
  const text = await feedText(store, unified, options);
  return new Response(text, { status: 200, headers });
}

async function feedText(
  store: CalendarReader,
  calendar: CalendarCollection,
  { detail, project }: FeedOptions,
): Promise<string> {
  const names = store.members(calendar.calendarId).map(({ name }) => name);
  const shown: JCalComponent[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    for (const member of await store.open(calendar.calendarId, names.slice(at, at + BATCH))) {
      const object = member === undefined ? undefined : readCalendarObject(member.ical);
      if (member === undefined || object?.ok !== true) continue;
      const projected = project(object.value.calendar, detail, member.canonicalEventId);
      if (projected !== null) shown.push(projected);
    }
  }
  return serializeCalendar(mergeCalendars(shown, header(calendar, detail)));
}

function header(calendar: CalendarCollection, detail: DetailLevel): readonly JCalProperty[] {
  // The name of a calendar is a person's text, which a feed of busy time must not carry (architecture, invariant H).
  const name = detail === "BUSY" ? "Busy" : calendar.displayName;
  return [
    textProperty("version", "2.0"),
    textProperty("prodid", productIdentifier),
    textProperty("calscale", "GREGORIAN"),
    textProperty("method", "PUBLISH"),
    textProperty("name", name),
    // Google and Apple read this one only without a VALUE parameter, so the text is escaped here (RFC 5545 3.3.11).
    ["x-wr-calname", {}, "unknown", escaped(name)],
    ["refresh-interval", {}, "duration", REFRESH],
    ["x-published-ttl", {}, "unknown", REFRESH],
  ];
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|\r|\n/g, "\\n");
}
