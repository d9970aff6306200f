// RFC 4791 7.8 and 9.7 to 9.9 on the data of its Appendix B.

import { describe, expect, it } from "vitest";
import { appendixB, calendarObject } from "../testing/rfc4791-appendix-b.ts";
import { parseDateTime } from "./civil.ts";
import { matchesFilter, type CompFilter, type PropFilter } from "./filter.ts";
import { ianaZone, UTC } from "./zone.ts";

function instant(text: string | null): number | null {
  return text === null ? null : (parseDateTime(text)?.civil ?? null);
}

function range(start: string | null, end: string | null): { start: number | null; end: number | null } {
  return { start: instant(start), end: instant(end) };
}

function comp(name: string, parts: Partial<CompFilter> = {}): CompFilter {
  return { name, isNotDefined: false, timeRange: null, compFilters: [], propFilters: [], ...parts };
}

function prop(name: string, parts: Partial<PropFilter> = {}): PropFilter {
  return { name, isNotDefined: false, timeRange: null, textMatch: null, paramFilters: [], ...parts };
}

function contains(text: string, negate = false, collation = "i;ascii-casemap"): Partial<PropFilter> {
  return { textMatch: { collation, text, negate } };
}

function inCalendar(...compFilters: readonly CompFilter[]): CompFilter {
  return comp("VCALENDAR", { compFilters });
}

const eastern = ianaZone("US/Eastern") ?? UTC;

function selected(filter: CompFilter): readonly string[] {
  return Object.entries(appendixB)
    .filter(([, object]) => matchesFilter(object, filter, eastern))
    .map(([name]) => name);
}

function matches(lines: string, filter: CompFilter): boolean {
  return matchesFilter(calendarObject(lines), inCalendar(filter), UTC);
}

function pendingAlarm(from: string, to: string): CompFilter {
  return inCalendar(comp("VTODO", { compFilters: [comp("VALARM", { timeRange: range(from, to) })] }));
}

/** "-" is an open side. */
function inUtc(text: string): string | null {
  return text === "-" ? null : `${text}Z`;
}

/** Whether an alarm of a weekly event at 09:00 to 10:00 from 2026-01-05 on rings inside. */
function rings(trigger: string, start: string, end: string): boolean {
  return matches(
    `BEGIN:VEVENT\nUID:1\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nRRULE:FREQ=WEEKLY\nBEGIN:VALARM\nACTION:DISPLAY\n${trigger}\nEND:VALARM\nEND:VEVENT`,
    comp("VEVENT", { compFilters: [comp("VALARM", { timeRange: range(`${start}Z`, `${end}Z`) })] }),
  );
}

/** Whether a time property of a weekly event with a DURATION lies inside. */
function within(name: string, start: string, end: string): boolean {
  return matches(
    "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT",
    comp("VEVENT", { propFilters: [prop(name, { timeRange: range(`${start}Z`, `${end}Z`) })] }),
  );
}

