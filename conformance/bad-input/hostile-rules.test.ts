// Series that are made to cost: refused with CALDAV:max-instances (RFC 4791 5.3.2.1), or kept and then cheap for everyone who reads.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { clauseOf } from "../clients/multistatus.ts";
import { sender } from "../clients/request.ts";
import type { Answer, Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { sendInVain } from "./untouched.ts";

const calendar = "/dav/calendars/ada/unified/";
const path = `${calendar}series.ics`;
const declared = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';

let world: UsersServer;
let send: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  send = sender(world.url, { login: world.userNamed("ada") });
});

afterAll(() => world?.close());

function series(lines: readonly string[], start = "20260102T000000Z"): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//example.com//EN",
    "BEGIN:VEVENT",
    "UID:series@example.com",
    "DTSTAMP:20260101T000000Z",
    `DTSTART:${start}`,
    ...lines,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

function upTo(count: number): string {
  return Array.from({ length: count }, (_, n) => n).join(",");
}

function instant(n: number, stepMs: number): string {
  return new Date(Date.UTC(2026, 0, 2) + n * stepMs).toISOString().replaceAll(/[-:]|\.000/g, "");
}

test.each([
  ["every second, for ever", ["RRULE:FREQ=SECONDLY"]],
  ["every second, 999,999,999 times", ["RRULE:FREQ=SECONDLY;COUNT=999999999"]],
  ["every minute since 1970", ["RRULE:FREQ=MINUTELY"]],
  [
    "every second of every year",
    [`RRULE:FREQ=YEARLY;BYHOUR=${upTo(24)};BYMINUTE=${upTo(60)};BYSECOND=${upTo(60)}`],
  ],
  ["30,000 RDATEs", [`RDATE:${Array.from({ length: 30_000 }, (_, n) => instant(n, 3_600_000)).join(",")}`]],
])("%s: max-instances, nothing stored", async (what, lines) => {
  const body = series(lines, what.endsWith("1970") ? "19700101T000000Z" : undefined);
  const answer = await sendInVain(send, "ada", { method: "PUT", path, body });
  expect([answer.status, clauseOf(answer.text)]).toEqual([
    403,
    "{urn:ietf:params:xml:ns:caldav}max-instances",
  ]);
});

async function readEveryWay(): Promise<readonly Answer[]> {
  const feed = new URL(world.userNamed("ada").feedUrl).pathname;
  const report = (body: string): Promise<Answer> =>
    send({ method: "REPORT", path: calendar, headers: { depth: "1" }, body });
  const range = '<C:time-range start="20500101T000000Z" end="20510101T000000Z"/>';
  return [
    await send({ method: "GET", path }),
    await report(
      `<C:calendar-query ${declared}><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`,
    ),
    await report(
      `<C:calendar-multiget ${declared}><D:prop><C:calendar-data><C:expand start="20500101T000000Z" end="20510101T000000Z"/></C:calendar-data></D:prop><D:href>${path}</D:href></C:calendar-multiget>`,
    ),
    await report(`<C:free-busy-query ${declared}>${range}</C:free-busy-query>`),
    await send({ method: "GET", path: feed, login: null }),
  ];
}

afterEach(async () => {
  await send({ method: "DELETE", path });
});

test.each([
  ["a 30th of February", ["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]],
  ["a 30th of February, every second", ["RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"]],
  [
    "week 53 on a Monday that is a 4th of July",
    ["RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=7;BYMONTHDAY=4"],
  ],
  ["a Friday 13th, every 1,000 years", ["RRULE:FREQ=YEARLY;INTERVAL=1000;BYMONTHDAY=13;BYDAY=FR"]],
  ["a BYSETPOS that is never reached", ["RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366"]],
  [
    "a daily series with 10,000 EXDATEs",
    ["RRULE:FREQ=DAILY", ...Array.from({ length: 10_000 }, (_, n) => `EXDATE:${instant(n, 86_400_000)}`)],
  ],
  [
    "10,000 EXDATEs on one line",
    [
      "RRULE:FREQ=DAILY",
      `EXDATE:${Array.from({ length: 10_000 }, (_, n) => instant(n, 86_400_000)).join(",")}`,
    ],
  ],
])("%s is kept, and every way to read it answers", async (_what, lines) => {
  const body = series(lines);
  expect((await send({ method: "PUT", path, body })).status).toBe(201);
  const answers = await readEveryWay();
  expect(answers.map(({ status }) => status)).toEqual([200, 207, 207, 200, 200]);
  expect(answers[0]?.text).toBe(body);
});

test("an expansion of a century is bounded, not endless", async () => {
  const body = series(["RRULE:FREQ=HOURLY;INTERVAL=2"]);
  expect((await send({ method: "PUT", path, body })).status).toBe(201);
  const answer = await send({
    method: "REPORT",
    path: calendar,
    headers: { depth: "1" },
    body: `<C:calendar-multiget ${declared}><D:prop><C:calendar-data><C:expand start="20260101T000000Z" end="20990101T000000Z"/></C:calendar-data></D:prop><D:href>${path}</D:href></C:calendar-multiget>`,
  });
  expect(answer.status).toBe(207);
  expect(answer.text.length).toBeLessThan(50_000_000);
});
