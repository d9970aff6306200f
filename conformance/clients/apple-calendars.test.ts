// What macOS Calendar and iOS set on calendars on their first run, and how they make new ones. Titles name the line of the checklist.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { agent, ask, CAL, DAV, declared, home, ICAL, OK, propfind, proppatch, unified } from "./apple.ts";
import { clauseOf, found, namesWith, readMultistatus, responseAt } from "./multistatus.ts";
import { sender } from "./request.ts";
import type { Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

let world: UsersServer;
let mac: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  mac = sender(world.url, { login: world.userNamed("ada"), userAgent: agent });
});

afterAll(() => world?.close());

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
    const listed = await ask(mac, unified, "0", "<D:calendar-color/>");
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
    const read = await ask(mac, unified, "0", "<B:schedule-calendar-transp/>");
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
      const back = await ask(mac, home, "0", `<B:${name}/>`);
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
          mac,
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