describe("RFC 4791 7.8: the examples", () => {
  it("7.8.1 and 7.8.2: events in a time range", () => {
    const filter = inCalendar(comp("VEVENT", { timeRange: range("20060104T000000Z", "20060105T000000Z") }));
    expect(selected(filter)).toEqual(["abcd2", "abcd3"]);
  });

  it("7.8.4: free-busy components in a time range", () => {
    const filter = inCalendar(
      comp("VFREEBUSY", { timeRange: range("20060102T000000Z", "20060103T000000Z") }),
    );
    expect(selected(filter)).toEqual(["abcd8"]);
  });

  it("7.8.5: to-dos by the time of their alarm", () => {
    // "TRIGGER;RELATED=START:-PT10M" before DUE;VALUE=DATE:20060106 in US/Eastern.
    expect(selected(pendingAlarm("20060106T044000Z", "20060106T050000Z"))).toEqual(["abcd5"]);
    expect(selected(pendingAlarm("20060106T045001Z", "20060107T100000Z"))).toEqual([]);
  });

  it("7.8.6: an event by its UID, with i;octet", () => {
    const uid = prop("UID", contains("DC6C50A017428C5216A2F1CD@example.com", false, "i;octet"));
    expect(selected(inCalendar(comp("VEVENT", { propFilters: [uid] })))).toEqual(["abcd3"]);
  });

  it("7.8.7: an event by an attendee who has not answered", () => {
    const attendee = prop("ATTENDEE", {
      ...contains("mailto:lisa@example.com"),
      paramFilters: [
        {
          name: "PARTSTAT",
          isNotDefined: false,
          textMatch: { collation: "i;ascii-casemap", text: "needs-action", negate: false },
        },
      ],
    });
    expect(selected(inCalendar(comp("VEVENT", { propFilters: [attendee] })))).toEqual(["abcd3"]);
  });

  it("7.8.8: all events", () => {
    expect(selected(inCalendar(comp("VEVENT")))).toEqual(["abcd1", "abcd2", "abcd3"]);
  });

  it("7.8.9: all pending to-dos", () => {
    const filter = comp("VTODO", {
      propFilters: [prop("COMPLETED", { isNotDefined: true }), prop("STATUS", contains("CANCELLED", true))],
    });
    expect(selected(inCalendar(filter))).toEqual(["abcd4", "abcd5"]);
  });
});

describe("RFC 4791 9.7: components, properties, parameters", () => {
  const event =
    "BEGIN:VEVENT\nUID:1\nDTSTART:20260115T090000Z\nSUMMARY:Caf\\, très ÉLÉGANT\nATTENDEE;CN=A;ROLE=CHAIR:mailto:a@example.com\nATTENDEE;CN=B:mailto:b@example.com\nCATEGORIES:Work,Play\nEND:VEVENT";

  it.each<[string, boolean, CompFilter]>([
    ["no VTODO", true, comp("VTODO", { isNotDefined: true })],
    ["no VEVENT", false, comp("VEVENT", { isNotDefined: true })],
    ["no VALARM inside", true, comp("vevent", { compFilters: [comp("VALARM", { isNotDefined: true })] })],
    ["a VALARM inside", false, comp("VEVENT", { compFilters: [comp("VALARM")] })],
    ["a property that is there", true, comp("VEVENT", { propFilters: [prop("summary")] })],
    ["a property that is not there", false, comp("VEVENT", { propFilters: [prop("LOCATION")] })],
    ["text without escapes", true, comp("VEVENT", { propFilters: [prop("SUMMARY", contains("caf, tr"))] })],
    [
      "i;ascii-casemap leaves É alone",
      false,
      comp("VEVENT", { propFilters: [prop("SUMMARY", contains("élégant"))] }),
    ],
    [
      "i;unicode-casemap does not",
      true,
      comp("VEVENT", { propFilters: [prop("SUMMARY", contains("élégant", false, "i;unicode-casemap"))] }),
    ],
    [
      "i;octet minds the case",
      false,
      comp("VEVENT", { propFilters: [prop("SUMMARY", contains("CAF", false, "i;octet"))] }),
    ],
    [
      "text that is not there, negated",
      true,
      comp("VEVENT", { propFilters: [prop("SUMMARY", contains("tea", true))] }),
    ],
    [
      "a negated match needs the property",
      false,
      comp("VEVENT", { propFilters: [prop("LOCATION", contains("tea", true))] }),
    ],
    [
      "a later entry of a list",
      true,
      comp("VEVENT", { propFilters: [prop("CATEGORIES", contains("play"))] }),
    ],
    [
      "a parameter of the same property",
      false,
      comp("VEVENT", {
        propFilters: [
          prop("ATTENDEE", {
            ...contains("b@"),
            paramFilters: [{ name: "ROLE", isNotDefined: false, textMatch: null }],
          }),
        ],
      }),
    ],
    [
      "a parameter that is not defined",
      true,
      comp("VEVENT", {
        propFilters: [
          prop("ATTENDEE", { paramFilters: [{ name: "ROLE", isNotDefined: true, textMatch: null }] }),
        ],
      }),
    ],
    [
      "constructor is no parameter",
      false,
      comp("VEVENT", {
        propFilters: [
          prop("ATTENDEE", { paramFilters: [{ name: "constructor", isNotDefined: false, textMatch: null }] }),
        ],
      }),
    ],
  ])("%s: %s", (_name, expected, filter) => {
    expect(matches(event, filter)).toBe(expected);
  });

  it("all conditions must hold on one component", () => {
    const series =
      "BEGIN:VEVENT\nUID:1\nDTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:plain\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260112T090000Z\nDTSTART:20260112T090000Z\nSUMMARY:special\nEND:VEVENT";
    const find = (summary: string, day: string): boolean =>
      matches(
        series,
        comp("VEVENT", {
          timeRange: range(`${day}T000000Z`, `${day}T235959Z`),
          propFilters: [prop("SUMMARY", contains(summary))],
        }),
      );
    expect(find("special", "20260112")).toBe(true);
    expect(find("plain", "20260112")).toBe(false);
    expect(find("special", "20260119")).toBe(false);
    expect(find("plain", "20260119")).toBe(true);
  });
});

