// Civil arithmetic against known dates and against itself.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CIVIL_MAX,
  CIVIL_MIN,
  civilFromParts,
  DAY_MS,
  dayOfPacked,
  daysFromCivil,
  daysInMonth,
  formatDateTime,
  formatJCalDateTime,
  monthOfPacked,
  packedDate,
  parseDateTime,
  partsOfCivil,
  weekdayOfDays,
  yearOfPacked,
} from "./civil.ts";

describe("day numbers", () => {
  it.each([
    [1970, 1, 1, 0, 4],
    [2000, 2, 29, 11_016, 2],
    [1900, 3, 1, -25_508, 4],
    [1, 1, 1, -719_162, 1],
    [9999, 12, 31, 2_932_896, 5],
  ])("%d-%d-%d is day %d, weekday %d", (year, month, day, days, weekday) => {
    expect(daysFromCivil(year, month, day)).toBe(days);
    expect(weekdayOfDays(days)).toBe(weekday);
    const packed = packedDate(days);
    expect([yearOfPacked(packed), monthOfPacked(packed), dayOfPacked(packed)]).toEqual([year, month, day]);
  });

  it("counts every day of the years 1 to 9999 once, in order", () => {
    let expected = -719_162;
    for (let year = 1; year <= 9999; year++) {
      for (let month = 1; month <= 12; month++) {
        if (daysFromCivil(year, month, 1) !== expected) throw new Error(`${year}-${month}`);
        expected += daysInMonth(year, month);
        if (packedDate(expected - 1) !== year * 512 + month * 32 + daysInMonth(year, month))
          throw new Error(`${year}-${month} end`);
      }
    }
    expect(expected).toBe(2_932_897);
  });

  it("has the ends of the calendar where it says", () => {
    expect(CIVIL_MIN).toBe(civilFromParts(1, 1, 1, 0, 0, 0));
    expect(CIVIL_MAX).toBe(civilFromParts(9999, 12, 31, 23, 59, 59));
    expect(partsOfCivil(CIVIL_MIN)).toEqual({ year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  });
});

describe("reading dates and date-times (RFC 5545 3.3.4, 3.3.5; RFC 7265 3.6.4, 3.6.5)", () => {
  it.each([
    ["20260115", "date", 1_768_435_200_000],
    ["20260115T090000", "floating", 1_768_467_600_000],
    ["20260115T090000Z", "utc", 1_768_467_600_000],
    ["2026-01-15", "date", 1_768_435_200_000],
    ["2026-01-15T09:00:00Z", "utc", 1_768_467_600_000],
    ["19970630T235960Z", "utc", 867_715_199_000],
  ])("%s is %s %d", (text, kind, civil) => {
    expect(parseDateTime(text)).toEqual({ kind, civil, tzid: null });
  });

  it("is zoned with a TZID, unless it is a date or UTC", () => {
    expect(parseDateTime("20260115T090000", "Europe/Berlin")).toEqual({
      kind: "zoned",
      civil: 1_768_467_600_000,
      tzid: "Europe/Berlin",
    });
    expect(parseDateTime("20260115", "Europe/Berlin")?.kind).toBe("date");
    expect(parseDateTime("20260115T090000Z", "Europe/Berlin")?.kind).toBe("utc");
  });

  it.each([
    "",
    "2026",
    "20261301",
    "20260230",
    "20250229",
    "19000229",
    "00000101",
    "20260115T240000",
    "20260115T096000",
    "20260115T090061",
    "20260115T0900",
    "20260115T090000ZZ",
    "2026-01-15T090000",
    " 20260115",
    "20260115T090000+0100",
  ])("refuses %j", (text) => {
    expect(parseDateTime(text)).toBeNull();
  });

  it("reads back what it writes, in both forms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: CIVIL_MIN / 1_000, max: CIVIL_MAX / 1_000 }),
        fc.constantFrom("date" as const, "floating" as const, "utc" as const),
        (seconds, kind) => {
          const civil = kind === "date" ? Math.floor((seconds * 1_000) / DAY_MS) * DAY_MS : seconds * 1_000;
          const value = { kind, civil, tzid: null };
          expect(parseDateTime(formatDateTime(value))).toEqual(value);
          expect(parseDateTime(formatJCalDateTime(value))).toEqual(value);
        },
      ),
    );
  });
});
