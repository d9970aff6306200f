// calendar-query and calendar-multiget: the examples of RFC 4791 7.8 and 7.9 as printed (where an example contradicts
// its own Appendix B, the appendix is the data and the text of the section decides), and checklist A13, O2, T4, A12.

import { describe, expect, it } from "vitest";
import { calendar, client, errorOf, event, HOME, ICAL, multistatus, type Answer } from "../testing/client.ts";
import { APPENDIX_B } from "../testing/rfc4791-appendix-b.ts";
import { ask, bernard, WORK } from "../testing/rfc4791-collection.ts";

const DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data";
const ETAG = "{DAV:}getetag";

/** 31,536,000 instances a year. */
const EVERY_SECOND = "RRULE:FREQ=SECONDLY";

function names(answer: Answer): readonly string[] {
  return [...multistatus(answer).keys()].map((href) => href.replace(WORK, "")).toSorted();
}

function data(answer: Answer, name: string): string {
  return (
    multistatus(answer)
      .get(WORK + name)
      ?.get(DATA)?.text ?? ""
  );
}

function query(filter: string, prop = "<D:getetag/>"): string {
  return (
    '<?xml version="1.0" encoding="utf-8" ?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">' +
    `<D:prop>${prop}</D:prop><C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter></C:calendar-query>`
  );
}

function multiget(...hrefs: string[]): string {
  return (
    '<?xml version="1.0" encoding="utf-8" ?><C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>' +
    `${hrefs.map((href) => `<D:href>${href}</D:href>`).join("")}</C:calendar-multiget>`
  );
}

