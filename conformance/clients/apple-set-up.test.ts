// What macOS Calendar and iOS send when an account is added, in their order. Titles name the line of the checklist.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  agent,
  ask,
  CAL,
  CS,
  DAV,
  declared,
  home,
  ICAL,
  MISSING,
  OK,
  principal,
  propfind,
  unified,
} from "./apple.ts";
import { childOf, clauseOf, found, namesWith, readMultistatus, responseAt } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

let world: UsersServer;
let anonymous: Send;
let mac: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  anonymous = sender(world.url, { userAgent: "macOS/15.1 (24B83) accountsd/113" });
  mac = sender(world.url, { login: world.userNamed("ada"), userAgent: agent });
});

afterAll(() => world?.close());

describe("adding an account", () => {
  const firstQuestion = propfind("<A:current-user-principal/><A:principal-URL/><A:resourcetype/>");

  test("A1: PROPFIND of the well-known URL is redirected, and the redirect answers PROPFIND", async () => {
    const first = await mac({
      method: "PROPFIND",
      path: "/.well-known/caldav",
      headers: { depth: "0" },
      body: firstQuestion,
    });
    expect([first.status, first.headers.location]).toEqual([301, "/dav/"]);
    const second = await ask(
      mac,
      "/dav/",
      "0",
      "<A:current-user-principal/><A:principal-URL/><A:resourcetype/>",
    );
    const root = responseAt(second, "/dav/");
    expect(childOf(found(root, `${DAV}current-user-principal`), `${DAV}href`)?.text).toBe(principal);
  });

  test("A2: the probes of `/`, `/principals/` and the principal are 401 without and 207 with credentials", async () => {
    for (const path of ["/", "/principals/", "/dav/", principal, home]) {
      const without = await anonymous({
        method: "PROPFIND",
        path,
        headers: { depth: "0" },
        body: firstQuestion,
      });
      const withThem = await mac({ method: "PROPFIND", path, headers: { depth: "0" }, body: firstQuestion });
      expect([path, without.status, withThem.status]).toEqual([path, 401, 207]);
    }
  });

  test("A3: without credentials OPTIONS and PROPFIND alike are 401 with a Basic challenge", async () => {
    for (const method of ["OPTIONS", "PROPFIND"]) {
      const answer = await anonymous({ method, path: principal, headers: { depth: "0" } });
      expect([answer.status, answer.headers["www-authenticate"]]).toEqual([
        401,
        'Basic realm="T-Minus", charset="UTF-8"',
      ]);
    }
  });

  test("A4: the user name may be the percent-encoded address", async () => {
    const { password } = world.userNamed("ada");
    const answer = await sender(world.url, { login: { username: "ada%40example.com", password } })({
      method: "PROPFIND",
      path: principal,
      headers: { depth: "0" },
      body: firstQuestion,
    });
    expect(answer.status).toBe(207);
  });

  test("A5, A6, A18, A19: what the principal answers and what it does not have", async () => {
    const answer = await mac({
      method: "PROPFIND",
      path: principal,
      headers: { depth: "0" },
      body: propfind(
        "<B:calendar-home-set/><B:calendar-user-address-set/><A:current-user-principal/><A:displayname/><C:dropbox-home-URL/>" +
          "<C:email-address-set/><C:notification-URL/><A:principal-collection-set/><A:principal-URL/><A:resource-id/>" +
          "<B:schedule-inbox-URL/><B:schedule-outbox-URL/><A:supported-report-set/>",
      ),
    });
    const response = responseAt(readMultistatus(answer.text), principal);
    expect(response.propstats.map(({ statusLine }) => statusLine)).toEqual([OK, MISSING]);
    expect(namesWith(response, OK)).toEqual([
      `${DAV}current-user-principal`,
      `${DAV}displayname`,
      `${DAV}principal-URL`,
      `${DAV}principal-collection-set`,
      `${DAV}resource-id`,
      `${DAV}supported-report-set`,
      `${CS}email-address-set`,
      `${CAL}calendar-home-set`,
      `${CAL}calendar-user-address-set`,
    ]);
    expect(found(response, `${CAL}calendar-home-set`)?.children.map(({ text }) => text)).toEqual([home]);
    expect(found(response, `${DAV}principal-URL`)?.children.map(({ text }) => text)).toEqual([principal]);
    const addresses = found(response, `${CAL}calendar-user-address-set`)?.children ?? [];
    expect(addresses[0]).toMatchObject({ text: "mailto:ada@example.com", attributes: { preferred: "1" } });
    expect(addresses.at(-1)).toEqual(addresses[0]);
  });

  test("A7: the DAV header is on PROPFIND, REPORT and OPTIONS", async () => {
    for (const [method, body] of [
      ["PROPFIND", firstQuestion],
      ["OPTIONS", undefined],
      ["REPORT", `<A:principal-search-property-set ${declared}/>`],
    ] as const) {
      const answer = await mac({
        method,
        path: principal,
        headers: { depth: "0" },
        ...(body === undefined ? {} : { body }),
      });
      expect(String(answer.headers["dav"]).split(", ")).toEqual(
        expect.arrayContaining(["1", "3", "access-control", "calendar-access", "extended-mkcol"]),
      );
    }
  });

  test("A8: delegates are asked for by expand-property, and an unknown report is 403 supported-report", async () => {
    const expanded = await mac({
      method: "REPORT",
      path: principal,
      headers: { depth: "0" },
      body: `<A:expand-property ${declared}><A:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/"><A:property name="displayname" namespace="DAV:"/></A:property><A:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/"><A:property name="displayname" namespace="DAV:"/></A:property></A:expand-property>`,
    });
    expect(expanded.status).toBe(207);
    const response = responseAt(readMultistatus(expanded.text), principal);
    expect(found(response, `${CS}calendar-proxy-write-for`)?.children).toEqual([]);
    expect(found(response, `${CS}calendar-proxy-read-for`)?.children).toEqual([]);
    const search = await mac({
      method: "REPORT",
      path: "/dav/principals/",
      headers: { depth: "0" },
      body: `<A:principal-search-property-set ${declared}/>`,
    });
    expect(search.status).toBe(200);
    const unknown = await mac({
      method: "REPORT",
      path: principal,
      headers: { depth: "0" },
      body: `<C:calendar-bulk-report ${declared}/>`,
    });
    expect([unknown.status, clauseOf(unknown.text)]).toEqual([403, `${DAV}supported-report`]);
  });
});

