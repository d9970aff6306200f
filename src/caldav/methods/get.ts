// GET and HEAD (RFC 9110 9.3.1, 9.3.2): an object's octets as they were stored; a collection answers with a line of text, because
// browsers and CalDAVTester ask for one.

import { err, ok } from "../../core/result.ts";
import { isNotModified } from "../conditions.ts";
import { httpDate, OBJECT_TYPE } from "../properties/rfc4918.ts";
import type { MemberResource } from "../resources/resource.ts";
import { ctag } from "../sync-token.ts";
import type { Exchange, Outcome, ResourceExchange } from "./exchange.ts";

export async function get(exchange: ResourceExchange): Outcome {
  const { request, context, target } = exchange;
  switch (target.kind) {
    case "member":
      return getMember({ ...exchange, target });
    case "calendar":
      return describe(
        request,
        `Calendar "${target.calendar.displayName}"`,
        ctag(context.store, target.calendar.revision),
      );
    case "home":
      return describe(request, "Calendar home", ctag(context.store, context.store.revision()));
    case "root":
    case "principals":
    case "principal":
    case "homes":
      return describe(request, "CalDAV", null);
  }
}

async function describe(request: Request, what: string, version: string | null): Outcome {
  const headers = new Headers({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "private, no-cache",
  });
  if (version !== null) {
    headers.set("etag", `"${version}"`);
    if (isNotModified(request, version, null)) return ok(new Response(null, { status: 304, headers }));
  }
  const text = `${what}. Open this address with a CalDAV client.\n`;
  return ok(new Response(request.method === "HEAD" ? null : text, { status: 200, headers }));
}

async function getMember({ request, context, target }: Exchange<MemberResource>): Outcome {
  const { calendar, member } = target;
  if (isNotModified(request, member.etag, member.updatedAt)) {
    return ok(new Response(null, { status: 304, headers: { etag: `"${member.etag}"` } }));
  }
  if (request.method === "HEAD") {
    const headers = memberHeaders(member);
    headers.set("content-length", String(member.size));
    return ok(new Response(null, { status: 200, headers }));
  }
  const [opened] = await context.store.open(calendar.calendarId, [member.name]);
  if (opened === undefined) return err({ kind: "not-found", reason: "The object is gone." });
  return ok(new Response(opened.ical, { status: 200, headers: memberHeaders(opened) }));
}

/** The headers that describe a stored object; PUT with return=representation answers the same. */
export function memberHeaders(member: MemberResource["member"]): Headers {
  const headers = new Headers({
    "content-type": OBJECT_TYPE,
    etag: `"${member.etag}"`,
    "last-modified": httpDate(member.updatedAt),
    "cache-control": "private, no-cache",
  });
  if (member.scheduleTag !== null) headers.set("schedule-tag", `"${member.scheduleTag}"`);
  return headers;
}