describe("calendar-query (RFC 4791 7.8)", () => {
  it("Appendix B: everything, octet for octet", async () => {
    const work = await bernard();
    const answer = await ask(work, query("", "<D:getetag/><C:calendar-data/>"));
    expect(names(answer)).toEqual([...APPENDIX_B.keys()]);
    for (const [name, ical] of APPENDIX_B) {
      expect(data(answer, name)).toBe(ical);
      expect(
        multistatus(answer)
          .get(WORK + name)
          ?.get(ETAG)?.text,
      ).toMatch(/^"\S+"$/);
    }
  });

  it("7.8.1: partial retrieval of events by time range", async () => {
    const work = await bernard();
    const wanted = `<D:getetag/><C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT">
      <C:prop name="SUMMARY"/><C:prop name="UID"/><C:prop name="DTSTART"/><C:prop name="DTEND"/><C:prop name="DURATION"/>
      <C:prop name="RRULE"/><C:prop name="RDATE"/><C:prop name="EXRULE"/><C:prop name="EXDATE"/><C:prop name="RECURRENCE-ID"/>
      </C:comp><C:comp name="VTIMEZONE"/></C:comp></C:calendar-data>`;
    const range =
      '<C:comp-filter name="VEVENT"><C:time-range start="20060104T000000Z" end="20060105T000000Z"/></C:comp-filter>';
    const answer = await ask(work, query(range, wanted));
    expect(names(answer)).toEqual(["abcd2.ics", "abcd3.ics"]);
    const second = data(answer, "abcd2.ics");
    expect(second).toContain("SUMMARY:Event #2 bis");
    expect(second).toContain("RRULE:FREQ=DAILY;COUNT=5");
    expect(second).toContain("TZOFFSETFROM:-0500");
    expect(second).not.toContain("DTSTAMP");
    expect(second).not.toContain("PRODID");
    expect(data(answer, "abcd3.ics")).not.toMatch(/ATTENDEE|ORGANIZER|STATUS/);
  });

  it("7.8.3: expanded retrieval", async () => {
    const work = await bernard();
    const expand =
      '<C:calendar-data><C:expand start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>';
    const range =
      '<C:comp-filter name="VEVENT"><C:time-range start="20060103T000000Z" end="20060105T000000Z"/></C:comp-filter>';
    const answer = await ask(work, query(range, expand));
    expect(names(answer)).toEqual(["abcd2.ics", "abcd3.ics"]);
    const second = data(answer, "abcd2.ics");
    expect(second.match(/^DTSTART:.*$/gm)).toEqual(["DTSTART:20060103T170000Z", "DTSTART:20060104T190000Z"]);
    expect(second.match(/^RECURRENCE-ID:.*$/gm)).toEqual([
      "RECURRENCE-ID:20060103T170000Z",
      "RECURRENCE-ID:20060104T170000Z",
    ]);
    expect(second).not.toMatch(/RRULE|VTIMEZONE|TZID/);
  });

  it("7.8.6: an event by UID", async () => {
    const work = await bernard();
    const filter =
      '<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match collation="i;octet">DC6C50A017428C5216A2F1CD@example.com</C:text-match></C:prop-filter></C:comp-filter>';
    expect(names(await ask(work, query(filter)))).toEqual(["abcd3.ics"]);
  });

  it("7.8.7: events by PARTSTAT", async () => {
    const work = await bernard();
    const filter =
      '<C:comp-filter name="VEVENT"><C:prop-filter name="ATTENDEE"><C:text-match collation="i;ascii-casemap">mailto:lisa@example.com</C:text-match><C:param-filter name="PARTSTAT"><C:text-match collation="i;ascii-casemap">NEEDS-ACTION</C:text-match></C:param-filter></C:prop-filter></C:comp-filter>';
    expect(names(await ask(work, query(filter)))).toEqual(["abcd3.ics"]);
  });

  it("7.8.8: events only", async () => {
    const work = await bernard();
    expect(names(await ask(work, query('<C:comp-filter name="VEVENT"/>')))).toEqual([
      "abcd1.ics",
      "abcd2.ics",
      "abcd3.ics",
    ]);
  });

  it("7.8.9: pending to-dos", async () => {
    const work = await bernard();
    const filter =
      '<C:comp-filter name="VTODO"><C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter><C:prop-filter name="STATUS"><C:text-match negate-condition="yes">CANCELLED</C:text-match></C:prop-filter></C:comp-filter>';
    expect(names(await ask(work, query(filter)))).toEqual(["abcd4.ics", "abcd5.ics"]);
  });

  it("checklist A13: a time-range with a start only, and to-dos without any range", async () => {
    const work = await bernard();
    await work.send("PUT", `${WORK}late.ics`, event("late"), ICAL);
    const since = '<C:comp-filter name="VEVENT"><C:time-range start="20260101T000000Z"/></C:comp-filter>';
    expect(names(await ask(work, query(since)))).toEqual(["late.ics"]);
    expect(names(await ask(work, query('<C:comp-filter name="VTODO"/>')))).toHaveLength(4);
  });

  it("RFC 4791 7.3: floating times are read in the zone of the request, else of the calendar, else UTC", async () => {
    const work = await bernard();
    await work.send(
      "PUT",
      `${WORK}float.ics`,
      event("float", "DTSTART:20260302T233000", "DURATION:PT15M"),
      ICAL,
    );
    const zone = calendar("X", "x", []).replace(
      /BEGIN:X[\s\S]*END:X/,
      "BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:STANDARD\r\nDTSTART:20071104T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    );
    const range =
      '<C:comp-filter name="VEVENT"><C:time-range start="20260303T043000Z" end="20260303T044500Z"/></C:comp-filter>';
    const withZone = (element: string): string =>
      query(range).replace("</C:calendar-query>", `${element}</C:calendar-query>`);
    expect(names(await ask(work, query(range)))).toEqual([]);
    expect(
      names(await ask(work, withZone(`<C:timezone>${zone.replaceAll("\r", "&#13;")}</C:timezone>`))),
    ).toEqual(["float.ics"]);
    expect(names(await ask(work, withZone("<C:timezone-id>America/New_York</C:timezone-id>")))).toEqual([
      "float.ics",
    ]);
    const patch = `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><C:calendar-timezone xmlns:C="urn:ietf:params:xml:ns:caldav">${zone}</C:calendar-timezone></D:prop></D:set></D:propertyupdate>`;
    expect((await work.send("PROPPATCH", WORK, patch)).text).toContain("200 OK");
    expect(names(await ask(work, query(range)))).toEqual(["float.ics"]);
    expect(errorOf(await ask(work, withZone("<C:timezone>BEGIN:VCALENDAR</C:timezone>")))).toBe(
      "{urn:ietf:params:xml:ns:caldav}valid-calendar-data",
    );
  });

  it("checklist O2: Depth 0 means the calendar itself, but for Windows its members; without Depth the members", async () => {
    const work = await bernard();
    const body = query('<C:comp-filter name="VEVENT"/>');
    expect(names(await ask(work, body, { depth: "0" }))).toEqual([]);
    const windows = { depth: "0", "user-agent": "MSFT-WIN-3/10.0.14393" };
    expect(names(await ask(work, body, windows))).toHaveLength(3);
    expect(names(await ask(work, body, {}))).toHaveLength(3);
  });

  it("RFC 4791 7.2: on the home with Depth infinity over all calendars; on one object over that", async () => {
    const work = await bernard();
    const body = query('<C:comp-filter name="VEVENT"/>');
    expect(names(await work.send("REPORT", HOME, body, { depth: "infinity" }))).toHaveLength(3);
    expect(names(await work.send("REPORT", HOME, body, { depth: "1" }))).toEqual([]);
    expect(names(await work.send("REPORT", `${WORK}abcd1.ics`, body, { depth: "0" }))).toEqual(["abcd1.ics"]);
    expect(names(await work.send("REPORT", `${WORK}abcd4.ics`, body, { depth: "0" }))).toEqual([]);
  });

  it("parses nothing when the index proves the match and the data is wanted whole", async () => {
    const { store } = await bernard();
    const [first] = store.collections().flatMap(({ calendarId }) => store.members(calendarId));
    if (first === undefined) throw new Error("there is no member");
    const unreadable = { ...first, ical: "unread <&>" };
    const index = {
      ...store,
      candidates: () => ({ certain: [unreadable], possible: [] }),
      open: async () => [unreadable],
    };
    const filter = '<C:comp-filter name="VEVENT"><C:time-range start="20060101T000000Z"/></C:comp-filter>';
    const answer = await ask(client({ store: index }), query(filter, "<C:calendar-data/>"));
    expect(data(answer, first.name)).toBe("unread <&>");
  });

  const refused: readonly (readonly [string, string, string, number])[] = [
    [
      "an unknown collation",
      query(
        '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match collation="i;odd">x</C:text-match></C:prop-filter></C:comp-filter>',
      ),
      "supported-collation",
      403,
    ],
    [
      "a component where it cannot be",
      query('<C:comp-filter name="VTODO"><C:comp-filter name="VEVENT"/></C:comp-filter>'),
      "valid-filter",
      403,
    ],
    [
      "a time-range on a text property",
      query(
        '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:time-range start="20060101T000000Z"/></C:prop-filter></C:comp-filter>',
      ),
      "valid-filter",
      403,
    ],
    [
      "a local time in a time-range",
      query('<C:comp-filter name="VEVENT"><C:time-range start="20060101T000000"/></C:comp-filter>'),
      "valid-filter",
      403,
    ],
    [
      "a time-range that ends before it starts",
      query(
        '<C:comp-filter name="VEVENT"><C:time-range start="20060102T000000Z" end="20060101T000000Z"/></C:comp-filter>',
      ),
      "valid-filter",
      403,
    ],
    [
      "no filter",
      '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop/></C:calendar-query>',
      "valid-filter",
      403,
    ],
    ["a filter outside VCALENDAR", query("").replace("VCALENDAR", "VEVENT"), "valid-filter", 403],
    [
      "another media type",
      query("", '<C:calendar-data content-type="application/calendar+json"/>'),
      "supported-calendar-data",
      403,
    ],
  ];

  it.each(refused)("7.8 preconditions: %s", async (_, body, clause, status) => {
    const answer = await ask(await bernard(), body);
    expect(answer.status).toBe(status);
    expect(errorOf(answer)).toBe(`{urn:ietf:params:xml:ns:caldav}${clause}`);
  });

  it("an empty time-range is a bad request", async () => {
    const answer = await ask(
      await bernard(),
      query('<C:comp-filter name="VEVENT"><C:time-range/></C:comp-filter>'),
    );
    expect(answer.status).toBe(400);
  });

  it("an object that cannot be expanded within the limits is refused alone", async () => {
    const work = await bernard();
    await work.send(
      "PUT",
      `${WORK}endless.ics`,
      event("endless", "DTSTART:20060101T000000Z", EVERY_SECOND),
      ICAL,
    );
    const expand =
      '<D:getetag/><C:calendar-data><C:expand start="20060101T000000Z" end="20070101T000000Z"/></C:calendar-data>';
    const answer = await ask(work, query('<C:comp-filter name="VEVENT"/>', expand));
    expect(data(answer, "abcd2.ics")).toContain("RECURRENCE-ID:20060104T170000Z");
    const never = multistatus(answer).get(`${WORK}endless.ics`);
    expect(never?.get(DATA)?.status).toBe(403);
    expect(never?.get(ETAG)?.status).toBe(200);
    expect(answer.text).toContain("<D:error><C:max-instances/></D:error>");
  });

  it("RFC 8144 2.1: minimal answers leave out what was not found", async () => {
    const work = await bernard();
    const body = query('<C:comp-filter name="VEVENT"/>', "<D:getetag/><D:bogus/>");
    const full = multistatus(await ask(work, body)).get(`${WORK}abcd1.ics`);
    expect(full?.get("{DAV:}bogus")?.status).toBe(404);
    const minimal = multistatus(await ask(work, body, { depth: "1", prefer: "return=minimal" })).get(
      `${WORK}abcd1.ics`,
    );
    expect([...(minimal?.keys() ?? [])]).toEqual([ETAG]);
  });
});

describe("calendar-multiget (RFC 4791 7.9)", () => {
  it("7.9.1: the example; checklist T4: with Depth 1 as well", async () => {
    const work = await bernard();
    for (const headers of [{}, { depth: "1" }, { depth: "0" }]) {
      const answer = await ask(work, multiget(`${WORK}abcd1.ics`, `${WORK}mtg1.ics`), headers);
      expect(data(answer, "abcd1.ics")).toBe(APPENDIX_B.get("abcd1.ics"));
      expect(multistatus(answer).get(`${WORK}mtg1.ics`)?.get("status")?.status).toBe(404);
    }
  });

  it("checklist O5, O1: hrefs encoded in any way, absolute, and of other places", async () => {
    const work = await bernard();
    await work.send("PUT", `${WORK}a%20%40b.ics`, event("x"), ICAL);
    await work.send("PUT", `${HOME}unified/elsewhere.ics`, event("elsewhere"), ICAL);
    const answer = await ask(
      work,
      multiget(
        `https://cal.example.com${WORK}abcd1.ics`,
        `${WORK}%61bcd2.ics`,
        `${WORK}a%20%40b.ics`,
        "/dav/calendars/bob/work/abcd1.ics",
        `${HOME}unified/elsewhere.ics`,
        "abcd1.ics",
        `${WORK}%zz.ics`,
        "",
      ),
    );
    const found = [...multistatus(answer)].filter(([, properties]) => properties.get(DATA) !== undefined);
    expect(found.map(([href]) => href)).toEqual([
      `${WORK}abcd1.ics`,
      `${WORK}abcd2.ics`,
      `${WORK}a%20@b.ics`,
    ]);
    expect(multistatus(answer).size).toBe(8);
  });

  it("is refused without an href and with too many", async () => {
    const work = await bernard();
    expect((await ask(work, multiget())).status).toBe(400);
    expect((await ask(work, multiget(...Array.from({ length: 5001 }, () => `${WORK}a`)))).status).toBe(413);
  });
});
