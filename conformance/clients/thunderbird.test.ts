// What Thunderbird 128 sends for a calendar on the network: its first question to the collection, OPTIONS to the parent, then
// sync-collection and multiget with Depth 1. Titles name the line of the checklist.

import { afterAll, beforeAll, expect, test } from "vitest";

import { childOf, clauseOf, found, readMultistatus, responseAt } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

const DAV = "{DAV:}";
const CAL = "{urn:ietf:params:xml:ns:caldav}";
const CS = "{http://calendarserver.org/ns/}";
const unified = "/dav/calendars/ada/unified/";
const declared =
  'xmlns:D="DAV:" xmlns:CS="http://calendarserver.org/ns/" xmlns:C="urn:ietf:params:xml:ns:caldav"';

let world: UsersServer;
let client: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  client = sender(world.url, {
    login: world.userNamed("ada"),
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
  });
});

afterAll(() => world?.close());

function event(uid: string, lines: readonly string[]): string {
  return [
    "BEGIN:VCALENDAR",
    "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
    "VERSION:2.0",
    "BEGIN:VEVENT",
    "CREATED:20260101T000000Z",
    "LAST-MODIFIED:20260101T000000Z",
    "DTSTAMP:20260101T000000Z",
    `UID:${uid}`,
    "SUMMARY:Lunch",
    ...lines,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

function syncBody(token: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getcontenttype/><getetag/></prop></sync-collection>`;
}

async function syncFrom(token: string): Promise<ReturnType<typeof readMultistatus>> {
  const answer = await client({
    method: "REPORT",
    path: unified,
    headers: { depth: "1" },
    body: syncBody(token),
  });
  expect(answer.status).toBe(207);
  return readMultistatus(answer.text);
}

test("T1: the first PROPFIND of the collection has no 4xx and says what Thunderbird looks for", async () => {
  const answer = await client({
    method: "PROPFIND",
    path: unified,
    headers: { depth: "0", "content-type": "text/xml; charset=utf-8" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<D:propfind ${declared}><D:prop><D:resourcetype/><D:owner/><D:current-user-principal/><D:current-user-privilege-set/><D:supported-report-set/><C:supported-calendar-component-set/><CS:getctag/></D:prop></D:propfind>`,
  });
  expect(answer.status).toBe(207);
  const response = responseAt(readMultistatus(answer.text), unified);
  expect(response.propstats.map(({ statusLine }) => statusLine)).toEqual(["HTTP/1.1 200 OK"]);
  expect(found(response, `${DAV}resourcetype`)?.children.map(({ name }) => name)).toContain(`${CAL}calendar`);
  expect(childOf(found(response, `${DAV}owner`), `${DAV}href`)?.text).toBe("/dav/principals/ada/");
  expect(childOf(found(response, `${DAV}current-user-principal`), `${DAV}href`)?.text).toBe(
    "/dav/principals/ada/",
  );
  expect(found(response, `${CS}getctag`)?.text).not.toBe("");
  const privileges = found(response, `${DAV}current-user-privilege-set`)?.children.map(
    ({ children }) => children[0]?.name,
  );
  expect(privileges).toEqual(expect.arrayContaining([`${DAV}read`, `${DAV}write`]));
});

test("T1: discovery from the bare host finds home and address", async () => {
  const root = await client({
    method: "PROPFIND",
    path: "/",
    headers: { depth: "0" },
    body: `<D:propfind ${declared}><D:prop><D:resourcetype/><D:displayname/><D:current-user-principal/><D:current-user-privilege-set/></D:prop></D:propfind>`,
  });
  expect(root.status).toBe(207);
  const principal = await client({
    method: "PROPFIND",
    path: "/dav/principals/ada/",
    headers: { depth: "0" },
    body: `<D:propfind ${declared}><D:prop><C:calendar-home-set/><C:calendar-user-address-set/><C:schedule-inbox-URL/><C:schedule-outbox-URL/></D:prop></D:propfind>`,
  });
  const response = responseAt(readMultistatus(principal.text), "/dav/principals/ada/");
  expect(found(response, `${CAL}calendar-home-set`)?.children[0]?.text).toBe("/dav/calendars/ada/");
  expect(found(response, `${CAL}calendar-user-address-set`)?.children[0]?.text).toBe(
    "mailto:ada@example.com",
  );
});

