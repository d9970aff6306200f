// What macOS Calendar and iOS send when an account is added and when it is polled, in their order. Titles name the line of the checklist.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { childOf, clauseOf, found, namesWith, readMultistatus, responseAt } from "./multistatus.ts";
import type { Multistatus } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Answer, Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

const DAV = "{DAV:}";
const CAL = "{urn:ietf:params:xml:ns:caldav}";
const CS = "{http://calendarserver.org/ns/}";
const ICAL = "{http://apple.com/ns/ical/}";
const OK = "HTTP/1.1 200 OK";
const MISSING = "HTTP/1.1 404 Not Found";
const home = "/dav/calendars/ada/";
const unified = "/dav/calendars/ada/unified/";
const principal = "/dav/principals/ada/";
const declared =
  'xmlns:A="DAV:" xmlns:B="urn:ietf:params:xml:ns:caldav" xmlns:C="http://calendarserver.org/ns/" xmlns:D="http://apple.com/ns/ical/" xmlns:E="http://me.com/_namespace/"';

let world: UsersServer;
let anonymous: Send;
let mac: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  anonymous = sender(world.url, { userAgent: "macOS/15.1 (24B83) accountsd/113" });
  mac = sender(world.url, { login: world.userNamed("ada"), userAgent: "macOS/15.1 (24B83) dataaccessd/1.0" });
});

afterAll(() => world?.close());

function propfind(properties: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<A:propfind ${declared}><A:prop>${properties}</A:prop></A:propfind>`;
}

function proppatch(properties: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<A:propertyupdate ${declared}><A:set><A:prop>${properties}</A:prop></A:set></A:propertyupdate>`;
}

async function ask(path: string, depth: "0" | "1", properties: string): Promise<Multistatus> {
  const answer = await mac({
    method: "PROPFIND",
    path,
    headers: { depth, brief: "t" },
    body: propfind(properties),
  });
  expect(answer.statusLine).toBe("HTTP/1.1 207 Multi-Status");
  return readMultistatus(answer.text);
}

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
    const second = await ask("/dav/", "0", "<A:current-user-principal/><A:principal-URL/><A:resourcetype/>");
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
    const listed = await ask(home, "1", everything);
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
    const listed = await ask(home, "0", "<A:supported-report-set/>");
    const reports = found(responseAt(listed, home), `${DAV}supported-report-set`)?.children.map(
      (supported) => childOf(supported, `${DAV}report`)?.children[0]?.name,
    );
    expect(reports).toContain(`${DAV}sync-collection`);
  });
});

describe("first run", () => {
  test("A14: colour, order, time zone and name are set, answered 200 and read back identical and single", async () => {
    const zone =
      "BEGIN:VCALENDAR&#13;\nVERSION:2.0&#13;\nPRODID:-//Apple Inc.//macOS 15.1//EN&#13;\nCALSCALE:GREGORIAN&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:Europe/Zurich&#13;\n" +
      "BEGIN:STANDARD&#13;\nTZOFFSETFROM:+0200&#13;\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU&#13;\nDTSTART:19961027T030000&#13;\nTZNAME:CET&#13;\nTZOFFSETTO:+0100&#13;\nEND:STANDARD&#13;\n" +
      "END:VTIMEZONE&#13;\nEND:VCALENDAR&#13;\n";
    const values = [
      [
        '<D:calendar-color symbolic-color="custom">#1BADF8FF</D:calendar-color>',
        `${ICAL}calendar-color`,
        "#1BADF8FF",
      ],
      ["<D:calendar-color>#711A76</D:calendar-color>", `${ICAL}calendar-color`, "#711A76"],
      ["<D:calendar-order>3</D:calendar-order>", `${ICAL}calendar-order`, "3"],
      ["<A:displayname>Everything</A:displayname>", `${DAV}displayname`, "Everything"],
      [
        `<B:calendar-timezone>${zone}</B:calendar-timezone>`,
        `${CAL}calendar-timezone`,
        zone.replaceAll("&#13;", "\r"),
      ],
    ] as const;
    for (const [element, name, text] of values) {
      const answer = await mac({ method: "PROPPATCH", path: unified, body: proppatch(element) });
      const changed = responseAt(readMultistatus(answer.text), unified);
      expect([
        answer.status,
        changed.propstats.map(({ statusLine }) => statusLine),
        namesWith(changed, OK),
      ]).toEqual([207, [OK], [name]]);
      const tag = element.slice(1, element.search(/[ >]/));
      const read = await mac({
        method: "PROPFIND",
        path: unified,
        headers: { depth: "0" },
        body: propfind(`<${tag}/>`),
      });
      expect(found(responseAt(readMultistatus(read.text), unified), name)?.text).toBe(text);
      expect(read.text.match(new RegExp(`${tag.slice(2)}[ >]`, "g"))?.length).toBe(2);
    }
  });

  test("A14: the symbolic colour's attribute comes back", async () => {
    await mac({
      method: "PROPPATCH",
      path: unified,
      body: proppatch('<D:calendar-color symbolic-color="red">#FF2968FF</D:calendar-color>'),
    });
    const listed = await ask(unified, "0", "<D:calendar-color/>");
    expect(found(responseAt(listed, unified), `${ICAL}calendar-color`)).toMatchObject({
      text: "#FF2968FF",
      attributes: { "symbolic-color": "red" },
    });
  });

  test("A14: transparency, and default alarms on the home", async () => {
    const transparent = await mac({
      method: "PROPPATCH",
      path: unified,
      body: proppatch("<B:schedule-calendar-transp><B:transparent/></B:schedule-calendar-transp>"),
    });
    expect(namesWith(responseAt(readMultistatus(transparent.text), unified), OK)).toEqual([
      `${CAL}schedule-calendar-transp`,
    ]);
    const read = await ask(unified, "0", "<B:schedule-calendar-transp/>");
    expect(
      found(responseAt(read, unified), `${CAL}schedule-calendar-transp`)?.children.map(({ name }) => name),
    ).toEqual([`${CAL}transparent`]);
    await mac({
      method: "PROPPATCH",
      path: unified,
      body: proppatch("<B:schedule-calendar-transp><B:opaque/></B:schedule-calendar-transp>"),
    });

    const alarm =
      "BEGIN:VALARM\nX-WR-ALARMUID:90AEA4CC\nUID:90AEA4CC\nTRIGGER;VALUE=DATE-TIME:19760401T005545Z\nACTION:NONE\nEND:VALARM\n";
    for (const name of ["default-alarm-vevent-datetime", "default-alarm-vevent-date"]) {
      const answer = await mac({
        method: "PROPPATCH",
        path: home,
        body: proppatch(`<B:${name}>${alarm}</B:${name}>`),
      });
      expect(namesWith(responseAt(readMultistatus(answer.text), home), OK)).toEqual([CAL + name]);
      const back = await ask(home, "0", `<B:${name}/>`);
      expect(found(responseAt(back, home), CAL + name)?.text).toBe(alarm);
    }
  });
});

