// Pieces of a multistatus answer (RFC 4918 13, 14.24): text in, text out.

import { clauseElement, statusOf } from "./failure-response.ts";
import type { Failure } from "../core/failure.ts";
import { document, escapeText, hrefElement } from "./xml/writer.ts";

const PHRASES: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  424: "Failed Dependency",
  507: "Insufficient Storage",
};

/** The status line clients compare as text: `HTTP/1.1 200 OK` (checklist A6). */
export function statusElement(status: number): string {
  return `<D:status>HTTP/1.1 ${status} ${PHRASES[status] ?? "Error"}</D:status>`;
}

export const STATUS_OK = statusElement(200);
export const STATUS_NOT_FOUND = statusElement(404);

export function propstat(properties: string, status: string, error = ""): string {
  const prop = properties === "" ? "<D:prop/>" : `<D:prop>${properties}</D:prop>`;
  return `<D:propstat>${prop}${status}${error}</D:propstat>`;
}

/** RFC 4918 14.24, second form: a status for a whole resource. */
export function statusResponse(href: string, status: string, error = ""): string {
  return `<D:response>${hrefElement(href)}${status}${error}</D:response>`;
}

export function failedPropstat(properties: string, failure: Failure): string {
  const error =
    failure.kind === "precondition"
      ? `<D:error>${clauseElement(failure.clause, failure.href)}</D:error>`
      : "";
  const reason = `<D:responsedescription>${escapeText(failure.reason)}</D:responsedescription>`;
  return propstat(properties, statusElement(statusOf(failure)), error + reason);
}

export const XML_TYPE = "application/xml; charset=utf-8";

export function multistatus(content: string): Response {
  return new Response(document("D:multistatus", content), {
    status: 207,
    headers: { "content-type": XML_TYPE },
  });
}
