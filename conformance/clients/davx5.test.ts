// What DAVx5 4.4 sends: discovery from whatever URL was typed, sync-collection, multiget of ten, conditional writes. Titles name the
// line of the checklist.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { childOf, clauseOf, found, readMultistatus, responseAt } from "./multistatus.ts";
import type { Multistatus } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Answer, Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

const DAV = "{DAV:}";
const CAL = "{urn:ietf:params:xml:ns:caldav}";
const home = "/dav/calendars/ada/";
const unified = "/dav/calendars/ada/unified/";
const declared =
  'xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav"';

let world: UsersServer;
let client: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  client = sender(world.url, {
    login: world.userNamed("ada"),
    userAgent: "DAVx5/4.4.4-ose (2024/11/03; dav4jvm; okhttp/4.12.0) Android/14",
  });
});

afterAll(() => world?.close());

function event(uid: string, summary = "Yoga"): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:DAVx5/4.4.4-ose ical4j/3.2.19",
    "BEGIN:VEVENT",
    "DTSTAMP:20260101T000000Z",
    `UID:${uid}`,
    `SUMMARY:${summary}`,
    "DTSTART:20260501T170000Z",
    "DURATION:PT1H",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

async function ask(path: string, depth: "0" | "1", properties: string): Promise<Multistatus> {
  const answer = await client({
    method: "PROPFIND",
    path,
    headers: { depth, "content-type": "application/xml; charset=utf-8" },
    body: `<?xml version='1.0' encoding='UTF-8' ?><propfind ${declared}><prop>${properties}</prop></propfind>`,
  });
  expect(answer.status).toBe(207);
  return readMultistatus(answer.text);
}

function sync(token: string): Promise<Answer> {
  return client({
    method: "REPORT",
    path: unified,
    headers: { depth: "0" },
    body: `<?xml version='1.0' encoding='UTF-8' ?><sync-collection ${declared}><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`,
  });
}

describe("discovery", () => {
  test("D1: the given URL leads to the principal, the principal to the home, the home to the calendars", async () => {
    const given = await ask(
      "/dav/",
      "0",
      "<resourcetype/><displayname/><CARD:addressbook-home-set/><CAL:calendar-home-set/><current-user-principal/>",
    );
    const principal =
      childOf(found(responseAt(given, "/dav/"), `${DAV}current-user-principal`), `${DAV}href`)?.text ?? "";
    expect(principal).toBe("/dav/principals/ada/");
    const homes = found(
      responseAt(await ask(principal, "0", "<CAL:calendar-home-set/><displayname/>"), principal),
      `${CAL}calendar-home-set`,
    );
    expect(homes?.children.map(({ text }) => text)).toEqual([home]);
    const calendars = await ask(
      home,
      "1",
      "<resourcetype/><displayname/><CAL:supported-calendar-component-set/><current-user-privilege-set/><sync-token/>",
    );
    const found2 = calendars.responses.filter((response) =>
      found(response, `${DAV}resourcetype`)?.children.some(({ name }) => name === `${CAL}calendar`),
    );
    expect(found2.map(({ href }) => href)).toEqual([unified, "/dav/calendars/ada/tasks/"]);
  });

  test("D1: the well-known URL redirects", async () => {
    const answer = await client({ method: "PROPFIND", path: "/.well-known/caldav", headers: { depth: "0" } });
    expect([answer.status, answer.headers.location]).toEqual([301, "/dav/"]);
  });

  test("D2: wrong credentials are a 401 without DAV:unauthenticated", async () => {
    const answer = await sender(world.url, { login: { username: "ada", password: "wrong" } })({
      method: "PROPFIND",
      path: "/dav/",
      headers: { depth: "0" },
    });
    expect([
      answer.status,
      answer.headers["www-authenticate"],
      answer.text.includes("unauthenticated"),
    ]).toEqual([401, 'Basic realm="T-Minus", charset="UTF-8"', false]);
  });

  test("D3: OPTIONS lists calendar-access", async () => {
    const answer = await client({ method: "OPTIONS", path: home });
    expect([answer.status, String(answer.headers["dav"]).split(", ").includes("calendar-access")]).toEqual([
      200,
      true,
    ]);
  });
});

