// Plain CalDAV requests for looking at what a server holds. The acting client of the tests is vdirsyncer; this one only reads.

import { fieldOf } from "./vdirsyncer.ts";

export interface RemoteEvent {
  readonly href: string;
  readonly uid: string;
  readonly summary: string;
  /** The value of DTSTART with its parameters, as the server holds it. */
  readonly start: string;
  readonly text: string;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

function headers(login: Login): Record<string, string> {
  return {
    authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`,
    "content-type": "application/xml; charset=utf-8",
    depth: "1",
  };
}

function unescapeXml(text: string): string {
  return text
    .replaceAll(/<!\[CDATA\[|\]\]>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll(
      /&#(?:x([0-9a-fA-F]+)|(\d+));/g,
      (_all, hex: string | undefined, decimal: string | undefined) =>
        String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replaceAll("&amp;", "&");
}

/** Every VEVENT resource of a collection. */
export async function readCollection(url: string, login: Login): Promise<readonly RemoteEvent[]> {
  const response = await fetch(url, {
    method: "REPORT",
    headers: headers(login),
    body:
      '<?xml version="1.0" encoding="utf-8"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">' +
      "<D:prop><D:getetag/><C:calendar-data/></D:prop>" +
      '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>',
  });
  const body = await response.text();
  if (response.status !== 207) throw new Error(`REPORT ${url}: ${response.status} ${body.slice(0, 300)}`);
  const events: RemoteEvent[] = [];
  for (const part of body.matchAll(/<(?:\w+:)?response\b[\s\S]*?<\/(?:\w+:)?response>/g)) {
    const href = /<(?:\w+:)?href>([^<]*)</.exec(part[0])?.[1] ?? "";
    const data = /<(?:\w+:)?calendar-data\b[^>]*>([\s\S]*?)<\/(?:\w+:)?calendar-data>/.exec(part[0])?.[1];
    if (data === undefined) continue;
    const text = unescapeXml(data);
    events.push({
      href: unescapeXml(href),
      uid: fieldOf(text, "UID") ?? "",
      summary: fieldOf(text, "SUMMARY") ?? "",
      start: startOf(text),
      text,
    });
  }
  return events;
}

/** DTSTART as an absolute instant where it can be told without zone rules, else its raw value. */
export function startOf(text: string): string {
  return fieldOf(text, "DTSTART") ?? "";
}

/** Collections below a home: href and display name. */
export async function listCollections(
  url: string,
  login: Login,
): Promise<readonly { href: string; name: string }[]> {
  const response = await fetch(url, {
    method: "PROPFIND",
    headers: headers(login),
    body: '<D:propfind xmlns:D="DAV:"><D:prop><D:displayname/><D:resourcetype/></D:prop></D:propfind>',
  });
  const body = await response.text();
  const found: { href: string; name: string }[] = [];
  for (const part of body.matchAll(/<(?:\w+:)?response\b[\s\S]*?<\/(?:\w+:)?response>/g)) {
    if (!/calendar\s*\/>|calendar><\//.test(part[0])) continue;
    found.push({
      href: unescapeXml(/<(?:\w+:)?href>([^<]*)</.exec(part[0])?.[1] ?? ""),
      name: unescapeXml(/<(?:\w+:)?displayname>([^<]*)</.exec(part[0])?.[1] ?? ""),
    });
  }
  return found;
}
