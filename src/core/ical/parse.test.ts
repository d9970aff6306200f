import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { limits } from "../limits.ts";
import { firstProperty, propertiesOf } from "./component.ts";
import type { JCalComponent } from "./jcal.ts";
import { parseCalendar, utf8Length } from "./parse.ts";
import { serializeCalendar } from "./serialize.ts";

// A busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

function parsed(text: string): JCalComponent {
  const result = parseCalendar(text);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

function clauseOf(text: string): string {
  const result = parseCalendar(text);
  return result.ok
    ? "accepted"
    : result.error.kind === "precondition"
      ? result.error.clause
      : result.error.kind;
}

function withLines(...lines: readonly string[]): string {
  return ["BEGIN:VCALENDAR", "BEGIN:VEVENT", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
}

function event(...lines: readonly string[]): JCalComponent {
  const [component] = parsed(withLines(...lines))[2];
  if (component === undefined) throw new Error("no component");
  return component;
}

describe("parseCalendar: what real programs write", () => {
  it.each([
    ["a byte order mark", "\uFEFFBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"],
    ["text behind END:VCALENDAR", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n-- \r\nsent by a list server\r\n"],
    ["bare LF", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"],
    ["CR alone", "BEGIN:VCALENDAR\rEND:VCALENDAR\r"],
    ["CR CR LF", "BEGIN:VCALENDAR\r\r\nEND:VCALENDAR\r\r\n"],
    ["lower case", "begin:vcalendar\r\nend:vcalendar\r\n"],
    ["blank lines", "\r\nBEGIN:VCALENDAR\r\n\r\nEND:VCALENDAR"],
  ])("reads %s", (_name, text) => {
    expect(parsed(text)).toEqual(["vcalendar", [], []]);
  });

  it("unfolds lines with a space and with a tab (RFC 5545 3.1)", () => {
    expect(event("SUMMARY:This is a lo", " ng descrip", "\ttion")[1]).toEqual([
      ["summary", {}, "text", "This is a long description"],
    ]);
  });

  it("tells a date by its text when VALUE=DATE is missing or wrong", () => {
    expect(event("DTSTART:20260115")[1]).toEqual([["dtstart", {}, "date", "2026-01-15"]]);
    expect(event("DTSTART;VALUE=DATE:20260115T090000")[1]).toEqual([
      ["dtstart", {}, "date-time", "2026-01-15T09:00:00"],
    ]);
  });

  it("keeps every value of an RDATE list, periods too", () => {
    expect(event("RDATE;VALUE=PERIOD:20260101T090000Z/PT1H,20260102T090000Z/20260102T100000Z")[1]).toEqual([
      [
        "rdate",
        {},
        "period",
        ["2026-01-01T09:00:00Z", "PT1H"],
        ["2026-01-02T09:00:00Z", "2026-01-02T10:00:00Z"],
      ],
    ]);
  });

  it("keeps RRULE and EXRULE as they are written, however broken", () => {
    expect(event("RRULE:FREQ=SOMETIMES;;X")[1]).toEqual([["rrule", {}, "recur", "FREQ=SOMETIMES;;X"]]);
  });

  it("reads a list of quoted parameter values behind other parameters (RFC 5545 3.2.11)", () => {
    const line =
      'ATTENDEE;CN=x;MEMBER="mailto:a@example.com","mailto:b@example.com","mailto:c@example.com":mailto:j@example.com';
    const property = firstProperty(event(line), "attendee");
    expect(property?.[1]).toEqual({
      cn: "x",
      member: ["mailto:a@example.com", "mailto:b@example.com", "mailto:c@example.com"],
    });
    expect(property?.[3]).toBe("mailto:j@example.com");
  });

  it("reads the parameter escapes of RFC 6868 3.1", () => {
    const property = firstProperty(
      event("ATTENDEE;CN=George Herman ^'Babe^' Ruth:mailto:babe@example.com"),
      "attendee",
    );
    expect(property?.[1]).toEqual({ cn: 'George Herman "Babe" Ruth' });
  });

  it("does not split quoted separators, and survives doubled ones", () => {
    const component = event(
      'DTSTART;TZID="(UTC+01:00) Brussels, Paris":20260115T090000',
      "X-A;;P=1:v",
      'X-B;CN=""4th floor"":v',
    );
    expect(component[1][0]?.[1]).toEqual({ tzid: "(UTC+01:00) Brussels, Paris" });
    expect(component[1][1]?.[1]).toEqual({ p: "1" });
    expect(component[1][2]?.[1]).toEqual({ cn: "4th floor" });
  });
});

describe("parseCalendar: what it refuses", () => {
  it.each([
    ["nothing", ""],
    ["HTML", "<html></html>"],
    ["a vCard", "BEGIN:VCARD\r\nEND:VCARD\r\n"],
    ["text in front", "Subject: x\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"],
    ["an unclosed component", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"],
    ["an end of something else", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"],
    ["one end too many", "END:VCALENDAR\r\n"],
    ["a line without a colon", withLines("SUMMARY")],
    ["a parameter without a value", withLines("DTSTART;TZID:20260115T090000")],
    ["an open quote", withLines('ATTENDEE;CN="x:mailto:a@example.com')],
    ["NUL", withLines("SUMMARY:a\u0000b")],
    ["a form feed, which XML cannot carry", withLines("SUMMARY:a\u000cb")],
    ["half a surrogate pair", withLines("SUMMARY:\ud83d")],
    ["__proto__ as a parameter", withLines("X-A;__proto__=x:v")],
    ["components nested too deep", "BEGIN:VCALENDAR\r\n".repeat(limits.icalDepthMax + 1)],
    ["too many properties", withLines(..."X:\r\n".repeat(limits.icalPropertiesMax).split("\r\n"))],
  ])("%s: valid-calendar-data", (_name, text) => {
    expect(clauseOf(text)).toBe("valid-calendar-data");
  });

  it("two calendars in one text: valid-calendar-object-resource (RFC 4791 4.1)", () => {
    expect(clauseOf("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")).toBe(
      "valid-calendar-object-resource",
    );
  });

  it("more octets than max-resource-size, counted in UTF-8", () => {
    const most = limits.resourceBytesMax;
    expect(clauseOf(withLines(`SUMMARY:${"x".repeat(most)}`))).toBe("max-resource-size");
    expect(clauseOf(withLines(`SUMMARY:${"ü".repeat(most / 2)}`))).toBe("max-resource-size");
    expect(clauseOf(withLines(`SUMMARY:${"x".repeat(most / 2)}`))).toBe("accepted");
  });

  it("never throws, whatever the text", () => {
    const fragment = fc.constantFrom(
      "BEGIN:VCALENDAR\n",
      "END:VCALENDAR\n",
      "BEGIN:VEVENT\n",
      "END:VEVENT\n",
      "RRULE:",
    );
    const piece = fc.oneof(
      fragment,
      fc.string({ unit: "binary" }),
      fc.constantFrom(";", ":", '"', ",", "\\", "\r", "\n", " "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        const result = parseCalendar(text);
        if (result.ok) expect(parsed(serializeCalendar(result.value))).toEqual(result.value);
      }),
      { numRuns: 1_000 },
    );
  });

  it("counts octets as UTF-8 does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", size: "large" }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
      { numRuns: 50 },
    );
  });
});

describe("serializeCalendar", () => {
  it("folds at 75 octets and never inside a character (RFC 5545 3.1)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400, size: "max" }), (text) => {
        const calendar: JCalComponent = ["vcalendar", [["summary", {}, "text", text]], []];
        const lines = serializeCalendar(calendar).split("\r\n");
        for (const line of lines) {
          expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
          expect(line.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("keeps newer and unknown properties, parameters and components word for word", () => {
    const text = [
      "BEGIN:VCALENDAR",
      "NAME:My\\, calendar",
      "REFRESH-INTERVAL;VALUE=DURATION:P1W",
      'X-UNKNOWN;X-P=a,b;X-Q="c:d",e:raw\\,text;with:marks',
      "BEGIN:VEVENT",
      "CONFERENCE;FEATURE=AUDIO,VIDEO;LABEL=^'x^';VALUE=URI:https://example.com/?a=1,2",
      "GEO:37.3860130;-122.50",
      "PRIORITY:03",
      "X-BIG;VALUE=INTEGER:12345678901234567890",
      "X-FLAG;VALUE=BOOLEAN:true",
      "REQUEST-STATUS:2.0;Success\\;yes;x",
      "LINK;LINKREL=SOURCE;VALUE=URI:https://example.com/",
      'STRUCTURED-DATA;FMTTYPE=application/ld+json;SCHEMA="https://schema.org/Sports";VALUE=TEXT:{"a":1\\,2}',
      "BEGIN:PARTICIPANT",
      "PARTICIPANT-TYPE:SPEAKER",
      "CALENDAR-ADDRESS:mailto:a@example.com",
      "END:PARTICIPANT",
      "BEGIN:VALARM",
      "TRIGGER;RELATED=END:-PT15M",
      "ACKNOWLEDGED:20260115T090000Z",
      "END:VALARM",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ].join("\r\n");
    expect(serializeCalendar(parsed(text)).replaceAll("\r\n ", "")).toBe(text);
  });

  it("lets no value end its line", () => {
    const calendar: JCalComponent = [
      "vcalendar",
      [
        ["url", { "x-p": 'a"\r\nBEGIN:VEVENT' }, "uri", "https://example.com/\r\nEND:VCALENDAR"],
        ["summary", {}, "text", "a\r\nb\rc"],
      ],
      [],
    ];
    const again = parsed(serializeCalendar(calendar));
    expect(again[2]).toEqual([]);
    expect(propertiesOf(again, "summary")).toEqual([["summary", {}, "text", "a\nb\nc"]]);
  });
});