/** Each row: the properties, and for spans [s, e) around them whether they overlap. "-": open. */
function table(name: string, rows: readonly (readonly [string, string, string, boolean])[]): void {
  it.each(rows)(`${name} %s in [%s, %s): %s`, (lines, start, end, expected) => {
    const filter = comp(name, { timeRange: range(inUtc(start), inUtc(end)) });
    expect(matches(`BEGIN:${name}\nUID:1\n${lines.replaceAll(" ", "\n")}\nEND:${name}`, filter)).toBe(
      expected,
    );
  });
}

describe("RFC 4791 9.9: the tables", () => {
  table("VEVENT", [
    ["DTSTART:20260115T090000Z DTEND:20260115T100000Z", "20260115T100000", "20260115T110000", false],
    ["DTSTART:20260115T090000Z DTEND:20260115T100000Z", "20260115T095959", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DTEND:20260115T100000Z", "20260115T080000", "20260115T090000", false],
    ["DTSTART:20260115T090000Z DURATION:PT1H", "20260115T095959", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DURATION:PT0S", "20260115T090000", "20260115T110000", true],
    ["DTSTART:20260115T090000Z", "20260115T090000", "20260115T090001", true],
    ["DTSTART:20260115T090000Z", "20260115T080000", "20260115T090000", false],
    ["DTSTART;VALUE=DATE:20260115", "20260115T235959", "20260116T100000", true],
    ["DTSTART;VALUE=DATE:20260115", "20260116T000000", "20260116T100000", false],
    ["DTSTART:20260115T090000Z", "-", "20260116T000000", true],
    ["DTSTART:20260115T090000Z", "20260116T000000", "-", false],
    ["DTSTART:20060115T090000Z RRULE:FREQ=YEARLY", "20260116T000000", "-", true],
    ["DTSTART:20060115T090000Z RRULE:FREQ=YEARLY;UNTIL=20200101T000000Z", "20260116T000000", "-", false],
    ["DTSTART:20060115T090000Z RRULE:FREQ=YEARLY", "-", "20060101T000000", false],
    ["DTSTART:20060115T090000Z RRULE:FREQ=YEARLY", "-", "20060201T000000", true],
  ]);
  table("VTODO", [
    ["DTSTART:20260115T090000Z DURATION:PT1H", "20260115T100000", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DURATION:PT1H", "20260115T100001", "20260115T110000", false],
    ["DTSTART:20260115T090000Z DURATION:PT1H", "20260115T080000", "20260115T090000", false],
    ["DTSTART:20260115T090000Z DUE:20260115T100000Z", "20260115T100000", "20260115T110000", false],
    ["DTSTART:20260115T090000Z DUE:20260115T100000Z", "20260115T095959", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DUE:20260115T090000Z", "20260115T090000", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DUE:20260115T090000Z", "20260115T080000", "20260115T090000", true],
    ["DTSTART:20260115T090000Z", "20260115T090000", "20260115T110000", true],
    ["DTSTART:20260115T090000Z", "20260115T090001", "20260115T110000", false],
    ["DUE:20260115T090000Z", "20260115T080000", "20260115T090000", true],
    ["DUE:20260115T090000Z", "20260115T090000", "20260115T100000", false],
    ["COMPLETED:20260115T090000Z CREATED:20260110T090000Z", "20260112T000000", "20260113T000000", true],
    ["COMPLETED:20260115T090000Z CREATED:20260110T090000Z", "20260116T000000", "20260117T000000", false],
    ["COMPLETED:20260115T090000Z", "20260115T080000", "20260115T090000", true],
    ["COMPLETED:20260115T090000Z", "20260115T090001", "20260115T100000", false],
    ["CREATED:20260115T090000Z", "20260116T090000", "20260117T090000", true],
    ["CREATED:20260115T090000Z", "20260114T090000", "20260115T090000", false],
    ["SUMMARY:x", "20260116T090000", "20260117T090000", true],
    [
      "DTSTART:20260101T090000Z DUE:20260101T100000Z RRULE:FREQ=DAILY",
      "20260115T093000",
      "20260115T094000",
      true,
    ],
    ["DUE:20260101T100000Z RRULE:FREQ=DAILY", "20260115T093000", "20260115T101000", true],
  ]);
  table("VJOURNAL", [
    ["DTSTART:20260115T090000Z", "20260115T090000", "20260115T100000", true],
    ["DTSTART:20260115T090000Z", "20260115T090001", "20260115T100000", false],
    ["DTSTART;VALUE=DATE:20260115", "20260115T230000", "20260116T100000", true],
    ["SUMMARY:x", "20260115T230000", "20260116T100000", false],
  ]);
  table("VFREEBUSY", [
    ["DTSTART:20260115T090000Z DTEND:20260115T100000Z", "20260115T100000", "20260115T110000", true],
    ["DTSTART:20260115T090000Z DTEND:20260115T100000Z", "20260115T100001", "20260115T110000", false],
    [
      "FREEBUSY:20260115T090000Z/PT1H,20260116T090000Z/20260116T100000Z",
      "20260116T093000",
      "20260116T094000",
      true,
    ],
    ["FREEBUSY:20260115T090000Z/PT1H", "20260115T100000", "20260115T110000", false],
    ["SUMMARY:x", "20260115T100000", "20260115T110000", false],
  ]);

  it("VALARM: relative to start and end, absolute, repeated, of a later instance", () => {
    expect(rings("TRIGGER:-PT15M", "20260112T084500", "20260112T084501")).toBe(true);
    expect(rings("TRIGGER:-PT15M", "20260112T084501", "20260112T100000")).toBe(false);
    expect(rings("TRIGGER;RELATED=END:PT5M", "20260112T100500", "20260112T100600")).toBe(true);
    expect(rings("TRIGGER:-P3D", "20260109T090000", "20260109T090001")).toBe(true);
    expect(rings("TRIGGER;VALUE=DATE-TIME:20260301T120000Z", "20260301T120000", "20260301T120001")).toBe(
      true,
    );
    expect(rings("TRIGGER;VALUE=DATE-TIME:20260301T120000Z", "20260301T120001", "20260301T130000")).toBe(
      false,
    );
    expect(rings("TRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M", "20260112T085500", "20260112T085501")).toBe(true);
    expect(rings("TRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M", "20260112T090000", "20260112T090001")).toBe(
      false,
    );
  });

  it("prop-filter with a time-range: values, and the effective DTEND of a DURATION", () => {
    expect(within("DTSTAMP", "20260101T000000", "20260101T000001")).toBe(true);
    expect(within("DTSTAMP", "20251231T000000", "20260101T000000")).toBe(false);
    expect(within("DTSTART", "20260112T090000", "20260112T090001")).toBe(true);
    expect(within("DTEND", "20260112T100000", "20260112T100001")).toBe(true);
    expect(within("DTEND", "20260112T090000", "20260112T100000")).toBe(false);
    expect(within("LAST-MODIFIED", "20000101T000000", "20300101T000000")).toBe(false);
  });
});