test("T2: OPTIONS goes to the parent and finds calendar-access", async () => {
  const answer = await client({ method: "OPTIONS", path: "/dav/calendars/ada/" });
  expect(answer.status).toBe(200);
  expect(String(answer.headers["dav"]).split(", ")).toContain("calendar-access");
});

test("T4, T6: sync-collection and multiget with Depth 1, in batches of 100, as text/calendar", async () => {
  const before = (await syncFrom("")).syncToken ?? "";
  const names = Array.from({ length: 120 }, (_, n) => `event-${String(n).padStart(3, "0")}.ics`);
  for (const name of names) {
    const put = await client({
      method: "PUT",
      path: unified + name,
      headers: { "if-none-match": "*" },
      body: event(`${name}@example.com`, ["DTSTART:20260401T110000Z", "DTEND:20260401T120000Z"]),
    });
    expect(put.status).toBe(201);
  }
  const changes = await syncFrom(before);
  expect(changes.responses.map(({ href }) => href).toSorted()).toEqual(names.map((name) => unified + name));
  for (const response of changes.responses) {
    expect(found(response, `${DAV}getcontenttype`)?.text).toMatch(/^text\/calendar/);
    expect(found(response, `${DAV}getetag`)?.text).toMatch(/^"[^"]+"$/);
  }
  for (const batch of [changes.responses.slice(0, 100), changes.responses.slice(100)]) {
    const answer = await client({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: `<C:calendar-multiget ${declared}><D:prop><D:getetag/><C:calendar-data/></D:prop>${batch.map(({ href }) => `<D:href>${href}</D:href>`).join("")}</C:calendar-multiget>`,
    });
    const objects = readMultistatus(answer.text).responses;
    expect(objects.map(({ href }) => href)).toEqual(batch.map(({ href }) => href));
    for (const each of objects) expect(found(each, `${CAL}calendar-data`)?.text).toContain("SUMMARY:Lunch");
  }
  expect(await syncFrom(changes.syncToken ?? "")).toEqual({ responses: [], syncToken: changes.syncToken });
});

test("T5: a bad token is 403 with DAV:valid-sync-token, never an empty DAV:error", async () => {
  const answer = await client({
    method: "REPORT",
    path: unified,
    headers: { depth: "1" },
    body: syncBody("data:,0/999999999"),
  });
  expect([answer.status, clauseOf(answer.text)]).toEqual([403, `${DAV}valid-sync-token`]);
});

test("T6: a truncated sync says 507 about the collection and its token goes on", async () => {
  const seen = new Set<string>();
  let token = "";
  let pages = 0;
  for (let more = true; more; pages++) {
    const answer = await client({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: syncBody(token).replace("</sync-level>", "</sync-level><limit><nresults>50</nresults></limit>"),
    });
    const page = readMultistatus(answer.text);
    more = page.responses.some(
      ({ href, statusLine }) => href === unified && (statusLine ?? "").startsWith("HTTP/1.1 507 "),
    );
    for (const { href } of page.responses) if (href !== unified) seen.add(href);
    token = page.syncToken ?? "";
    expect(pages).toBeLessThan(10);
  }
  expect([seen.size, pages]).toEqual([120, 3]);
});

test("T8: DTEND together with DURATION:PT0S is taken and kept", async () => {
  const text = event("t8@example.com", [
    "DTSTART:20260402T110000Z",
    "DTEND:20260402T120000Z",
    "DURATION:PT0S",
  ]);
  expect((await client({ method: "PUT", path: `${unified}t8.ics`, body: text })).status).toBe(201);
  expect((await client({ method: "GET", path: `${unified}t8.ics` })).text).toBe(text);
});

test("an edit with a stale If-Match is 412 and changes nothing", async () => {
  const path = `${unified}event-000.ics`;
  const before = await client({ method: "GET", path });
  const answer = await client({
    method: "PUT",
    path,
    headers: { "if-match": '"stale"' },
    body: before.text.replace("Lunch", "Dinner"),
  });
  expect(answer.status).toBe(412);
  expect((await client({ method: "GET", path })).text).toBe(before.text);
});
