// A test client for handleCalDav: real Request objects over the store in memory, answers as text and as readable multistatus.
// fast-xml-parser's validator judges every XML answer, so that our writer is not checked by our reader alone.

import { expect } from "vitest";

import { limits } from "../../core/limits.ts";
import { memoryCalendarStore, type MemoryStore } from "../../core/testing/calendar-store-memory.ts";
import { DAV_HEADER } from "../capabilities.ts";
import type { CalDavContext } from "../context.ts";
import { handleCalDav } from "../router.ts";
import { childOf, childrenOf } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import { readXml, type XmlElement } from "../xml/reader.ts";
import { isWellFormed } from "../xml/well-formed.ts";

export const HOME = "/dav/calendars/alice/";
export const UNIFIED = "/dav/calendars/alice/unified/";
export const PRINCIPAL = "/dav/principals/alice/";
export const NOW = 1_767_225_600_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Client {
  readonly store: MemoryStore;
  send(
    method: string,
    path: string,
    body?: string | Uint8Array | ReadableStream | null,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

export function client(changes: Partial<CalDavContext> = {}, store = memoryCalendarStore()): Client {
  const context: CalDavContext = {
    store,
    clock: { now: () => NOW },
    scope: "caldav",
    actor: "caldav:test",
    maxima: limits,
    ...changes,
  };
  return {
    store,
    async send(method, path, body = null, headers = {}) {
      const init = { method, headers, body, duplex: "half" };
      const response = await handleCalDav(new Request(`https://cal.example.com${path}`, init), context);
      const text = await response.text();
      expect(response.headers.get("dav")).toBe(DAV_HEADER);
      if (response.headers.get("content-type")?.startsWith("application/xml") === true) {
        expect(isWellFormed(text)).toBe(true);
      }
      return { status: response.status, headers: response.headers, text };
    },
  };
}

export function rootOf(answer: Answer): XmlElement {
  const root = readXml(answer.text);
  if (!root.ok) throw new Error(`${root.error}\n${answer.text}`);
  return root.value;
}

/** The content of an element as the server wrote it. */
function inner(element: XmlElement): string {
  const { document, start, end } = element.source;
  const raw = document.slice(start, end);
  return raw.endsWith("/>") ? "" : raw.slice(raw.indexOf(">") + 1, raw.lastIndexOf("</"));
}

export interface PropertyAnswer {
  readonly status: number;
  /** What stands inside the property's element, as text. */
  readonly inner: string;
  readonly text: string;
  /** The property's element as the server wrote it. */
  readonly outer: string;
}

/** href -> Clark name -> what was answered; a response without propstats has the entry "status". */
export function multistatus(answer: Answer): Map<string, Map<string, PropertyAnswer>> {
  expect(answer.status, answer.text).toBe(207);
  const root = rootOf(answer);
  expect(root.name).toBe("{DAV:}multistatus");
  const found = new Map<string, Map<string, PropertyAnswer>>();
  for (const response of childrenOf(root, DAV, "response")) {
    const href = childOf(response, DAV, "href")?.text ?? "";
    expect(found.has(href), `${href} is answered twice`).toBe(false);
    found.set(href, propertiesOf(response));
  }
  return found;
}

export function propertiesOf(response: XmlElement): Map<string, PropertyAnswer> {
  const properties = new Map<string, PropertyAnswer>();
  const whole = childOf(response, DAV, "status");
  if (whole !== undefined) {
    properties.set("status", { status: statusOf(whole.text), inner: "", text: "", outer: inner(response) });
  }
  for (const propstat of childrenOf(response, DAV, "propstat")) {
    const status = statusOf(childOf(propstat, DAV, "status")?.text ?? "");
    for (const element of childOf(propstat, DAV, "prop")?.children ?? []) {
      expect(properties.has(element.name), `${element.name} is answered twice`).toBe(false);
      const { document, start, end } = element.source;
      properties.set(element.name, {
        status,
        inner: inner(element),
        text: element.text,
        outer: document.slice(start, end),
      });
    }
  }
  return properties;
}

function statusOf(line: string): number {
  const match = /^HTTP\/1\.1 (\d{3}) \S/.exec(line);
  if (match === null) throw new Error(`not a status line: ${line}`);
  return Number(match[1]);
}

export function property(answer: Answer, href: string, name: string): PropertyAnswer | undefined {
  return multistatus(answer).get(href)?.get(name);
}

/** The one element inside DAV:error. */
export function errorOf(answer: Answer): string {
  const root = rootOf(answer);
  expect(root.name).toBe("{DAV:}error");
  expect(root.children.length).toBe(1);
  return root.children[0]?.name ?? "";
}

export function propfindBody(...props: string[]): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?><A:propfind xmlns:A="DAV:" xmlns:B="urn:ietf:params:xml:ns:caldav" ' +
    'xmlns:C="http://calendarserver.org/ns/" xmlns:D="http://apple.com/ns/ical/" xmlns:E="http://me.com/_namespace/">' +
    `<A:prop>${props.map((name) => `<${name}/>`).join("")}</A:prop></A:propfind>`
  );
}

export function event(uid: string, ...lines: string[]): string {
  const times = lines.some((line) => line.startsWith("DTSTART"))
    ? []
    : ["DTSTART:20260302T090000Z", "DTEND:20260302T100000Z"];
  return calendar("VEVENT", uid, [...times, ...lines]);
}

export function calendar(component: string, uid: string, lines: readonly string[]): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//CalDAV Client//EN",
    `BEGIN:${component}`,
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    ...lines,
    `END:${component}`,
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

export const ICAL = { "content-type": "text/calendar; charset=utf-8" };
