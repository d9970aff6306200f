// What changed in a calendar: WebDAV sync (RFC 6578) where the server has it, else a listing of etags behind the collection's ctag
// (draft apple-caldav-ctag), else a listing every time. Content is never asked for here.
//
// A cursor says how to go on: `d` and a sync token: changes since; `f` and a sync token: the rest of a full read; `c` and a ctag: nothing,
// as long as the ctag is the same, else a full read.

import { propfind, syncCollection } from "tsdav";

import type { ChangesPage, ConnectorFailure, ProviderItem } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Answer } from "../http/guarded-fetch.ts";
import { badResponse } from "../http/status-failure.ts";
import { etagOf } from "./etag.ts";
import { multistatusOf, shapeOf, type DavClient } from "./dav-client.ts";
import { CALENDARSERVER, DAV, propOf, textOf, type MemberAnswer, type Multistatus } from "./multistatus.ts";
import { isMember, resourceId } from "./resource-id.ts";
import { childOf } from "./xml-tree.ts";

type Page = Result<ChangesPage, ConnectorFailure>;

export interface CalendarPlace {
  readonly id: string;
  readonly url: string;
}

export async function readChanges(
  client: DavClient,
  calendar: CalendarPlace,
  cursor: string | null,
): Promise<Page> {
  switch (cursor?.[0]) {
    case "d":
      return since(client, calendar, cursor.slice(1), "delta");
    case "f":
      return since(client, calendar, cursor.slice(1), "full");
    case "c":
      return unlessSame(client, calendar, cursor.slice(1));
    case undefined:
      return fromTheStart(client, calendar);
  }
  return err({ kind: "resync", reason: "The cursor is of another version." });
}

/** How far the collection is: its sync token and its ctag, null where it has none. */
async function stateOf(
  client: DavClient,
  calendar: CalendarPlace,
): Promise<Result<{ syncToken: string | null; ctag: string | null }, ConnectorFailure>> {
  const asked = await client.multistatus((fetch) =>
    propfind({
      url: calendar.url,
      depth: "0",
      props: { "d:sync-token": {}, "cs:getctag": {} },
      fetch,
    }),
  );
  if (!asked.ok) return asked;
  const member = asked.value.members[0];
  if (member === undefined || member.status === 404) return err(gone(calendar));
  return ok({
    syncToken: textOf(member, DAV, "sync-token"),
    ctag: textOf(member, CALENDARSERVER, "getctag"),
  });
}

async function fromTheStart(client: DavClient, calendar: CalendarPlace): Promise<Page> {
  const state = await stateOf(client, calendar);
  if (!state.ok) return state;
  if (state.value.syncToken !== null) {
    const answer = await askSync(client, calendar, "");
    if (!answer.ok) return answer;
    // A server that has the property and not the report is listed.
    if (!isRefusal(answer.value.status)) return pageOf(client, calendar, answer.value, "", "full");
  }
  // The ctag is older than the listing: what changes meanwhile is seen again, not missed.
  return listed(client, calendar, state.value.ctag);
}

async function since(
  client: DavClient,
  calendar: CalendarPlace,
  token: string,
  scope: "delta" | "full",
): Promise<Page> {
  const answer = await askSync(client, calendar, token);
  if (!answer.ok) return answer;
  // DAV:valid-sync-token travels with 403 (RFC 6578 3.2), 409 or 412; other servers say 400, 404 or 410 to a token they do not
  // know. A calendar that is gone says so to the full read that follows.
  if (isRefusal(answer.value.status) || (await failsForToken(client, calendar, token, answer.value))) {
    return err({
      kind: "resync",
      reason: `The server does not know the sync token any more (${answer.value.status}).`,
    });
  }
  return pageOf(client, calendar, answer.value, token, scope);
}

/** Xandikos 0.2.8 says 500 to a token it does not know. The token is to blame if the current one is taken. */
async function failsForToken(
  client: DavClient,
  calendar: CalendarPlace,
  token: string,
  answer: Answer,
): Promise<boolean> {
  if (answer.status !== 500) return false;
  const state = await stateOf(client, calendar);
  if (!state.ok || state.value.syncToken === null || state.value.syncToken === token) return false;
  const current = await askSync(client, calendar, state.value.syncToken);
  return current.ok && current.value.status === 207;
}

