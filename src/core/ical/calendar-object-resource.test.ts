import { describe, expect, it } from "vitest";
import { readCalendarObject } from "./calendar-object-resource.ts";
import { checkObjectLimits } from "./object-limits.ts";

function calendar(...lines: readonly string[]): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//CalDAV Client//EN",
    ...lines,
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

function component(name: string, ...lines: readonly string[]): readonly string[] {
  return [`BEGIN:${name}`, ...lines, `END:${name}`];
}

const meeting = ["UID:2@example.com", "SUMMARY:Weekly Meeting", "DTSTAMP:20041210T183838Z"];
const master = component(
  "VEVENT",
  ...meeting,
  "DTSTART:20041206T120000Z",
  "DTEND:20041206T130000Z",
  "RRULE:FREQ=WEEKLY",
);
const override = component(
  "VEVENT",
  ...meeting,
  "RECURRENCE-ID:20041213T120000Z",
  "DTSTART:20041213T130000Z",
  "DTEND:20041213T140000Z",
);

function clauseOf(text: string): string {
  const result = readCalendarObject(text);
  return result.ok
    ? "accepted"
    : result.error.kind === "precondition"
      ? result.error.clause
      : result.error.kind;
}

describe("readCalendarObject (RFC 4791 4.1)", () => {
  it("takes a master and its override with one UID", () => {
    const result = readCalendarObject(calendar(...master, ...override));
    if (!result.ok) throw new Error(result.error.reason);
    expect(result.value.uid).toBe("2@example.com");
    expect(result.value.component).toBe("VEVENT");
    expect(result.value.master?.[1]).toContainEqual(["rrule", {}, "recur", "FREQ=WEEKLY"]);
    expect(result.value.overrides).toHaveLength(1);
  });

  it("takes overrides without their master", () => {
    const result = readCalendarObject(calendar(...override));
    expect(result.ok && result.value.master).toBeNull();
  });

  it("keeps the text as it was sent", () => {
    const text = `\uFEFF${calendar(...master)}trailing`;
    const result = readCalendarObject(text);
    expect(result.ok && result.value.text).toBe(text);
  });

  it.each([
    [
      "the example of 4.1 with two UIDs",
      [...component("VEVENT", "UID:1@example.com", "DTSTART:20041207T120000Z"), ...master],
    ],
    ["a METHOD", ["METHOD:REQUEST", ...master]],
    ["a VEVENT beside a VTODO", [...master, ...component("VTODO", "UID:2@example.com")]],
    ["no UID", component("VEVENT", "DTSTART:20041207T120000Z")],
    ["an empty UID", component("VEVENT", "UID:", "DTSTART:20041207T120000Z")],
    ["no component", component("VTIMEZONE", "TZID:X")],
    ["an empty calendar", []],
    ["two masters", [...master, ...master]],
  ])("refuses %s: valid-calendar-object-resource", (_name, lines) => {
    expect(clauseOf(calendar(...lines))).toBe("valid-calendar-object-resource");
  });

  it.each([
    ["a DTSTART that is no date", ["DTSTART:INVALID"]],
    ["a day that does not exist", ["DTSTART:20240230T100000Z"]],
    [
      "the DTEND of RFC 5546 4.2.1 with seven digits",
      ["DTSTART:19970701T200000Z", "DTEND:19970701T2100000Z"],
    ],
    ["a VEVENT without DTSTART", []],
    ["a DURATION that is none", ["DTSTART:20240201T100000Z", "DURATION:1 hour"]],
    ["an EXDATE that is no date", ["DTSTART:20240201T100000Z", "EXDATE:20240201T100000Z,tomorrow"]],
  ])("refuses %s: valid-calendar-data", (_name, lines) => {
    expect(clauseOf(calendar(...component("VEVENT", "UID:1", ...lines)))).toBe("valid-calendar-data");
  });

  it.each([
    ["iOS: TZID beside a date", ["DTSTART;TZID=Europe/Berlin;VALUE=DATE:20260115"]],
    [
      "iOS: empty URL, LOCATION and DESCRIPTION",
      ["DTSTART:20260115T090000Z", "URL:", "LOCATION:", "DESCRIPTION:"],
    ],
    ["Google: CREATED:00001231T000000Z", ["DTSTART:20260115T090000Z", "CREATED:00001231T000000Z"]],
    ["Google: RDATE:20131210Z", ["DTSTART;VALUE=DATE:20121210", "RDATE:20131210Z"]],
    [
      "Thunderbird: DTEND and DURATION:PT0S",
      ["DTSTART:20260115T090000Z", "DTEND:20260115T100000Z", "DURATION:PT0S"],
    ],
    [
      "GNOME: a DATE in EXDATE beside a DATE-TIME",
      ["DTSTART:20260115T090000Z", "EXDATE;VALUE=DATE:20260116"],
    ],
    ["an RRULE that nobody can read", ["DTSTART:20260115T090000Z", "RRULE:FREQ=NEVER"]],
    ["Lotus: an underscore in a name", ["DTSTART:20260115T090000Z", "X-LOTUS-CHILD_UID:x"]],
    ["an empty EXDATE", ["DTSTART:20260115T090000Z", "EXDATE:"]],
  ])("takes %s", (_name, lines) => {
    expect(clauseOf(calendar(...component("VEVENT", "UID:1", ...lines)))).toBe("accepted");
  });
});

describe("checkObjectLimits (RFC 4791 5.2.6, 5.2.7, 5.2.9)", () => {
  const limits = {
    attendeesPerInstanceMax: 2,
    dateTimeMin: "19000101T000000Z",
    dateTimeMax: "21000101T000000Z",
  };

  function checked(...lines: readonly string[]): string {
    const object = readCalendarObject(calendar(...lines));
    if (!object.ok) throw new Error(object.error.reason);
    const result = checkObjectLimits(object.value, limits);
    return result.ok
      ? "accepted"
      : result.error.kind === "precondition"
        ? result.error.clause
        : result.error.kind;
  }

  it("counts the attendees of one instance, not of all", () => {
    const attendees = ["ATTENDEE:mailto:a@example.com", "ATTENDEE:mailto:b@example.com"];
    const first = component(
      "VEVENT",
      ...meeting,
      ...attendees,
      "DTSTART:20041206T120000Z",
      "RRULE:FREQ=WEEKLY",
    );
    const second = component(
      "VEVENT",
      ...meeting,
      ...attendees,
      "RECURRENCE-ID:20041213T120000Z",
      "DTSTART:20041213T120000Z",
    );
    expect(checked(...first, ...second)).toBe("accepted");
    const third = component(
      "VEVENT",
      ...meeting,
      ...attendees,
      "ATTENDEE:mailto:c@example.com",
      "DTSTART:20041206T120000Z",
    );
    expect(checked(...third)).toBe("max-attendees-per-instance");
  });

  it("refuses times outside, and not the DTSTART of a VTIMEZONE or a series that goes on", () => {
    expect(checked(...component("VEVENT", "UID:1", "DTSTART:18991230T000000Z"))).toBe("min-date-time");
    expect(checked(...component("VEVENT", "UID:1", "DTSTART:21000103T000000Z"))).toBe("max-date-time");
    const zone = [
      "BEGIN:VTIMEZONE",
      "TZID:X",
      ...component("STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100"),
      "END:VTIMEZONE",
    ];
    const endless = component(
      "VEVENT",
      "UID:1",
      "DTSTART;TZID=X:20260101T000000",
      "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z",
    );
    expect(checked(...zone, ...endless)).toBe("accepted");
  });
});
