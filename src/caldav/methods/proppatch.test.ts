// PROPPATCH (RFC 4918 9.2), MKCOL (RFC 5689) and MKCALENDAR (RFC 4791 5.3.1); checklist A14 to A17.

import { describe, expect, it } from "vitest";
import {
  client,
  errorOf,
  event,
  HOME,
  ICAL,
  multistatus,
  PRINCIPAL,
  propfindBody,
  propertiesOf,
  property,
  rootOf,
  UNIFIED,
  type Client,
} from "../testing/client.ts";

const C = (local: string): string => `{urn:ietf:params:xml:ns:caldav}${local}`;
const APPLE = "http://apple.com/ns/ical/";

const ZONE = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:-//Apple Inc.//macOS 15.1//EN",
  "BEGIN:VTIMEZONE",
  "TZID:Europe/Berlin",
  "BEGIN:STANDARD",
  "DTSTART:19961027T030000",
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  "TZNAME:CET",
  "TZOFFSETFROM:+0200",
  "TZOFFSETTO:+0100",
  "END:STANDARD",
  "END:VTIMEZONE",
  "END:VCALENDAR",
  "",
].join("\r\n");

function update(...instructions: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><A:propertyupdate xmlns:A="DAV:">${instructions.join("")}</A:propertyupdate>`;
}

function set(...elements: string[]): string {
  return `<A:set><A:prop>${elements.join("")}</A:prop></A:set>`;
}

async function read({ send }: Client, path: string, ...names: string[]) {
  const answer = await send("PROPFIND", path, propfindBody(...names), { depth: "0" });
  return multistatus(answer).get(path) ?? new Map();
}

describe("PROPPATCH", () => {
  it("checklist A14: what Apple sets on its first run reads back single and identical", async () => {
    const alice = client();
    const color = `<D:calendar-color xmlns:D="${APPLE}" symbolic-color="custom">#FF2968FF</D:calendar-color>`;
    const answer = await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(
        set(color),
        set(`<D:calendar-order xmlns:D="${APPLE}">7</D:calendar-order>`),
        set(
          `<B:calendar-timezone xmlns:B="urn:ietf:params:xml:ns:caldav">${ZONE.replaceAll("\r", "&#13;")}</B:calendar-timezone>`,
        ),
        set("<A:displayname>Zuhause &amp; Büro</A:displayname>"),
        set(
          '<B:schedule-calendar-transp xmlns:B="urn:ietf:params:xml:ns:caldav"><B:transparent/></B:schedule-calendar-transp>',
        ),
        set(
          '<B:calendar-free-busy-set xmlns:B="urn:ietf:params:xml:ns:caldav"><B:NO/></B:calendar-free-busy-set>',
        ),
      ),
    );
    expect([...(multistatus(answer).get(UNIFIED)?.values() ?? [])].map(({ status }) => status)).toEqual(
      Array(6).fill(200),
    );
    const found = await read(
      alice,
      UNIFIED,
      "D:calendar-color",
      "D:calendar-order",
      "B:calendar-timezone",
      "A:displayname",
      "B:schedule-calendar-transp",
      "B:calendar-free-busy-set",
    );
    expect(found.get(`{${APPLE}}calendar-color`)?.outer).toBe(color);
    expect(found.get(`{${APPLE}}calendar-order`)?.text).toBe("7");
    expect(found.get(C("calendar-timezone"))?.text).toBe(ZONE);
    expect(found.get(C("calendar-timezone"))?.inner).toBe(ZONE.replaceAll("\r", "&#13;"));
    expect(found.get("{DAV:}displayname")?.text).toBe("Zuhause & Büro");
    expect(found.get(C("schedule-calendar-transp"))?.inner).toBe("<C:transparent/>");
    expect(found.get(C("calendar-free-busy-set"))?.inner).toBe("<B:NO/>");
    const all = await alice.send("PROPFIND", UNIFIED, null, { depth: "0" });
    expect(all.text.match(/displayname>/g)).toHaveLength(2);
    expect(all.text).not.toContain("calendar-color");
    expect(alice.store.collection("unified")).toMatchObject({
      color: "#FF2968FF",
      sortOrder: 7,
      timeZone: ZONE,
    });
  });

  it("a colour changed elsewhere is not hidden behind the element that Apple sent", async () => {
    const alice = client();
    await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(set(`<D:calendar-color xmlns:D="${APPLE}" symbolic-color="red">#FF0000FF</D:calendar-color>`)),
    );
    await alice.store.patchCollection(alice.store.collection("unified")?.calendarId ?? "home", {
      color: "#0000FF",
    });
    const found = await read(alice, UNIFIED, "D:calendar-color");
    expect(found.get(`{${APPLE}}calendar-color`)?.outer).toBe("<A:calendar-color>#0000FF</A:calendar-color>");
  });

  it("checklist A14: default alarms on the home", async () => {
    const alice = client();
    const alarm =
      "BEGIN:VALARM&#13;\nACTION:NONE&#13;\nTRIGGER;VALUE=DATE-TIME:19760401T005545Z&#13;\nEND:VALARM&#13;\n";
    const element = `<B:default-alarm-vevent-datetime xmlns:B="urn:ietf:params:xml:ns:caldav">${alarm}</B:default-alarm-vevent-datetime>`;
    expect((await alice.send("PROPPATCH", HOME, update(set(element)))).text).toContain("200 OK");
    const found = await read(alice, HOME, "B:default-alarm-vevent-datetime");
    expect(found.get(C("default-alarm-vevent-datetime"))?.outer).toBe(element);
  });

  it("RFC 4918 4.3: dead properties come back octet for octet, also in mixed content and with inherited prefixes", async () => {
    const alice = client();
    const element =
      "<q:note  x='1'\r\n>a<!-- c --><q:b xml:space=\"preserve\">&#13; <![CDATA[<&]]></q:b>😀</q:note >";
    const body = `<A:propertyupdate xmlns:A="DAV:" xmlns:q="urn:q" xml:lang="de">${set(element)}</A:propertyupdate>`;
    for (const path of [UNIFIED, HOME, PRINCIPAL]) {
      expect((await alice.send("PROPPATCH", path, body)).text).toContain("200 OK");
      const answer = await alice.send(
        "PROPFIND",
        path,
        '<D:propfind xmlns:D="DAV:"><D:prop><note xmlns="urn:q"/></D:prop></D:propfind>',
        { depth: "0" },
      );
      expect(property(answer, path, "{urn:q}note")?.outer).toBe(
        element.replace("<q:note", '<q:note xmlns:q="urn:q" xml:lang="de"'),
      );
    }
  });

  it("RFC 4918 9.2: a protected property is refused with its clause, everything else is 424 and unchanged", async () => {
    const alice = client();
    const answer = await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(
        set("<A:displayname>New</A:displayname>"),
        set("<A:getetag>x</A:getetag>"),
        set('<z:p xmlns:z="urn:z"/>'),
        "<A:remove><A:prop><A:resourcetype/></A:prop></A:remove>",
      ),
    );
    const found = multistatus(answer).get(UNIFIED);
    expect(found?.get("{DAV:}getetag")?.status).toBe(403);
    expect(found?.get("{DAV:}resourcetype")?.status).toBe(403);
    expect(found?.get("{DAV:}displayname")?.status).toBe(424);
    expect(found?.get("{urn:z}p")?.status).toBe(424);
    expect(answer.text).toContain("<D:error><D:cannot-modify-protected-property/></D:error>");
    expect(alice.store.collection("unified")?.displayName).toBe("Unified");
    expect(alice.store.deadProperties(alice.store.collection("unified")?.calendarId ?? "home").size).toBe(0);
  });

  it("RFC 4918 9.2: instructions run in document order; remove of what is not there is no error", async () => {
    const alice = client();
    const z = '<z:p xmlns:z="urn:z">1</z:p>';
    await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(set(z), "<A:remove><A:prop><z:p xmlns:z='urn:z'/></A:prop></A:remove>"),
    );
    expect((await alice.send("PROPFIND", UNIFIED, null, { depth: "0" })).text).not.toContain("urn:z");
    const answer = await alice.send(
      "PROPPATCH",
      UNIFIED,
      update("<A:remove><A:prop><z:p xmlns:z='urn:z'/></A:prop></A:remove>", set(z)),
    );
    expect(answer.status).toBe(207);
    expect((await alice.send("PROPFIND", UNIFIED, null, { depth: "0" })).text).toContain(z);
  });

  it("RFC 4791 5.2.10: a calendar-timezone that is no VTIMEZONE is refused with valid-calendar-data", async () => {
    const answer = await client().send(
      "PROPPATCH",
      UNIFIED,
      update(
        set(
          `<B:calendar-timezone xmlns:B="urn:ietf:params:xml:ns:caldav">Europe/Berlin</B:calendar-timezone>`,
        ),
      ),
    );
    expect(property(answer, UNIFIED, C("calendar-timezone"))?.status).toBe(403);
    expect(answer.text).toContain("<D:error><C:valid-calendar-data/></D:error>");
  });

  it("values that make no sense are 409; an oversized one is 507; members take none", async () => {
    const alice = client();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const order = await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(set(`<D:calendar-order xmlns:D="${APPLE}">first</D:calendar-order>`)),
    );
    expect(property(order, UNIFIED, `{${APPLE}}calendar-order`)?.status).toBe(409);
    const large = await alice.send(
      "PROPPATCH",
      UNIFIED,
      update(set(`<z:p xmlns:z="urn:z">${"x".repeat(70_000)}</z:p>`)),
    );
    expect(property(large, UNIFIED, "{urn:z}p")?.status).toBe(507);
    const member = await alice.send("PROPPATCH", `${UNIFIED}a.ics`, update(set('<z:p xmlns:z="urn:z"/>')));
    expect(property(member, `${UNIFIED}a.ics`, "{urn:z}p")?.status).toBe(403);
    expect((await alice.send("PROPPATCH", UNIFIED, update())).status).toBe(400);
    expect((await alice.send("PROPPATCH", UNIFIED)).status).toBe(400);
  });

  it("RFC 8144 2.2: a minimal success is 200 without a body, a failure is told in full", async () => {
    const alice = client();
    const good = await alice.send("PROPPATCH", UNIFIED, update(set("<A:displayname>N</A:displayname>")), {
      prefer: "return=minimal",
    });
    expect([good.status, good.text, good.headers.get("preference-applied")]).toEqual([
      200,
      "",
      "return=minimal",
    ]);
    const bad = await alice.send("PROPPATCH", UNIFIED, update(set("<A:getetag/>")), {
      prefer: "return=minimal",
    });
    expect(property(bad, UNIFIED, "{DAV:}getetag")?.status).toBe(403);
  });
});