describe("synchronisation", () => {
  test("D4, D5: a token in every reply; ten objects by multiget, each with its tag and data", async () => {
    const initial = readMultistatus((await sync("")).text);
    expect(initial.syncToken).toMatch(/^\S+$/);
    const names = Array.from({ length: 10 }, (_, n) => `${unified}${n}-a2c4.ics`);
    for (const [n, path] of names.entries()) {
      const answer = await client({
        method: "PUT",
        path,
        headers: { "if-none-match": "*" },
        body: event(`${n}-a2c4`),
      });
      expect([answer.status, /^"[^"]+"$/.test(answer.headers.etag ?? "")]).toEqual([201, true]);
    }
    const changes = readMultistatus((await sync(initial.syncToken ?? "")).text);
    expect(changes.responses.map(({ href }) => href)).toEqual(names);
    const multiget = await client({
      method: "REPORT",
      path: unified,
      headers: { depth: "0" },
      body: `<CAL:calendar-multiget ${declared}><prop><getcontenttype/><getetag/><CAL:schedule-tag/><CAL:calendar-data content-type="text/calendar" version="2.0"/></prop>${names.map((href) => `<href>${href}</href>`).join("")}</CAL:calendar-multiget>`,
    });
    const objects = readMultistatus(multiget.text);
    for (const [n, href] of names.entries()) {
      const object = responseAt(objects, href);
      expect(found(object, `${DAV}getetag`)?.text).toBe(
        found(responseAt(changes, href), `${DAV}getetag`)?.text,
      );
      expect(found(object, `${CAL}calendar-data`)?.text).toBe(event(`${n}-a2c4`));
    }
    const quiet = readMultistatus((await sync(changes.syncToken ?? "")).text);
    expect(quiet).toEqual({ responses: [], syncToken: changes.syncToken });
  });

  test("D4: with a past limit it asks calendar-query", async () => {
    const answer = await client({
      method: "REPORT",
      path: unified,
      headers: { depth: "1" },
      body: `<CAL:calendar-query ${declared}><prop><getetag/></prop><CAL:filter><CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT"><CAL:time-range start="20260501T173000Z"/></CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>`,
    });
    expect(readMultistatus(answer.text).responses).toHaveLength(10);
  });

  test("D4: a token that is not ours is 403 with DAV:valid-sync-token", async () => {
    const answer = await sync("data:,gone/1");
    expect([answer.status, clauseOf(answer.text)]).toEqual([403, `${DAV}valid-sync-token`]);
  });
});

describe("writing", () => {
  const path = `${unified}d6.ics`;

  test("D6: If-None-Match: * creates once", async () => {
    const first = await client({ method: "PUT", path, headers: { "if-none-match": "*" }, body: event("d6") });
    const second = await client({
      method: "PUT",
      path,
      headers: { "if-none-match": "*" },
      body: event("d6", "Twice"),
    });
    expect([first.status, second.status]).toEqual([201, 412]);
    expect((await client({ method: "GET", path })).text).toBe(event("d6"));
  });

  test("D5: a second resource with the same UID is 403 no-uid-conflict with the first one's href", async () => {
    const answer = await client({
      method: "PUT",
      path: `${unified}other.ics`,
      headers: { "if-none-match": "*" },
      body: event("d6"),
    });
    expect([answer.status, clauseOf(answer.text)]).toEqual([403, `${CAL}no-uid-conflict`]);
    expect(answer.text).toContain(`<D:href>${path}</D:href>`);
    expect((await client({ method: "GET", path: `${unified}other.ics` })).status).toBe(404);
  });

  test("D7: an update with the current tag is 204 with a new tag; with an old one 412; of what is gone 412", async () => {
    const { etag = "" } = (await client({ method: "GET", path })).headers;
    const updated = await client({
      method: "PUT",
      path,
      headers: { "if-match": etag },
      body: event("d6", "Moved"),
    });
    const stale = await client({
      method: "PUT",
      path,
      headers: { "if-match": etag },
      body: event("d6", "Stale"),
    });
    const gone = await client({
      method: "PUT",
      path: `${unified}gone.ics`,
      headers: { "if-match": etag },
      body: event("gone"),
    });
    expect([updated.status, updated.headers.etag === etag, stale.status, gone.status]).toEqual([
      204,
      false,
      412,
      412,
    ]);
    expect((await client({ method: "GET", path })).text).toBe(event("d6", "Moved"));
  });

  test("D6: If-Schedule-Tag-Match on a resource without a schedule tag is 412, or holds where it has one", async () => {
    const { headers } = await client({ method: "GET", path });
    const tag = headers["schedule-tag"];
    const answer = await client({
      method: "PUT",
      path,
      headers: { "if-schedule-tag-match": typeof tag === "string" ? tag : '"none"' },
      body: event("d6", "Tagged"),
    });
    expect(answer.status).toBe(typeof tag === "string" ? 204 : 412);
  });

  test("a deletion with an old tag is 412, with the current one 204, again 404", async () => {
    const { etag = "" } = (await client({ method: "GET", path })).headers;
    const stale = await client({ method: "DELETE", path, headers: { "if-match": '"old"' } });
    const deleted = await client({ method: "DELETE", path, headers: { "if-match": etag } });
    const again = await client({ method: "DELETE", path });
    expect([stale.status, deleted.status, again.status]).toEqual([412, 204, 404]);
  });
});
