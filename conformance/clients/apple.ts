// What the sequences of macOS and iOS have in common: prefixes as Apple writes them, and the first questions.

import { expect } from "vitest";

import { readMultistatus } from "./multistatus.ts";
import type { Multistatus } from "./multistatus.ts";
import type { Send } from "./request.ts";

export const DAV = "{DAV:}";
export const CAL = "{urn:ietf:params:xml:ns:caldav}";
export const CS = "{http://calendarserver.org/ns/}";
export const ICAL = "{http://apple.com/ns/ical/}";
export const OK = "HTTP/1.1 200 OK";
export const MISSING = "HTTP/1.1 404 Not Found";
export const home = "/dav/calendars/ada/";
export const unified = "/dav/calendars/ada/unified/";
export const principal = "/dav/principals/ada/";
export const declared =
  'xmlns:A="DAV:" xmlns:B="urn:ietf:params:xml:ns:caldav" xmlns:C="http://calendarserver.org/ns/" xmlns:D="http://apple.com/ns/ical/" xmlns:E="http://me.com/_namespace/"';

export const agent = "macOS/15.1 (24B83) dataaccessd/1.0";

export function propfind(properties: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<A:propfind ${declared}><A:prop>${properties}</A:prop></A:propfind>`;
}

export function proppatch(properties: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<A:propertyupdate ${declared}><A:set><A:prop>${properties}</A:prop></A:set></A:propertyupdate>`;
}

export async function ask(
  send: Send,
  path: string,
  depth: "0" | "1",
  properties: string,
): Promise<Multistatus> {
  const answer = await send({
    method: "PROPFIND",
    path,
    headers: { depth, brief: "t" },
    body: propfind(properties),
  });
  expect(answer.statusLine).toBe("HTTP/1.1 207 Multi-Status");
  return readMultistatus(answer.text);
}
