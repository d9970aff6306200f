import { describe, expect, it } from "vitest";
import { readCalendarObject, type CalendarObject } from "./calendar-object-resource.ts";
import { columnsOf } from "./columns.ts";
import { formatLocal, parseDateTime } from "./civil.ts";
import { firstText } from "./component.ts";
import { occurrenceRows } from "./occurrence-index.ts";
import { instancesOf } from "./recurrence-set.ts";
import { ianaZone, UTC, type Zone } from "./zone.ts";

function zone(name: string): Zone {
  const found = ianaZone(name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** Components are separated by "--". */
function object(lines: readonly string[], name = "VEVENT"): CalendarObject {
  const components = lines
    .join("\n")
    .split("\n--\n")
    .map((body) => `BEGIN:${name}\nUID:1\n${body}\nEND:${name}`);
  const read = readCalendarObject(`BEGIN:VCALENDAR\nVERSION:2.0\n${components.join("\n")}\nEND:VCALENDAR\n`);
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

function at(text: string): number {
  const value = parseDateTime(text);
  if (value === null) throw new Error(text);
  return value.civil;
}

function shown(lines: readonly string[], from: string, to: string, floating: Zone = UTC): readonly string[] {
  const instances = instancesOf(object(lines), { start: at(from), end: at(to) }, floating);
  if (!instances.ok) throw new Error(instances.error);
  return instances.value.map((one) => {
    const summary = firstText(one.component, "summary");
    const id = one.recurrenceId === one.start ? "" : ` (${formatLocal(one.recurrenceId)})`;
    return `${formatLocal(one.start)} ${(one.end - one.start) / 60_000}${summary === null ? "" : ` ${summary}`}${id}`;
  });
}

describe("instancesOf: what lasts how long (RFC 5545 3.6.1, RFC 4791 9.9)", () => {
  it.each([
    ["DTEND", ["DTSTART:20260115T090000Z", "DTEND:20260115T100000Z"], "20260115T090000 60"],
    ["DURATION", ["DTSTART:20260115T090000Z", "DURATION:PT30M"], "20260115T090000 30"],
    ["neither", ["DTSTART:20260115T090000Z"], "20260115T090000 0"],
    ["a date with neither", ["DTSTART;VALUE=DATE:20260115"], "20260115T000000 1440"],
    [
      "a date with DTEND on the same day",
      ["DTSTART;VALUE=DATE:20260115", "DTEND;VALUE=DATE:20260115"],
      "20260115T000000 1440",
    ],
    ["three days", ["DTSTART;VALUE=DATE:20260115", "DTEND;VALUE=DATE:20260118"], "20260115T000000 4320"],
    [
      "DTEND and DURATION:PT0S",
      ["DTSTART:20260115T090000Z", "DTEND:20260115T100000Z", "DURATION:PT0S"],
      "20260115T090000 60",
    ],
    ["an end before the start", ["DTSTART:20260115T090000Z", "DTEND:20260115T080000Z"], "20260115T090000 0"],
    [
      "an end without the zone of the start",
      ["DTSTART;TZID=Europe/Berlin:20260115T090000", "DTEND:20260115T100000"],
      "20260115T080000 60",
    ],
  ])("%s", (_name, lines, expected) => {
    expect(shown(lines, "20260101", "20260201")).toEqual([expected]);
  });

  it("a nominal day across the change of the clock is 23 hours, 24 exact hours are 24", () => {
    expect(
      shown(["DTSTART;TZID=Europe/Berlin:20260328T120000", "DURATION:P1D"], "20260301", "20260401"),
    ).toEqual(["20260328T110000 1380"]);
    expect(
      shown(["DTSTART;TZID=Europe/Berlin:20260328T120000", "DURATION:PT24H"], "20260301", "20260401"),
    ).toEqual(["20260328T110000 1440"]);
  });

  it("floating times and dates are read in the floating zone", () => {
    expect(shown(["DTSTART:20260115T090000"], "20260101", "20260201", zone("America/New_York"))).toEqual([
      "20260115T140000 0",
    ]);
    expect(
      shown(["DTSTART;TZID=Europe/Berlin;VALUE=DATE:20260115"], "20260101", "20260201", zone("Asia/Tokyo")),
    ).toEqual(["20260114T150000 1440"]);
  });

  it("what ends where the span begins is outside, what has no length and stands there is inside", () => {
    expect(
      shown(["DTSTART:20260115T090000Z", "DTEND:20260115T100000Z"], "20260115T100000Z", "20260116"),
    ).toEqual([]);
    expect(shown(["DTSTART:20260115T100000Z"], "20260115T100000Z", "20260116")).toHaveLength(1);
    expect(shown(["DTSTART:20260116T000000Z"], "20260115T100000Z", "20260116")).toEqual([]);
  });
});

describe("instancesOf: recurrence sets (RFC 5545 3.8.5)", () => {
  const daily = ["DTSTART:20260105T090000Z", "DTEND:20260105T100000Z", "RRULE:FREQ=DAILY;COUNT=5"];

  it("keeps the wall clock across the change", () => {
    const lines = ["DTSTART;TZID=Europe/Berlin:20260327T090000", "RRULE:FREQ=DAILY;COUNT=4"];
    expect(shown(lines, "20260301", "20260501")).toEqual([
      "20260327T080000 0",
      "20260328T080000 0",
      "20260329T070000 0",
      "20260330T070000 0",
    ]);
  });

  it("takes away EXDATE, adds RDATE and its periods, without doubles", () => {
    const lines = [
      ...daily,
      "EXDATE:20260106T090000Z,20260107T090000Z",
      "RDATE:20260108T090000Z,20260120T090000Z",
      "RDATE;VALUE=PERIOD:20260121T090000Z/PT3H",
    ];
    expect(shown(lines, "20260101", "20260201")).toEqual([
      "20260105T090000 60",
      "20260108T090000 60",
      "20260109T090000 60",
      "20260120T090000 60",
      "20260121T090000 180",
    ]);
  });

  it("Evolution: a DATE in EXDATE takes the instances of that day in the zone of DTSTART", () => {
    const lines = [
      "DTSTART;TZID=America/New_York:20260105T210000",
      "RRULE:FREQ=DAILY;COUNT=3",
      "EXDATE;VALUE=DATE:20260106",
    ];
    expect(shown(lines, "20260101", "20260201")).toEqual(["20260106T020000 0", "20260108T020000 0"]);
  });

  it("an EXDATE without a zone is read in that of DTSTART", () => {
    const lines = [
      "DTSTART;TZID=America/New_York:20260105T090000",
      "RRULE:FREQ=DAILY;COUNT=2",
      "EXDATE:20260106T090000",
    ];
    expect(shown(lines, "20260101", "20260201")).toEqual(["20260105T140000 0"]);
  });

  it("an EXRULE takes DTSTART away only if its pattern gives it", () => {
    expect(shown([...daily, "EXRULE:FREQ=WEEKLY;BYDAY=TU"], "20260101", "20260201")).toHaveLength(4);
    expect(shown([...daily, "EXRULE:FREQ=WEEKLY;BYDAY=MO"], "20260101", "20260201")[0]).toBe(
      "20260106T090000 60",
    );
  });

  it("two rules give each instance once", () => {
    const lines = ["DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;COUNT=2"];
    expect(shown(lines, "20260101", "20260201")).toHaveLength(4);
  });

  it("a rule that nobody can read leaves DTSTART", () => {
    expect(shown(["DTSTART:20260105T090000Z", "RRULE:FREQ=NEVER"], "20260101", "20260201")).toEqual([
      "20260105T090000 0",
    ]);
  });
});

describe("instancesOf: overrides (RFC 5545 3.8.4.4)", () => {
  const weekly = [
    "DTSTART:20260105T090000Z",
    "DTEND:20260105T100000Z",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "SUMMARY:a",
  ];

  it("replaces the instance, also when it moves into or out of the span", () => {
    const moved = [
      ...weekly,
      "--",
      "RECURRENCE-ID:20260112T090000Z",
      "DTSTART:20260220T090000Z",
      "SUMMARY:b",
    ];
    expect(shown(moved, "20260101", "20260201")).toEqual([
      "20260105T090000 60 a",
      "20260119T090000 60 a",
      "20260126T090000 60 a",
    ]);
    expect(shown(moved, "20260201", "20260301")).toEqual(["20260220T090000 0 b (20260112T090000)"]);
  });

  it("stands where no rule gives it, and without a master", () => {
    const alone = ["RECURRENCE-ID:20260201T090000Z", "DTSTART:20260201T100000Z", "SUMMARY:b"];
    expect(shown([...weekly, "--", ...alone], "20260130", "20260301")).toEqual([
      "20260201T100000 0 b (20260201T090000)",
    ]);
    expect(shown(alone, "20260101", "20260301")).toEqual(["20260201T100000 0 b (20260201T090000)"]);
  });

  it("finds its instance across zones and types", () => {
    const master = ["DTSTART;TZID=Europe/Berlin:20260105T090000", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:a"];
    for (const id of [
      "RECURRENCE-ID:20260112T080000Z",
      "RECURRENCE-ID:20260112T090000",
      "RECURRENCE-ID;VALUE=DATE:20260112",
    ]) {
      const lines = [...master, "--", id, "DTSTART:20260112T120000Z", "SUMMARY:b"];
      expect(shown(lines, "20260101", "20260201")).toEqual([
        "20260105T080000 0 a",
        "20260112T120000 0 b (20260112T080000)",
      ]);
    }
  });

  it("the higher SEQUENCE of two counts", () => {
    const lines = [
      ...weekly,
      "--",
      "RECURRENCE-ID:20260112T090000Z",
      "DTSTART:20260112T110000Z",
      "SEQUENCE:2",
      "SUMMARY:b",
      "--",
      "RECURRENCE-ID:20260112T090000Z",
      "DTSTART:20260112T120000Z",
      "SEQUENCE:1",
      "SUMMARY:c",
    ];
    expect(shown(lines, "20260110", "20260115")).toEqual(["20260112T110000 0 b (20260112T090000)"]);
  });

  it("RANGE=THISANDFUTURE moves what follows by the same wall clock difference, and single overrides win", () => {
    const lines = [
      ...weekly,
      "--",
      "RECURRENCE-ID;RANGE=THISANDFUTURE:20260112T090000Z",
      "DTSTART:20260112T113000Z",
      "DURATION:PT15M",
      "SUMMARY:b",
      "--",
      "RECURRENCE-ID:20260119T090000Z",
      "DTSTART:20260119T200000Z",
      "SUMMARY:c",
    ];
    expect(shown(lines, "20260101", "20260301")).toEqual([
      "20260105T090000 60 a",
      "20260112T113000 15 b (20260112T090000)",
      "20260119T200000 0 c (20260119T090000)",
      "20260126T113000 15 b (20260126T090000)",
    ]);
    expect(shown(lines, "20260126T113000Z", "20260126T113500Z")).toHaveLength(1);
  });

  it("RANGE=THISANDFUTURE that moves by days is found in spans far from the original", () => {
    const lines = [
      ...weekly,
      "--",
      "RECURRENCE-ID;RANGE=THISANDFUTURE:20260119T090000Z",
      "DTSTART:20260319T090000Z",
      "SUMMARY:b",
    ];
    expect(shown(lines, "20260326", "20260327")).toEqual(["20260326T090000 0 b (20260126T090000)"]);
  });
});

describe("occurrenceRows and columnsOf", () => {
  const span = { start: at("20260101"), end: at("20260201") };

  function rows(lines: readonly string[], most = 100, name = "VEVENT") {
    const result = occurrenceRows(object(lines, name), span, UTC, most);
    if (!result.ok) throw new Error(result.error.reason);
    return result.value;
  }

  it.each([
    ["BUSY", []],
    ["BUSY", ["TRANSP:OPAQUE", "STATUS:CONFIRMED"]],
    ["FREE", ["TRANSP:TRANSPARENT"]],
    ["FREE", ["STATUS:CANCELLED"]],
    ["FREE", ["TRANSP:TRANSPARENT", "STATUS:TENTATIVE"]],
    ["BUSY-TENTATIVE", ["STATUS:tentative"]],
  ])("%s", (kind, lines) => {
    expect(rows(["DTSTART:20260115T090000Z", ...lines]).rows).toEqual([
      {
        recurrenceId: at("20260115T090000Z"),
        start: at("20260115T090000Z"),
        end: at("20260115T090000Z"),
        busyKind: kind,
        isFloating: false,
      },
    ]);
  });

  it("says how far the rows reach", () => {
    const endless = ["DTSTART:20251201T090000Z", "RRULE:FREQ=DAILY"];
    expect(rows(endless)).toMatchObject({ coveredFrom: span.start, coveredUntil: span.end });
    expect(rows(endless, 10).rows).toHaveLength(10);
    expect(rows(endless, 10).coveredUntil).toBe(at("20260111T090000Z"));
    expect(rows(["DTSTART:20260115T090000Z"])).toMatchObject({ coveredFrom: null, coveredUntil: null });
    expect(rows(["DTSTART:20251215T090000Z", "RRULE:FREQ=DAILY;COUNT=20"])).toMatchObject({
      coveredFrom: span.start,
      coveredUntil: null,
    });
    expect(rows(["DTSTART:20260301T090000Z"])).toMatchObject({
      rows: [],
      coveredFrom: null,
      coveredUntil: span.end,
    });
  });

  it("covers nothing for a to-do", () => {
    expect(rows(["DUE:20260115T090000Z"], 100, "VTODO")).toEqual({
      rows: [],
      coveredFrom: span.start,
      coveredUntil: span.start,
    });
  });

  it("dates, floating times and unknown zones are floating", () => {
    expect(rows(["DTSTART;VALUE=DATE:20260115"]).rows[0]?.isFloating).toBe(true);
    expect(rows(["DTSTART:20260115T090000"]).rows[0]?.isFloating).toBe(true);
    expect(rows(["DTSTART;TZID=Nowhere at all:20260115T090000"]).rows[0]?.isFloating).toBe(true);
    expect(rows(["DTSTART;TZID=Europe/Berlin:20260115T090000"]).rows[0]?.isFloating).toBe(false);
  });

  it("refuses what has more than max-instances", () => {
    const result = occurrenceRows(object(["DTSTART:20260101T000000Z", "RRULE:FREQ=MINUTELY"]), span, UTC, 10);
    expect(!result.ok && result.error.kind === "precondition" && result.error.clause).toBe("max-instances");
  });

  it("shows the master, its zone, and where the series ends", () => {
    const columns = columnsOf(
      object([
        "DTSTART;TZID=W. Europe Standard Time:20260115T090000",
        "DTEND;TZID=W. Europe Standard Time:20260115T100000",
        "RRULE:FREQ=DAILY;COUNT=3",
        "SUMMARY:Stand-up\\, daily",
        "LOCATION:",
        "SEQUENCE:4",
        "ORGANIZER:mailto:a@example.com",
        "CLASS:private",
        "--",
        "RECURRENCE-ID:20260116T080000Z",
        "DTSTART:20260120T080000Z",
        "DTEND:20260120T090000Z",
      ]),
      UTC,
    );
    expect(columns).toEqual({
      sequence: 4,
      title: "Stand-up, daily",
      location: null,
      organizer: "mailto:a@example.com",
      status: null,
      transparency: "OPAQUE",
      class: "PRIVATE",
      startTs: at("20260115T080000Z"),
      endTs: at("20260120T090000Z"),
      timeZone: "Europe/Berlin",
      isAllDay: false,
      isFloating: false,
      isRecurring: true,
    });
  });

  it.each([
    ["COUNT", "RRULE:FREQ=DAILY;COUNT=3"],
    ["UNTIL", "RRULE:FREQ=DAILY;UNTIL=20260117T090000Z"],
    ["COUNT and an EXDATE at the end", "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260118T090000Z"],
    ["RDATE", "RDATE:20260117T090000Z"],
    ["a period", "RDATE;VALUE=PERIOD:20260117T080000Z/PT2H"],
  ])("ends with %s", (_name, lines) => {
    const series = object(["DTSTART:20260115T090000Z", "DURATION:PT1H", lines]);
    expect(columnsOf(series, UTC).endTs).toBe(at("20260117T100000Z"));
  });

  it("an endless series has no end, an empty to-do no times", () => {
    expect(columnsOf(object(["DTSTART:20260115T090000Z", "RRULE:FREQ=DAILY"]), UTC).endTs).toBeNull();
    expect(columnsOf(object(["SUMMARY:x"], "VTODO"), UTC)).toMatchObject({
      startTs: null,
      endTs: null,
      isRecurring: false,
    });
  });
});