describe("making calendars", () => {
  const made = `${home}0F2F8B1C-6D3B-4B43-9E3A-0E3C7C5C5E11/`;
  const zone =
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Apple Inc.//macOS 15.1//EN\nBEGIN:VTIMEZONE\nTZID:Europe/Zurich\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:19961027T030000\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n";

  function mkcalendar(component: string): string {
    return (
      `<?xml version="1.0" encoding="UTF-8"?>\n<B:mkcalendar ${declared}><A:set><A:prop>` +
      `<B:supported-calendar-component-set><B:comp name="${component}"/></B:supported-calendar-component-set>` +
      '<A:displayname>Choir</A:displayname><D:calendar-color symbolic-color="custom">#882F00FF</D:calendar-color><D:calendar-order>7</D:calendar-order>' +
      `<B:calendar-timezone>${zone}</B:calendar-timezone><B:calendar-free-busy-set><NO/></B:calendar-free-busy-set>` +
      "</A:prop></A:set></B:mkcalendar>"
    );
  }

  test.each(["VEVENT", "VTODO"])(
    "A15: MKCALENDAR for %s through the ingress keeps what it said",
    async (component) => {
      const answer = await mac({ method: "MKCALENDAR", path: made, body: mkcalendar(component) });
      expect([answer.status, answer.text]).toEqual([201, ""]);
      const response = responseAt(
        await ask(
          made,
          "0",
          "<B:supported-calendar-component-set/><A:displayname/><D:calendar-color/><D:calendar-order/><B:calendar-timezone/><A:resourcetype/>",
        ),
        made,
      );
      expect(
        found(response, `${CAL}supported-calendar-component-set`)?.children.map(
          ({ attributes }) => attributes["name"],
        ),
      ).toEqual([component]);
      expect([
        found(response, `${DAV}displayname`)?.text,
        found(response, `${ICAL}calendar-color`)?.text,
        found(response, `${ICAL}calendar-order`)?.text,
        found(response, `${CAL}calendar-timezone`)?.text,
      ]).toEqual(["Choir", "#882F00FF", "7", zone]);
      expect(found(response, `${DAV}resourcetype`)?.children.map(({ name }) => name)).toEqual([
        `${DAV}collection`,
        `${CAL}calendar`,
      ]);
      const again = await mac({ method: "MKCALENDAR", path: made, body: mkcalendar(component) });
      expect([again.status, clauseOf(again.text)]).toEqual([403, `${DAV}resource-must-be-null`]);
      expect((await mac({ method: "DELETE", path: made })).status).toBe(204);
      expect((await mac({ method: "PROPFIND", path: made, headers: { depth: "0" } })).status).toBe(404);
    },
  );

  test("A17: a subscription is refused in words, never an empty calendar", async () => {
    const answer = await mac({
      method: "MKCALENDAR",
      path: made,
      body: `<B:mkcalendar ${declared}><A:set><A:prop><A:resourcetype><A:collection/><C:subscribed/></A:resourcetype><C:source><A:href>webcal://example.com/holidays.ics</A:href></C:source></A:prop></A:set></B:mkcalendar>`,
    });
    expect(answer.status).toBe(207);
    expect(answer.text).toContain("HTTP/1.1 403 Forbidden");
    expect((await mac({ method: "PROPFIND", path: made, headers: { depth: "0" } })).status).toBe(404);
  });
});

async function poll(): Promise<{ ctag: string; token: string; homeCtag: string }> {
  const one = responseAt(await ask(unified, "0", "<C:getctag/><A:sync-token/>"), unified);
  const all = responseAt(await ask(home, "0", "<C:getctag/><A:sync-token/>"), home);
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