describe("MKCALENDAR and MKCOL", () => {
  const marked = { "x-tm-method": "MKCALENDAR" };

  it("RFC 4791 5.3.1.2: the example creates the calendar with its properties", async () => {
    const alice = client();
    const body = `<?xml version="1.0" encoding="utf-8" ?>
      <C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
        <D:displayname>Lisa's Events</D:displayname>
        <C:calendar-description xml:lang="en">Calendar restricted to events.</C:calendar-description>
        <C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
        <C:calendar-timezone><![CDATA[${ZONE.replaceAll("\r", "")}]]></C:calendar-timezone>
      </D:prop></D:set></C:mkcalendar>`;
    const answer = await alice.send("MKCOL", `${HOME}events/`, body);
    expect([answer.status, answer.text, answer.headers.get("cache-control")]).toEqual([201, "", "no-cache"]);
    const found = await read(
      alice,
      `${HOME}events/`,
      "A:resourcetype",
      "A:displayname",
      "B:calendar-description",
      "B:supported-calendar-component-set",
    );
    expect(found.get("{DAV:}resourcetype")?.inner).toBe("<D:collection/><C:calendar/>");
    expect(found.get("{DAV:}displayname")?.text).toBe("Lisa's Events");
    expect(found.get(C("calendar-description"))?.outer).toContain('xml:lang="en"');
    expect(found.get(C("supported-calendar-component-set"))?.inner).toBe('<C:comp name="VEVENT"/>');
  });

  it("checklist A15: iOS's body, and the component set holds", async () => {
    const alice = client();
    const body = `<B:mkcalendar xmlns:B="urn:ietf:params:xml:ns:caldav"><A:set xmlns:A="DAV:"><A:prop>
      <B:calendar-free-busy-set><B:NO/></B:calendar-free-busy-set>
      <B:supported-calendar-component-set><B:comp name="VTODO"/></B:supported-calendar-component-set>
      <D:calendar-order xmlns:D="${APPLE}">3</D:calendar-order><D:calendar-color xmlns:D="${APPLE}" symbolic-color="green">#63DA38FF</D:calendar-color>
      <B:calendar-timezone>${ZONE.replaceAll("\r", "&#13;")}</B:calendar-timezone><A:displayname>Reminders</A:displayname>
      </A:prop></A:set></B:mkcalendar>`;
    expect((await alice.send("MKCOL", `${HOME}3F8B1A52-8D9C/`, body, marked)).status).toBe(201);
    const path = `${HOME}3F8B1A52-8D9C/`;
    const found = await read(
      alice,
      path,
      "B:supported-calendar-component-set",
      "D:calendar-color",
      "D:calendar-order",
    );
    expect(found.get(C("supported-calendar-component-set"))?.inner).toBe('<C:comp name="VTODO"/>');
    expect(found.get(`{${APPLE}}calendar-color`)?.outer).toContain('symbolic-color="green"');
    const put = await alice.send("PUT", `${path}e.ics`, event("e"), ICAL);
    expect(errorOf(put)).toBe(C("supported-calendar-component"));
  });

  it("RFC 5689 3.1: extended MKCOL, and plain MKCOL and MKCALENDAR without a body", async () => {
    const alice = client();
    const body =
      '<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>X</D:displayname></D:prop></D:set></D:mkcol>';
    expect((await alice.send("MKCOL", `${HOME}a/`, body)).status).toBe(201);
    expect((await alice.send("MKCOL", `${HOME}b`)).status).toBe(201);
    expect((await alice.send("MKCALENDAR", `${HOME}c/`)).status).toBe(201);
    expect((await alice.send("MKCOL", `${HOME}d%20%C3%A4/`, null, marked)).status).toBe(201);
    const list = multistatus(await alice.send("PROPFIND", HOME, null, { depth: "1" }));
    for (const name of ["a/", "b/", "c/", "d%20%C3%A4/"]) expect([...list.keys()]).toContain(HOME + name);
  });

  it("RFC 5689 3.3: an unknown resource type is 403 with DAV:valid-resourcetype in mkcol-response, the rest 424", async () => {
    const body = `<D:mkcol xmlns:D="DAV:" xmlns:E="http://example.com/ns/"><D:set><D:prop>
      <D:resourcetype><D:collection/><E:special-resource/></D:resourcetype><D:displayname>Special Resource</D:displayname>
      </D:prop></D:set></D:mkcol>`;
    const alice = client();
    const answer = await alice.send("MKCOL", `${HOME}special/`, body);
    expect(answer.status).toBe(403);
    expect(rootOf(answer).name).toBe("{DAV:}mkcol-response");
    const found = propertiesOf(rootOf(answer));
    expect(found.get("{DAV:}resourcetype")?.status).toBe(403);
    expect(found.get("{DAV:}displayname")?.status).toBe(424);
    expect(answer.text).toContain("<D:error><D:valid-resourcetype/></D:error>");
    expect(alice.store.collection("special")).toBeUndefined();
  });

  it("RFC 4791 5.3.1.1: MKCALENDAR that cannot set a property is 207 and creates nothing", async () => {
    const alice = client();
    const body =
      '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:getetag>x</D:getetag><D:displayname>D</D:displayname></D:prop></D:set></C:mkcalendar>';
    const found = multistatus(await alice.send("MKCOL", `${HOME}no/`, body)).get(`${HOME}no/`);
    expect(found?.get("{DAV:}getetag")?.status).toBe(403);
    expect(found?.get("{DAV:}displayname")?.status).toBe(424);
    expect((await alice.send("GET", `${HOME}no/`)).status).toBe(404);
  });

  it("checklist A17: a subscription is refused in words, not turned into an empty calendar", async () => {
    const alice = client();
    const body =
      '<B:mkcalendar xmlns:B="urn:ietf:params:xml:ns:caldav" xmlns:C="http://calendarserver.org/ns/"><A:set xmlns:A="DAV:"><A:prop><A:resourcetype><A:collection/><C:subscribed/></A:resourcetype><C:source><A:href>webcal://example.com/x.ics</A:href></C:source></A:prop></A:set></B:mkcalendar>';
    const answer = await alice.send("MKCOL", `${HOME}sub/`, body, marked);
    expect(property(answer, `${HOME}sub/`, "{DAV:}resourcetype")?.status).toBe(403);
    expect(answer.text).toContain("<D:responsedescription>Subscriptions cannot be stored here");
    expect(alice.store.collection("sub")).toBeUndefined();
  });

  it("RFC 4791 5.3.1: on something that exists, below a calendar, in a reserved place", async () => {
    const alice = client();
    const taken = await alice.send("MKCOL", UNIFIED, null, marked);
    expect([taken.status, errorOf(taken)]).toEqual([403, "{DAV:}resource-must-be-null"]);
    const plain = await alice.send("MKCOL", UNIFIED);
    expect([plain.status, plain.headers.get("allow")?.includes("MKCOL")]).toEqual([405, false]);
    for (const path of [
      `${UNIFIED}sub/`,
      `${HOME}inbox/`,
      "/dav/calendars/bob/x/",
      "/dav/x/",
      `${HOME}${"a".repeat(256)}/`,
    ]) {
      const answer = await alice.send("MKCOL", path, null, marked);
      expect([answer.status, errorOf(answer)], path).toEqual([403, C("calendar-collection-location-ok")]);
    }
    expect((await alice.send("MKCOL", `${HOME}y/`, '<x:y xmlns:x="urn:x"/>')).status).toBe(415);
  });

  it("DELETE of a created calendar takes its members along", async () => {
    const alice = client();
    await alice.send("MKCOL", `${HOME}w/`);
    await alice.send("PUT", `${HOME}w/a.ics`, event("a"), ICAL);
    expect((await alice.send("DELETE", `${HOME}w/`, null, { depth: "1" })).status).toBe(400);
    expect((await alice.send("DELETE", `${HOME}w/`)).status).toBe(204);
    expect((await alice.send("GET", `${HOME}w/a.ics`)).status).toBe(404);
    expect((await alice.send("PROPFIND", `${HOME}w/`, null, { depth: "0" })).status).toBe(404);
  });
});
