// A CalDAV server that is a function, for answers that no real server gives on demand.

import type { Connector } from "../../../core/ports/connector.ts";
import { createCalDavConnector } from "../connector.ts";
import type { CalDavOptions } from "../options.ts";

export const calendarId = "/dav/user/calendar/";
export const ical = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:x",
  "BEGIN:VEVENT",
  "UID:u@example.com",
  "DTSTAMP:20260101T000000Z",
  "DTSTART:20260302T090000Z",
  "SUMMARY:secret canary",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

export type Handler = (request: {
  method: string;
  url: URL;
  headers: Headers;
  body: string;
}) => Response | Error;

export function optionsOver(handle: Handler): CalDavOptions {
  return {
    credentials: { provider: "caldav", url: "https://cal.example.com/dav/", username: "u", password: "p" },
    fetch: async (url, init) => {
      const body = typeof init.body === "string" ? init.body : "";
      const answer = handle({
        method: init.method ?? "",
        url: new URL(url),
        headers: new Headers(init.headers),
        body,
      });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    allowPrivateAddresses: false,
    clock: { now: () => 784_111_717_000 },
  };
}

export function connectorOver(handle: Handler): Connector {
  return createCalDavConnector({ ...optionsOver(handle), homeUrl: "https://cal.example.com/dav/user/" });
}

export function multistatus(inside: string, status = 207): Response {
  const body = `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:ca="http://apple.com/ns/ical/">${inside}</d:multistatus>`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}

export function member(href: string, props: string): string {
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
}

export const calendarType = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>";
export const token = (text: string): string => `<d:sync-token>${text}</d:sync-token>`;
