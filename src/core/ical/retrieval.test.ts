// RFC 4791 7.8.1 to 7.8.4 and 9.6 on the data of its Appendix B.

import { describe, expect, it } from "vitest";
import { appendixB, calendarObject } from "../testing/rfc4791-appendix-b.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { parseDateTime } from "./civil.ts";
import { freeBusyReply } from "./freebusy.ts";
import type { Span } from "./recurrence-set.ts";
import { retrieve, type CalendarDataRequest, type CompSelection } from "./retrieval.ts";
import { ianaZone, UTC } from "./zone.ts";

function at(text: string): number {
  return parseDateTime(text)?.civil ?? Number.NaN;
}

function span(start: string, end: string): Span {
  return { start: at(start), end: at(end) };
}

function lines(
  object: CalendarObject,
  request: Partial<CalendarDataRequest>,
  floating = UTC,
): readonly string[] {
  const whole = { comp: null, expand: null, limitRecurrenceSet: null, limitFreeBusySet: null, ...request };
  const result = retrieve(object, whole, floating);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value.trimEnd().split(/\r?\n/);
}

function selection(
  name: string,
  props: readonly string[],
  comps: readonly CompSelection[] = [],
): CompSelection {
  return {
    name,
    allProps: false,
    props: props.map((one) => ({ name: one, noValue: false })),
    allComps: false,
    comps,
  };
}

/** How many components limit-recurrence-set leaves. */
function kept(object: CalendarObject, start: string, end: string): number {
  const text = lines(object, { limitRecurrenceSet: span(start, end) });
  return text.filter((line) => line === "BEGIN:VEVENT").length;
}

function event(properties: string): CalendarObject {
  return calendarObject(`BEGIN:VEVENT\nUID:1\n${properties}\nEND:VEVENT`);
}

const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example Corp.//CalDAV Client//EN"];

