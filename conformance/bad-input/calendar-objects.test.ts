// PUT of what is no calendar object (RFC 4791 5.3.2.1): the clause that is broken, and nothing stored. Checklist O5.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { clauseOf } from "../clients/multistatus.ts";
import { sender } from "../clients/request.ts";
import type { Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { sendInVain } from "./untouched.ts";

const CAL = "{urn:ietf:params:xml:ns:caldav}";
const kept = "/dav/calendars/ada/unified/kept.ics";
const fresh = "/dav/calendars/ada/unified/fresh.ics";

let world: UsersServer;
let send: Send;

function calendar(...lines: readonly string[]): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.com//EN", ...lines, "END:VCALENDAR", ""].join(
    "\r\n",
  );
}

function event(...lines: readonly string[]): string {
  return calendar(
    "BEGIN:VEVENT",
    "UID:bad@example.com",
    "DTSTAMP:20260101T000000Z",
    ...(lines.some((line) => line.startsWith("DTSTART")) ? [] : ["DTSTART:20260301T090000Z"]),
    ...lines,
    "END:VEVENT",
  );
}

const withoutStart = event("DTSTART:x").replace("DTSTART:x\r\n", "");
const keptText = event("SUMMARY:Kept").replace("bad@", "kept@");

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  send = sender(world.url, { login: world.userNamed("ada") });
  expect((await send({ method: "PUT", path: kept, body: keptText })).status).toBe(201);
});

afterAll(() => world?.close());

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

const refused: readonly (readonly [what: string, body: string | Buffer, clause: string])[] = [
  ["an empty body", "", "valid-calendar-data"],
  ["a sentence", "hello", "valid-calendar-data"],
  ["HTML", "<!doctype html><html><body>Log in</body></html>", "valid-calendar-data"],
  ["a vCard", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n", "valid-calendar-data"],
  ["binary", Buffer.from([0, 1, 2, 3, 255, 254, 253]), "valid-calendar-data"],
  [
    "a component that is never closed",
    event().replace("END:VEVENT\r\nEND:VCALENDAR\r\n", ""),
    "valid-calendar-data",
  ],
  ["crossed components", event().replace("END:VEVENT", "END:VTODO"), "valid-calendar-data"],
  ["a line that is no property", event("THIS IS NO PROPERTY"), "valid-calendar-data"],
  ["an event without DTSTART", withoutStart, "valid-calendar-data"],
  ["a 13th month", event("DTSTART:20261332T990000Z"), "valid-calendar-data"],
  ["a word for a date", event("DTSTART:tomorrow"), "valid-calendar-data"],
  ["a DURATION that is none", event("DURATION:an hour"), "valid-calendar-data"],
  ["U+0001", event("SUMMARY:a\u0001b"), "valid-calendar-data"],
  ["U+0000", event("SUMMARY:a\u0000b"), "valid-calendar-data"],
  ["UTF-16", Buffer.from(`\uFEFF${event()}`, "utf16le"), "valid-calendar-data"],
  [
    "octets that are no UTF-8",
    Buffer.concat([bytes("BEGIN:VCALENDAR\r\nSUMMARY:"), Buffer.from([0xff, 0xfe]), bytes(event())]),
    "valid-calendar-data",
  ],
  [
    "20,000 nested components",
    event(`${"BEGIN:X-A\r\n".repeat(20_000)}${"END:X-A\r\n".repeat(20_000)}X-B:1`),
    "valid-calendar-data",
  ],
  ["120,000 properties", event(`${"X-A:1\r\n".repeat(120_000)}X-B:1`), "valid-calendar-data"],
  ["no component at all", calendar(), "valid-calendar-object-resource"],
  [
    "only a time zone",
    calendar("BEGIN:VTIMEZONE", "TZID:X", "END:VTIMEZONE"),
    "valid-calendar-object-resource",
  ],
  ["no UID", event().replace("UID:bad@example.com\r\n", ""), "valid-calendar-object-resource"],
  [
    "two UIDs",
    calendar(
      ...["a", "b"].flatMap((uid) => [
        "BEGIN:VEVENT",
        `UID:${uid}`,
        "DTSTART:20260301T090000Z",
        "END:VEVENT",
      ]),
    ),
    "valid-calendar-object-resource",
  ],
  [
    "an event and a task",
    calendar(
      "BEGIN:VEVENT",
      "UID:a",
      "DTSTART:20260301T090000Z",
      "END:VEVENT",
      "BEGIN:VTODO",
      "UID:a",
      "END:VTODO",
    ),
    "valid-calendar-object-resource",
  ],
  ["two calendars", event() + event(), "valid-calendar-object-resource"],
  [
    "a METHOD",
    event().replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"),
    "valid-calendar-object-resource",
  ],
  ["a task in a calendar of events", event().replaceAll("VEVENT", "VTODO"), "supported-calendar-component"],
  [
    "a journal in a calendar of events",
    event().replaceAll("VEVENT", "VJOURNAL"),
    "supported-calendar-component",
  ],
  ["the year 1800", event("DTSTART:18000101T000000Z"), "min-date-time"],
  ["the year 2200", event("DTSTART:22000101T000000Z"), "max-date-time"],
  [
    "1,500 attendees",
    event(...Array.from({ length: 1_500 }, (_, n) => `ATTENDEE:mailto:guest${n}@example.com`)),
    "max-attendees-per-instance",
  ],
  ["2 MB of SUMMARY", event(`SUMMARY:${"a".repeat(2_097_152)}`), "max-resource-size"],
];

describe.each([
  ["a new object", fresh],
  ["an object that exists", kept],
])("PUT to %s", (_which, path) => {
  test.each(refused)("%s", async (_what, body, clause) => {
    const answer = await sendInVain(send, "ada", { method: "PUT", path, body });
    expect([answer.status, clauseOf(answer.text)]).toEqual([403, CAL + clause]);
  });
});

describe("PUT with headers that do not fit", () => {
  test.each([
    ["application/json", "supported-calendar-data"],
    ["text/html", "supported-calendar-data"],
    ["text/calendar; charset=iso-8859-1", "valid-calendar-data"],
    ["text/calendar; charset=utf-16", "valid-calendar-data"],
  ])("Content-Type: %s", async (type, clause) => {
    const answer = await sendInVain(send, "ada", {
      method: "PUT",
      path: fresh,
      headers: { "content-type": type },
      body: event(),
    });
    expect([answer.status, clauseOf(answer.text)]).toEqual([403, CAL + clause]);
  });
});

test("a UID that exists under another name is no-uid-conflict with its href", async () => {
  const answer = await sendInVain(send, "ada", { method: "PUT", path: fresh, body: keptText });
  expect([answer.status, clauseOf(answer.text)]).toEqual([403, `${CAL}no-uid-conflict`]);
  expect(answer.text).toContain(`<D:href>${kept}</D:href>`);
});

test("a megabyte of SUMMARY below the limit is kept octet for octet (O5)", async () => {
  const text = event(`SUMMARY:${"a".repeat(1_000_000)}`);
  expect((await send({ method: "PUT", path: fresh, body: text })).status).toBe(201);
  expect((await send({ method: "GET", path: fresh })).text).toBe(text);
  expect((await send({ method: "DELETE", path: fresh })).status).toBe(204);
});

test("what was there is there", async () => {
  expect((await send({ method: "GET", path: kept })).text).toBe(keptText);
});
