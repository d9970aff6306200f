// PUT and DELETE under a condition (RFC 4791 5.3.2, RFC 9110 13.1). A condition that did not hold is an outcome, with what is there now.
//
// A server whose entity tags are weak refuses every If-Match, and Radicale 3.1.8 refuses `If-Match: *`. When a condition is refused and
// what is there now meets it all the same, the write is sent again without the condition.

import type {
  ConnectorFailure,
  DeleteOutcome,
  ProviderEvent,
  WriteOutcome,
  WriteRequest,
} from "../../core/ports/connector.ts";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Answer } from "../http/guarded-fetch.ts";
import { badResponse } from "../http/status-failure.ts";
import type { CalendarPlace } from "./changes.ts";
import type { DavClient } from "./dav-client.ts";
import { etagOf } from "./etag.ts";
import { CALDAV, DAV } from "./multistatus.ts";
import { openEvent } from "./objects.ts";
import { isMember, resourceId } from "./resource-id.ts";
import { resourceName } from "./resource-name.ts";
import { readXmlTree, type XmlNode } from "./xml-tree.ts";

type Written = Result<WriteOutcome, ConnectorFailure>;
type Deleted = Result<DeleteOutcome, ConnectorFailure>;
type Condition = Readonly<Record<string, string>>;

const nothing: Condition = {};

export function newEventId(calendarId: string, uid: string): string {
  return `${calendarId}${encodeURIComponent(resourceName(uid))}`;
}

export async function putEvent(
  client: DavClient,
  calendar: CalendarPlace,
  request: WriteRequest,
): Promise<Written> {
  const { id, expectedEtag, ical } = request;
  if (id !== null) {
    // Without a tag it must at least be there: an update never creates.
    return putAt(client, calendar, id, ical, { "if-match": expectedEtag ?? "*" }, expectedEtag);
  }
  const object = readCalendarObject(ical);
  if (!object.ok) return err(giveUp("refused", "The event is not one that a calendar takes."));
  return putAt(
    client,
    calendar,
    newEventId(calendar.id, object.value.uid),
    ical,
    { "if-none-match": "*" },
    null,
  );
}

async function putAt(
  client: DavClient,
  calendar: CalendarPlace,
  id: string,
  ical: string,
  condition: Condition,
  expectedEtag: string | null,
): Promise<Written> {
  const answer = await client.plain(
    "PUT",
    new URL(id, calendar.url).href,
    { "content-type": "text/calendar; charset=utf-8", ...condition },
    ical,
  );
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  const isUpdate = condition["if-match"] !== undefined;
  const etag = etagOf(headers.get("etag"));
  if (status === 201 || status === 204) {
    return ok({ kind: "written", id: placedAt(answer.value, calendar, id), etag });
  }
  if (status === 200) {
    // A log-in page or a portal in between answers 200 to anything: a write is believed when it is seen.
    const current = await openEvent(client, calendar, id);
    if (!current.ok) return current;
    if (current.value === null || (expectedEtag !== null && current.value.etag === expectedEtag)) {
      return err(badResponse(answer.value, "said that it wrote an event, and did not"));
    }
    return ok({ kind: "written", id, etag });
  }
  if (status === 412) {
    const current = await openEvent(client, calendar, id);
    if (!current.ok) return current;
    if (isUpdate && isStill(current.value, expectedEtag))
      return putAt(client, calendar, id, ical, nothing, null);
    return ok({ kind: "conflict", current: current.value });
  }
  if (isUpdate && (status === 404 || status === 410)) return ok({ kind: "conflict", current: null });
  if (status === 403 || status === 409 || status === 415 || status === 507) {
    return refusedWrite(client, calendar, answer.value);
  }
  return err(client.failureOf(answer.value));
}

/** Where a server stores under a name of its own choice it says so. */
function placedAt(answer: Answer, calendar: CalendarPlace, id: string): string {
  const location = answer.status === 201 ? answer.headers.get("location") : null;
  const placed = location === null ? undefined : resourceId(location, calendar.url);
  return placed !== undefined && isMember(calendar.id, placed) ? placed : id;
}

/** A precondition of RFC 4791 5.3.2.1, named in the body; without one, 409 to a PUT means that the calendar is not there. */
async function refusedWrite(client: DavClient, calendar: CalendarPlace, answer: Answer): Promise<Written> {
  const clause = preconditionOf(answer.text);
  const { host } = new URL(answer.url);
  if (clause === undefined) {
    if (answer.status === 409)
      return err(giveUp("not-found", `The calendar is not there any more at ${host}.`));
    return err(client.failureOf(answer));
  }
  if (clause.local === "no-uid-conflict") {
    const holder = clause.children.find(({ ns, local }) => ns === DAV && local === "href")?.text.trim() ?? "";
    const id = holder === "" ? undefined : resourceId(holder, calendar.url);
    if (id !== undefined && isMember(calendar.id, id)) {
      const current = await openEvent(client, calendar, id);
      return current.ok ? ok({ kind: "conflict", current: current.value }) : current;
    }
  }
  const code = clause.local === "max-resource-size" ? "too-large" : "refused";
  return err(giveUp(code, `${host} refuses the event (${answer.status}, ${clause.local}).`));
}

const preconditions = new Set([
  "supported-calendar-data",
  "valid-calendar-data",
  "valid-calendar-object-resource",
  "supported-calendar-component",
  "no-uid-conflict",
  "calendar-collection-location-ok",
  "max-resource-size",
  "min-date-time",
  "max-date-time",
  "max-instances",
  "max-attendees-per-instance",
  "unique-scheduling-object-resource",
  "need-privileges",
  "quota-not-exceeded",
  "sufficient-disk-space",
]);

function preconditionOf(body: string): XmlNode | undefined {
  return readXmlTree(body)?.children.find(
    ({ ns, local }) => (ns === CALDAV || ns === DAV) && preconditions.has(local),
  );
}

export async function deleteEvent(
  client: DavClient,
  calendar: CalendarPlace,
  id: string,
  expectedEtag: string | null,
): Promise<Deleted> {
  const condition = expectedEtag === null ? nothing : { "if-match": expectedEtag };
  const answer = await client.plain("DELETE", new URL(id, calendar.url).href, condition);
  if (!answer.ok) return answer;
  const { status } = answer.value;
  if (status === 204) return ok({ kind: "deleted" });
  if (status === 200 || status === 202) {
    const left = await openEvent(client, calendar, id);
    if (!left.ok) return left;
    if (left.value === null) return ok({ kind: "deleted" });
    return err(badResponse(answer.value, "said that it deleted an event, and did not"));
  }
  if (status === 404 || status === 410) return ok({ kind: "already-gone" });
  if (status !== 412) return err(client.failureOf(answer.value));
  const current = await openEvent(client, calendar, id);
  if (!current.ok) return current;
  if (current.value === null) return ok({ kind: "already-gone" });
  // A condition was refused that was not set: the server has one of its own.
  if (expectedEtag === null) return err(client.failureOf(answer.value));
  if (isStill(current.value, expectedEtag)) return deleteEvent(client, calendar, id, null);
  return ok({ kind: "conflict", current: current.value });
}

/** Without an expected tag it is enough that something is there. */
function isStill(current: ProviderEvent | null, expectedEtag: string | null): boolean {
  return current !== null && (expectedEtag === null || current.etag === expectedEtag);
}

function giveUp(code: "refused" | "too-large" | "not-found", reason: string): ConnectorFailure {
  return { kind: "give-up", code, reason };
}