describe("retrieve", () => {
  it("without a request gives the stored text", () => {
    const object = calendarObject("BEGIN:VEVENT\nUID:1\nDTSTART:20260115T090000Z\nEND:VEVENT");
    const result = retrieve(
      object,
      { comp: null, expand: null, limitRecurrenceSet: null, limitFreeBusySet: null },
      UTC,
    );
    expect(result.ok && result.value).toBe(object.text);
  });

  it("7.8.1: partial retrieval", () => {
    const event = selection("VEVENT", [
      "SUMMARY",
      "UID",
      "DTSTART",
      "DTEND",
      "DURATION",
      "RRULE",
      "RDATE",
      "EXRULE",
      "EXDATE",
      "RECURRENCE-ID",
    ]);
    const comp = selection(
      "VCALENDAR",
      ["VERSION"],
      [event, { ...selection("VTIMEZONE", []), allProps: true, allComps: true }],
    );
    const text = lines(appendixB.abcd2, { comp });
    expect(text.slice(0, 3)).toEqual(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VTIMEZONE"]);
    expect(text.slice(text.indexOf("END:VTIMEZONE") + 1)).toEqual([
      "BEGIN:VEVENT",
      "DTSTART;TZID=US/Eastern:20060102T120000",
      "DURATION:PT1H",
      "RRULE:FREQ=DAILY;COUNT=5",
      "SUMMARY:Event #2",
      "UID:00959BC664CA650E933C892C@example.com",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "DTSTART;TZID=US/Eastern:20060104T140000",
      "DURATION:PT1H",
      "RECURRENCE-ID;TZID=US/Eastern:20060104T120000",
      "SUMMARY:Event #2 bis",
      "UID:00959BC664CA650E933C892C@example.com",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
  });

  it("9.6.4: novalue keeps the name alone", () => {
    const event: CompSelection = { ...selection("VEVENT", []), props: [{ name: "summary", noValue: true }] };
    expect(lines(appendixB.abcd1, { comp: selection("VCALENDAR", [], [event]) })).toEqual([
      "BEGIN:VCALENDAR",
      "BEGIN:VEVENT",
      "SUMMARY:",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
  });

  it("7.8.2: limit-recurrence-set keeps the overrides whose new or old time is inside", () => {
    expect(kept(appendixB.abcd2, "20060103T000000Z", "20060105T000000Z")).toBe(2);
    expect(kept(appendixB.abcd2, "20060104T170000Z", "20060104T171000Z")).toBe(2);
    expect(kept(appendixB.abcd2, "20060104T190000Z", "20060104T191000Z")).toBe(2);
    expect(kept(appendixB.abcd2, "20060104T180000Z", "20060104T190000Z")).toBe(1);
    expect(kept(appendixB.abcd2, "20060105T000000Z", "20060106T000000Z")).toBe(1);
  });

  it("9.6.6: an override with a range reaches what follows it", () => {
    const series = calendarObject(
      "BEGIN:VEVENT\nUID:1\nDTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;COUNT=5\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260112T090000Z\nDTSTART:20260112T100000Z\nEND:VEVENT",
    );
    expect(kept(series, "20260126T100000Z", "20260126T110000Z")).toBe(2);
    expect(kept(series, "20260126T090000Z", "20260126T091000Z")).toBe(2);
    expect(kept(series, "20260105T000000Z", "20260106T000000Z")).toBe(1);
    expect(kept(series, "20260301T000000Z", "20260401T000000Z")).toBe(1);
  });

  it("7.8.3: expand, in UTC as 9.6.5 says (the printed answer lacks the Z)", () => {
    expect(lines(appendixB.abcd2, { expand: span("20060103T000000Z", "20060105T000000Z") })).toEqual([
      ...head,
      "BEGIN:VEVENT",
      "DTSTAMP:20060206T001121Z",
      "DTSTART:20060103T170000Z",
      "DURATION:PT1H",
      "SUMMARY:Event #2",
      "UID:00959BC664CA650E933C892C@example.com",
      "RECURRENCE-ID:20060103T170000Z",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "DTSTAMP:20060206T001121Z",
      "DTSTART:20060104T190000Z",
      "DURATION:PT1H",
      "RECURRENCE-ID:20060104T170000Z",
      "SUMMARY:Event #2 bis",
      "UID:00959BC664CA650E933C892C@example.com",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
    expect(lines(appendixB.abcd3, { expand: span("20060103T000000Z", "20060105T000000Z") })).toContain(
      "DTSTART:20060104T150000Z",
    );
  });

  it("9.6.5: the initial instance has no RECURRENCE-ID, dates stay dates, floating times stay floating", () => {
    const request = { expand: span("20260115T000000Z", "20260117T000000Z") };
    expect(
      lines(
        event(
          "DTSTART;VALUE=DATE:20260115\nDTEND;VALUE=DATE:20260116\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20260120",
        ),
        request,
      ),
    ).toEqual([
      ...head,
      "BEGIN:VEVENT",
      "UID:1",
      "DTSTART;VALUE=DATE:20260115",
      "DTEND;VALUE=DATE:20260116",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "UID:1",
      "DTSTART;VALUE=DATE:20260116",
      "DTEND;VALUE=DATE:20260117",
      "RECURRENCE-ID;VALUE=DATE:20260116",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
    const tokyo = ianaZone("Asia/Tokyo") ?? UTC;
    expect(
      lines(
        event(
          "DTSTART:20260115T120000\nDTEND:20260115T130000\nX-T;TZID=Asia/Tokyo;VALUE=DATE-TIME:20260115T090000",
        ),
        request,
        tokyo,
      ),
    ).toEqual([
      ...head,
      "BEGIN:VEVENT",
      "UID:1",
      "DTSTART:20260115T120000",
      "DTEND:20260115T130000",
      "X-T;VALUE=DATE-TIME:20260115T000000Z",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
  });

  it("7.8.4: limit-freebusy-set", () => {
    const text = lines(appendixB.abcd8, { limitFreeBusySet: span("20060102T000000Z", "20060103T000000Z") });
    expect(text.filter((line) => line.startsWith("FREEBUSY"))).toEqual([
      "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z",
    ]);
  });
});

describe("freeBusyReply (RFC 4791 7.10)", () => {
  it("merges each kind, cuts to the span, leaves out what has no length", () => {
    const row = (
      start: string,
      end: string,
      kind: "BUSY" | "BUSY-TENTATIVE" | "BUSY-UNAVAILABLE" = "BUSY",
    ) => ({ start: at(start), end: at(end), kind });
    const text = freeBusyReply(
      [
        row("20060104T150000Z", "20060104T160000Z", "BUSY-TENTATIVE"),
        row("20060104T190000Z", "20060104T200000Z"),
        row("20060104T193000Z", "20060104T203000Z"),
        row("20060104T203000Z", "20060104T210000Z"),
        row("20060105T230000Z", "20060106T030000Z"),
        row("20060105T100000Z", "20060105T100000Z"),
        row("20060103T100000Z", "20060104T140000Z", "BUSY-UNAVAILABLE"),
      ],
      span("20060104T140000Z", "20060106T000000Z"),
      at("20060101T120000Z") + 123,
    );
    expect(text.split("\r\n").slice(3)).toEqual([
      "BEGIN:VFREEBUSY",
      "DTSTAMP:20060101T120000Z",
      "DTSTART:20060104T140000Z",
      "DTEND:20060106T000000Z",
      "FREEBUSY:20060104T190000Z/20060104T210000Z",
      "FREEBUSY:20060105T230000Z/20060106T000000Z",
      "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060104T150000Z/20060104T160000Z",
      "END:VFREEBUSY",
      "END:VCALENDAR",
      "",
    ]);
  });
});

describe("retrieve: what it does not do", () => {
  it("expand without bound: max-instances", () => {
    const alarms = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nEND:VALARM\n".repeat(5_000);
    const object = calendarObject(
      `BEGIN:VEVENT\nUID:1\nDTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY\n${alarms}END:VEVENT`,
    );
    const request = {
      comp: null,
      expand: span("20260101T000000Z", "20260301T000000Z"),
      limitRecurrenceSet: null,
      limitFreeBusySet: null,
    };
    const result = retrieve(object, request, UTC);
    expect(!result.ok && result.error.kind === "precondition" && result.error.clause).toBe("max-instances");
  });
});