describe("looking at the home", () => {
  const everything =
    "<A:add-member/><C:allowed-sharing-modes/><D:autoprovisioned/><E:bulk-requests/><B:calendar-alarm/><D:calendar-color/>" +
    "<B:calendar-description/><B:calendar-free-busy-set/><D:calendar-order/><B:calendar-timezone/><A:current-user-privilege-set/>" +
    "<B:default-alarm-vevent-date/><B:default-alarm-vevent-datetime/><A:displayname/><C:getctag/><D:language-code/><D:location-code/>" +
    "<A:owner/><C:pre-publish-url/><C:publish-url/><C:push-transports/><C:pushkey/><A:quota-available-bytes/><A:quota-used-bytes/>" +
    "<D:refreshrate/><A:resource-id/><A:resourcetype/><B:schedule-calendar-transp/><B:schedule-default-calendar-URL/><C:source/>" +
    "<C:subscribed-strip-alarms/><C:subscribed-strip-attachments/><C:subscribed-strip-todos/><B:supported-calendar-component-set/>" +
    "<B:supported-calendar-component-sets/><A:supported-report-set/><A:sync-token/><C:xmpp-server/><C:xmpp-uri/>";

  test("A9, A16, A20: Depth 1 shows one VEVENT and one VTODO calendar, owned by the principal", async () => {
    const listed = await ask(mac, home, "1", everything);
    expect(listed.responses.map(({ href }) => href)).toEqual([home, unified, "/dav/calendars/ada/tasks/"]);
    expect(namesWith(responseAt(listed, unified), OK)).toEqual([
      `${DAV}current-user-privilege-set`,
      `${DAV}displayname`,
      `${DAV}owner`,
      `${DAV}resource-id`,
      `${DAV}resourcetype`,
      `${DAV}supported-report-set`,
      `${DAV}sync-token`,
      `${ICAL}calendar-order`,
      `${CS}getctag`,
      `${CAL}schedule-calendar-transp`,
      `${CAL}supported-calendar-component-set`,
    ]);
    const sets = Object.fromEntries(
      [unified, "/dav/calendars/ada/tasks/"].map((href) => [
        href,
        found(responseAt(listed, href), `${CAL}supported-calendar-component-set`)?.children.map(
          ({ attributes }) => attributes["name"],
        ),
      ]),
    );
    expect(sets).toEqual({ [unified]: ["VEVENT"], "/dav/calendars/ada/tasks/": ["VTODO"] });
    for (const { href } of listed.responses) {
      const response = responseAt(listed, href);
      expect(childOf(found(response, `${DAV}owner`), `${DAV}href`)?.text).toBe(principal);
      expect(found(response, `${CS}getctag`)?.text).not.toBe("");
    }
  });

  test("A10: the home's supported-report-set holds sync-collection", async () => {
    const listed = await ask(mac, home, "0", "<A:supported-report-set/>");
    const reports = found(responseAt(listed, home), `${DAV}supported-report-set`)?.children.map(
      (supported) => childOf(supported, `${DAV}report`)?.children[0]?.name,
    );
    expect(reports).toContain(`${DAV}sync-collection`);
  });
});
