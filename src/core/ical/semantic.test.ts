import { describe, expect, it } from "vitest";
import { parseCalendar } from "./parse.ts";
import { semanticText } from "./semantic.ts";

function meaning(...lines: readonly string[]): string {
  const parsed = parseCalendar(
    ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n"),
  );
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return semanticText(parsed.value);
}

function event(...lines: readonly string[]): string {
  return meaning(
    "BEGIN:VEVENT",
    "UID:1",
    "DTSTART;TZID=Europe/Berlin:20260115T090000",
    ...lines,
    "END:VEVENT",
  );
}

const zone = ["BEGIN:VTIMEZONE", "TZID:W. Europe Standard Time", "END:VTIMEZONE"];

describe("semanticText is equal", () => {
  const base = event(
    "DTEND;TZID=Europe/Berlin:20260115T100000",
    "SUMMARY:x",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
    "EXDATE;TZID=Europe/Berlin:20260122T090000",
    "ATTENDEE;CN=A:mailto:a@example.com",
    "CATEGORIES:A,B",
  );

  it.each([
    [
      "for another order and folding",
      event(
        "CATEGORIES:B",
        "CATEGORIES:A",
        "ATTENDEE;CN=A:mailto:a@example.com",
        "EXDATE;TZID=Europe/Berlin:20260122T090000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "SUMMARY:",
        " x",
        "DTEND;TZID=Europe/Berlin:20260115T100000",
      ),
    ],
    [
      "for stamps and product names",
      event(
        "DTSTAMP:20260101T000000Z",
        "CREATED:20260101T000000Z",
        "LAST-MODIFIED:20260101T000000Z",
        "SEQUENCE:3",
        "DTEND;TZID=Europe/Berlin:20260115T100000",
        "SUMMARY:x",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "EXDATE;TZID=Europe/Berlin:20260122T090000",
        "ATTENDEE;CN=A:mailto:a@example.com",
        "CATEGORIES:A,B",
      ),
    ],
    [
      "for DURATION, defaults, empty properties, other spellings",
      event(
        "DURATION:PT1H",
        "SUMMARY:x",
        "LOCATION:",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
        "STATUS:CONFIRMED",
        "PRIORITY:0",
        "RRULE:BYDAY=TH,MO;INTERVAL=1;WKST=MO;FREQ=WEEKLY",
        "EXDATE:20260122T080000Z",
        "ATTENDEE;PARTSTAT=needs-action;ROLE=REQ-PARTICIPANT;CN=A:MAILTO:A@example.com",
        "CATEGORIES:A,B",
      ),
    ],
    [
      "for another name of the zone and its VTIMEZONE",
      meaning(
        ...zone,
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;TZID=W. Europe Standard Time:20260115T090000",
        "DTEND;TZID=W. Europe Standard Time:20260115T100000",
        "SUMMARY:x",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "EXDATE;TZID=W. Europe Standard Time:20260122T090000",
        "ATTENDEE;CN=A:mailto:a@example.com",
        "CATEGORIES:A,B",
        "END:VEVENT",
      ),
    ],
  ])("%s", (_name, text) => {
    expect(text).toBe(base);
  });

  it("for UNTIL in UTC or local", () => {
    expect(event("RRULE:FREQ=DAILY;UNTIL=20260120T080000Z")).toBe(
      event("RRULE:FREQ=DAILY;UNTIL=20260120T090000"),
    );
  });
});

describe("semanticText differs", () => {
  const base = event("DTEND;TZID=Europe/Berlin:20260115T100000", "SUMMARY:x");

  it.each([
    ["title", ["SUMMARY:y"]],
    ["length", ["SUMMARY:x", "DURATION:PT2H"]],
    ["place", ["SUMMARY:x", "LOCATION:here"]],
    ["transparency", ["SUMMARY:x", "TRANSP:TRANSPARENT"]],
    ["tentative", ["SUMMARY:x", "STATUS:TENTATIVE"]],
    ["an alarm", ["SUMMARY:x", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"]],
    ["a rule", ["SUMMARY:x", "RRULE:FREQ=DAILY"]],
    ["an unknown property", ["SUMMARY:x", "X-A:1"]],
  ])("%s", (_name, lines) => {
    const text = lines.some((line) => line.startsWith("DURATION"))
      ? event(...lines)
      : event("DTEND;TZID=Europe/Berlin:20260115T100000", ...lines);
    expect(text).not.toBe(base);
  });

  it("for the same instant in another zone, which a person sees", () => {
    expect(meaning("BEGIN:VEVENT", "UID:1", "DTSTART:20260115T080000Z", "END:VEVENT")).not.toBe(event());
  });

  it("for an alarm's own length of repeat, a participant's answer, an override", () => {
    expect(event("BEGIN:VALARM", "TRIGGER:-PT5M", "REPEAT:2", "DURATION:PT5M", "END:VALARM")).not.toBe(
      event("BEGIN:VALARM", "TRIGGER:-PT5M", "REPEAT:2", "DURATION:PT1M", "END:VALARM"),
    );
    expect(event("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com")).not.toBe(
      event("ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.com"),
    );
    expect(
      event(
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:1",
        "RECURRENCE-ID:20260122T080000Z",
        "DTSTART:20260122T080000Z",
      ),
    ).not.toBe(event());
  });
});
