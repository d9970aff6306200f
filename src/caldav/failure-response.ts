// The one place that turns a Failure into HTTP. Exhaustive: a new failure does not compile until it is mapped.
// A `DAV:error` body (RFC 4918 16) holds exactly the element of the clause; the sentence for a person stands in a comment.

import type { CalDavPrecondition, DavPrecondition, Failure } from "../core/failure.ts";
import { CALDAV, DAV, tagsOf } from "./xml/names.ts";
import { document, hrefElement } from "./xml/writer.ts";

type Clause = CalDavPrecondition | DavPrecondition;

interface ClauseMapping {
  readonly ns: typeof DAV | typeof CALDAV;
  readonly status: 403 | 507;
  /** How the standard spells it, where core's name differs. */
  readonly local?: string;
}

const CLAUSES: { readonly [C in Clause]: ClauseMapping } = {
  "supported-calendar-data": { ns: CALDAV, status: 403 },
  "valid-calendar-data": { ns: CALDAV, status: 403 },
  "valid-calendar-object-resource": { ns: CALDAV, status: 403 },
  "supported-calendar-component": { ns: CALDAV, status: 403 },
  "no-uid-conflict": { ns: CALDAV, status: 403 },
  "calendar-collection-location-ok": { ns: CALDAV, status: 403 },
  "max-resource-size": { ns: CALDAV, status: 403 },
  "min-date-time": { ns: CALDAV, status: 403 },
  "max-date-time": { ns: CALDAV, status: 403 },
  "max-instances": { ns: CALDAV, status: 403 },
  "max-attendees-per-instance": { ns: CALDAV, status: 403 },
  "valid-filter": { ns: CALDAV, status: 403 },
  "supported-filter": { ns: CALDAV, status: 403 },
  "supported-collation": { ns: CALDAV, status: 403 },
  "initialize-calendar-collection": { ns: CALDAV, status: 403 },
  // RFC 4791 5.2.10 names the clause of a wrong CALDAV:calendar-timezone value valid-calendar-data.
  "calendar-timezone": { ns: CALDAV, status: 403, local: "valid-calendar-data" },
  "valid-sync-token": { ns: DAV, status: 403 },
  "number-of-matches-within-limits": { ns: DAV, status: 507 },
  "resource-must-be-null": { ns: DAV, status: 403 },
  "valid-resourcetype": { ns: DAV, status: 403 },
  "cannot-modify-protected-property": { ns: DAV, status: 403 },
  "propfind-finite-depth": { ns: DAV, status: 403 },
  "supported-report": { ns: DAV, status: 403 },
  "need-privileges": { ns: DAV, status: 403 },
  "sync-traversal-supported": { ns: DAV, status: 403 },
};

/** What DAV:error contains for a clause. */
export function clauseElement(clause: Clause, href?: string): string {
  const { ns, local } = CLAUSES[clause];
  const tags = tagsOf({ ns, local: local ?? clause });
  if (href === undefined) return tags.empty;
  // RFC 3744 7.1.1: which resource, and which privilege it takes.
  const privilege = "<D:privilege><D:write/></D:privilege>";
  const content =
    clause === "need-privileges"
      ? `<D:resource>${hrefElement(href)}${privilege}</D:resource>`
      : hrefElement(href);
  return tags.open + content + tags.close;
}

export function statusOf(failure: Failure): number {
  switch (failure.kind) {
    case "precondition":
      return CLAUSES[failure.clause].status;
    case "precondition-failed":
      return 412;
    case "bad-request":
      return 400;
    case "not-found":
      return 404;
    case "forbidden":
      return 403;
    case "conflict":
      return 409;
    case "too-large":
      return 413;
    case "unsupported-media-type":
      return 415;
    case "method-not-allowed":
      return 405;
    case "insufficient-storage":
      return 507;
  }
}

export function failureResponse(failure: Failure): Response {
  const status = statusOf(failure);
  if (failure.kind === "precondition") {
    return errorBody(status, clauseElement(failure.clause, failure.href), failure.reason);
  }
  const headers = new Headers({ "content-type": "text/plain; charset=utf-8" });
  if (failure.kind === "method-not-allowed") headers.set("allow", failure.allow.join(", "));
  return new Response(`${failure.reason}\n`, { status, headers });
}

/** The DAV:error document; the reason is a comment, so that the element stays alone. */
function errorBody(status: number, element: string, reason: string): Response {
  const sentence = reason.replaceAll("-", "\u2010").replace(/\p{C}/gu, " ").toWellFormed();
  return new Response(document("D:error", `${element}<!-- ${sentence} -->`), {
    status,
    headers: { "content-type": "application/xml; charset=utf-8" },
  });
}