function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500 && ![401, 408, 423, 425, 429].includes(status)) || status === 501;
}

function askSync(
  client: DavClient,
  calendar: CalendarPlace,
  token: string,
): Promise<Result<Answer, ConnectorFailure>> {
  return client.xml((fetch) =>
    syncCollection({
      url: calendar.url,
      props: { "d:getetag": {}, "d:resourcetype": {} },
      syncLevel: 1,
      syncToken: token,
      headers: { depth: "0" },
      fetch,
    }),
  );
}

function pageOf(
  client: DavClient,
  calendar: CalendarPlace,
  answer: Answer,
  askedToken: string,
  scope: "delta" | "full",
): Page {
  const read = multistatusOf(answer, client.clock);
  if (!read.ok) return read;
  const token = read.value.syncToken;
  if (token === null) return err(badResponse(answer, "answered a sync report without a sync token"));
  const more = read.value.members.some(
    ({ href, status }) => status === 507 && resourceId(href, calendar.url) === calendar.id,
  );
  if (more && token === askedToken) {
    return err(badResponse(answer, "answered a part of the changes and does not say where to go on"));
  }
  const isUnfinishedFullRead = more && scope === "full";
  return ok({
    items: itemsOf(read.value, calendar),
    cursor: `${isUnfinishedFullRead ? "f" : "d"}${token}`,
    more,
    scope,
  });
}

async function unlessSame(client: DavClient, calendar: CalendarPlace, known: string): Promise<Page> {
  const state = await stateOf(client, calendar);
  if (!state.ok) return state;
  // The server learned to sync meanwhile: the full read begins that way.
  if (state.value.syncToken === null && state.value.ctag === known) {
    return ok({ items: [], cursor: `c${known}`, more: false, scope: "delta" });
  }
  return fromTheStart(client, calendar);
}

async function listed(client: DavClient, calendar: CalendarPlace, ctag: string | null): Promise<Page> {
  const answer = await client.xml((fetch) =>
    propfind({ url: calendar.url, depth: "1", props: { "d:getetag": {}, "d:resourcetype": {} }, fetch }),
  );
  if (!answer.ok) return answer;
  const read = multistatusOf(answer.value, client.clock);
  if (!read.ok) return read;
  // What is absent counts as deleted, so the listing must be one: it names the collection itself (RFC 4918 9.1) and ends.
  const self = read.value.members.find(({ href }) => resourceId(href, calendar.url) === calendar.id);
  if (self === undefined)
    return err(badResponse(answer.value, `listed ${shapeOf(answer.value)} instead of the calendar`));
  if (self.status === 507) return err(badResponse(answer.value, "listed a part of the calendar"));
  return ok({
    items: itemsOf(read.value, calendar),
    cursor: ctag === null ? null : `c${ctag}`,
    more: false,
    scope: "full",
  });
}

function itemsOf(read: Multistatus, calendar: CalendarPlace): readonly ProviderItem[] {
  const items = new Map<string, ProviderItem>();
  for (const member of read.members) {
    const id = resourceId(member.href, calendar.url);
    // iCloud and others list the collection among its members; sub-collections end with a slash or say what they are.
    if (id === undefined || !isMember(calendar.id, id) || isCollection(member)) continue;
    if (member.status === 404 || member.status === 410) items.set(id, { op: "deleted", id });
    else items.set(id, { op: "present", id, etag: etagOf(textOf(member, DAV, "getetag")) });
  }
  return [...items.values()];
}

function isCollection(member: MemberAnswer): boolean {
  const types = propOf(member, DAV, "resourcetype");
  return types !== undefined && childOf(types, DAV, "collection") !== undefined;
}

function gone(calendar: CalendarPlace): ConnectorFailure {
  return {
    kind: "give-up",
    code: "not-found",
    reason: `The calendar is not there any more at ${new URL(calendar.url).host}.`,
  };
}
