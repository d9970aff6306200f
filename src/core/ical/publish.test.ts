import { describe, expect, it } from "vitest";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { parseCalendar } from "./parse.ts";
import { mergeCalendars } from "./publish.ts";
import { serializeCalendar } from "./serialize.ts";

const header: readonly JCalProperty[] = [["version", {}, "text", "2.0"]];

function calendar(...lines: readonly string[]): JCalComponent {
  const parsed = parseCalendar(["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR", ""].join("\r\n"));
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return parsed.value;
}

function event(...lines: readonly string[]): JCalComponent {
  return calendar("BEGIN:VEVENT", "UID:1", ...lines, "END:VEVENT");
}

function published(...objects: readonly JCalComponent[]): readonly string[] {
  return serializeCalendar(mergeCalendars(objects, header)).trimEnd().split("\r\n");
}

function eventLines(object: JCalComponent): readonly string[] {
  const lines = published(object);
  return lines.slice(lines.indexOf("UID:1") + 1, lines.indexOf("END:VEVENT"));
}

describe("mergeCalendars", () => {
  it("puts each zone once, under its own name, in front", () => {
    const longHistory = [
      "BEGIN:VTIMEZONE",
      "TZID:W. Europe Standard Time",
      "BEGIN:STANDARD",
      "DTSTART:18930401T000632",
      "TZOFFSETFROM:+005328",
      "TZOFFSETTO:+0100",
      "END:STANDARD",
      "END:VTIMEZONE",
    ];
    const first = calendar(
      ...longHistory,
      "BEGIN:VEVENT",
      "UID:a",
      "DTSTART;TZID=W. Europe Standard Time:20260115T090000",
      "END:VEVENT",
    );
    const second = event(
      "DTSTART;TZID=Europe/Berlin:20260715T090000",
      "DTEND;TZID=America/New_York:20260715T090000",
    );
    const lines = published(first, second);
    expect(lines.filter((line) => line.startsWith("TZID:"))).toEqual([
      "TZID:America/New_York",
      "TZID:Europe/Berlin",
    ]);
    expect(lines).toContain("DTSTART;TZID=Europe/Berlin:20260115T090000");
    expect(lines.join("\n")).not.toMatch(/1893|W\. Europe/);
    expect(lines.lastIndexOf("END:VTIMEZONE")).toBeLessThan(lines.indexOf("BEGIN:VEVENT"));
    expect(lines.length).toBeLessThan(50);
  });

  it("keeps a VTIMEZONE that means nothing else", () => {
    const lines = published(
      calendar(
        "BEGIN:VTIMEZONE",
        "TZID:Nowhere",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;TZID=Nowhere:20260115T090000",
        "END:VEVENT",
      ),
    );
    expect(lines).toContain("TZID:Nowhere");
    expect(lines).toContain("DTSTART;TZID=Nowhere:20260115T090000");
  });

  it.each([
    [
      "FREQ first",
      ["DTSTART:20260115T090000Z", "RRULE:INTERVAL=2;BYDAY=TH;FREQ=WEEKLY"],
      "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
    ],
    [
      "UNTIL in UTC beside a zone",
      ["DTSTART;TZID=Europe/Berlin:20260115T090000", "RRULE:UNTIL=20260120T090000;FREQ=DAILY"],
      "RRULE:FREQ=DAILY;UNTIL=20260120T080000Z",
    ],
    [
      "UNTIL a date beside a date",
      ["DTSTART;VALUE=DATE:20260115", "RRULE:FREQ=DAILY;UNTIL=20260120T000000Z"],
      "RRULE:FREQ=DAILY;UNTIL=20260120",
    ],
    [
      "a date in UNTIL is the end of its day",
      ["DTSTART:20260115T090000Z", "RRULE:FREQ=DAILY;UNTIL=20260120"],
      "RRULE:FREQ=DAILY;UNTIL=20260120T235959Z",
    ],
    [
      "EXDATE in DTSTART's zone",
      ["DTSTART;TZID=Europe/Berlin:20260115T090000", "EXDATE:20260116T080000Z,20260117T080000Z"],
      "EXDATE;TZID=Europe/Berlin:20260116T090000,20260117T090000",
    ],
    [
      "a DATE in EXDATE beside a time",
      ["DTSTART;TZID=Europe/Berlin:20260115T090000", "EXDATE;VALUE=DATE:20260116"],
      "EXDATE;TZID=Europe/Berlin:20260116T090000",
    ],
    [
      "a time in EXDATE beside a DATE",
      ["DTSTART;VALUE=DATE:20260115", "EXDATE:20260116T000000"],
      "EXDATE;VALUE=DATE:20260116",
    ],
    ["TZID=UTC is Z", ["DTSTART;TZID=Etc/UTC:20260115T090000"], "DTSTART:20260115T090000Z"],
    [
      "no TZID beside a date",
      ["DTSTART;TZID=Europe/Berlin;VALUE=DATE:20260115"],
      "DTSTART;VALUE=DATE:20260115",
    ],
  ])("%s", (_name, lines, expected) => {
    expect(eventLines(event(...lines))).toContain(expected);
  });

  it("leaves an empty EXDATE out", () => {
    expect(eventLines(event("DTSTART:20260115T090000Z", "EXDATE:"))).toEqual(["DTSTART:20260115T090000Z"]);
  });
});
