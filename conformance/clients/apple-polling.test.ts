// What macOS Calendar and iOS send every few minutes and when a person edits. Titles name the line of the checklist.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { agent, ask, CAL, CS, DAV, declared, home, MISSING, unified } from "./apple.ts";
import { clauseOf, found, readMultistatus, responseAt } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Answer, Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

let world: UsersServer;
let mac: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  mac = sender(world.url, { login: world.userNamed("ada"), userAgent: agent });
});

afterAll(() => world?.close());

function event(uid: string, more = ""): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Apple Inc.//macOS 15.1//EN",
    "CALSCALE:GREGORIAN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260302T090000Z",
    "DTEND:20260302T100000Z",
    "SUMMARY:Review",
    ...(more === "" ? [] : [more]),
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

async function poll(): Promise<{ ctag: string; token: string; homeCtag: string }> {
  const one = responseAt(await ask(mac, unified, "0", "<C:getctag/><A:sync-token/>"), unified);
  const all = responseAt(await ask(mac, home, "0", "<C:getctag/><A:sync-token/>"), home);
  return {
    ctag: found(one, `${CS}getctag`)?.text ?? "",
    token: found(one, `${DAV}sync-token`)?.text ?? "",
    homeCtag: found(all, `${CS}getctag`)?.text ?? "",
  };
}

function sync(token: string): Promise<Answer> {
  return mac({
    method: "REPORT",
    path: unified,
    headers: { depth: "0" },
    body: `<A:sync-collection ${declared}><A:sync-token>${token}</A:sync-token><A:sync-level>1</A:sync-level><A:prop><A:getetag/></A:prop></A:sync-collection>`,
  });
}

const query = (filter: string): string =>
  `<B:calendar-query ${declared}><A:prop><A:getetag/><A:getcontenttype/></A:prop><B:filter><B:comp-filter name="VCALENDAR">${filter}</B:comp-filter></B:filter></B:calendar-query>`;

describe("polling", () => {
  test("A11, A12: ctag and token move with a change, sync-collection names it, multiget reads it", async () => {
    const before = await poll();
    expect(await poll()).toEqual(before);
    const names = ["one", "two", "three"].map((name) => `${unified}${name}.ics`);
    for (const path of names) {
      const answer = await mac({
        method: "PUT",
        path,
        headers: { "if-none-match": "*" },
        body: event(`${path.slice(unified.length)}@example.com`),
      });
      expect(answer.status).toBe(201);
    }
    const after = await poll();
    expect([
      after.ctag === before.ctag,
      after.token === before.token,
      after.homeCtag === before.homeCtag,
    ]).toEqual([false, false, false]);
    const changes = readMultistatus((await sync(before.token)).text);
    expect(changes.responses.map(({ href }) => href).toSorted()).toEqual(names.toSorted());
    expect(changes.syncToken).toBe(after.token);

    const multiget = await mac({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: `<B:calendar-multiget ${declared}><A:prop><A:getetag/><B:calendar-data/><C:created-by/></A:prop>${[...names, `${unified}gone.ics`].map((href) => `<A:href>${href}</A:href>`).join("")}</B:calendar-multiget>`,
    });
    const objects = readMultistatus(multiget.text);
    expect(objects.responses.map(({ href }) => href)).toEqual([...names, `${unified}gone.ics`]);
    for (const href of names) {
      expect(found(responseAt(objects, href), `${CAL}calendar-data`)?.text).toBe(
        event(`${href.slice(unified.length)}@example.com`),
      );
    }
    expect(responseAt(objects, `${unified}gone.ics`).statusLine).toBe(MISSING);

    expect((await mac({ method: "DELETE", path: names[0] ?? "" })).status).toBe(204);
    const deleted = readMultistatus((await sync(after.token)).text);
    expect(deleted.responses.map(({ href, statusLine }) => [href, statusLine])).toEqual([
      [names[0], MISSING],
    ]);
  });

  test("A12: a token that is not ours is 403 with DAV:valid-sync-token", async () => {
    for (const token of ["data:,nonsense", "http://example.com/1", `${(await poll()).token}9`]) {
      const answer = await sync(token);
      expect([answer.status, clauseOf(answer.text)]).toEqual([403, `${DAV}valid-sync-token`]);
    }
  });

  test("A13: a query with the start of a time range alone, and a VTODO query without one", async () => {
    const events = await mac({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: query('<B:comp-filter name="VEVENT"><B:time-range start="20260301T000000Z"/></B:comp-filter>'),
    });
    expect(readMultistatus(events.text).responses.map(({ href }) => href)).toEqual(
      expect.arrayContaining([`${unified}two.ics`, `${unified}three.ics`]),
    );
    const later = await mac({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: query('<B:comp-filter name="VEVENT"><B:time-range start="20260303T000000Z"/></B:comp-filter>'),
    });
    expect(readMultistatus(later.text).responses).toEqual([]);
    const todos = await mac({
      method: "REPORT",
      path: "/dav/calendars/ada/tasks/",
      headers: { depth: "1" },
      body: query('<B:comp-filter name="VTODO"/>'),
    });
    expect([todos.status, readMultistatus(todos.text).responses]).toEqual([207, []]);
  });

  test("A22: what Apple writes is kept octet for octet", async () => {
    const text = event(
      "apple@example.com",
      [
        "URL:",
        "LOCATION:",
        "DESCRIPTION:",
        'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="1 Infinite Loop\\nCupertino";X-APPLE-RADIUS=70;X-TITLE="Caf\\, \\;é":geo:37.33,-122.03',
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
        "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M",
      ].join("\r\n"),
    );
    const path = `${unified}apple.ics`;
    const put = await mac({ method: "PUT", path, body: text });
    const got = await mac({ method: "GET", path });
    expect([put.status, got.text, got.headers.etag]).toEqual([201, text, put.headers.etag]);
  });

  test("A22: DTSTART;TZID=…;VALUE=DATE is taken", async () => {
    const text = event("allday@example.com")
      .replace("DTSTART:20260302T090000Z", "DTSTART;TZID=Europe/Zurich;VALUE=DATE:20260302")
      .replace("DTEND:20260302T100000Z", "DTEND;TZID=Europe/Zurich;VALUE=DATE:20260303");
    const path = `${unified}allday.ics`;
    expect((await mac({ method: "PUT", path, body: text })).status).toBe(201);
    expect((await mac({ method: "GET", path })).text).toBe(text);
  });
});
