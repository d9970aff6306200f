// The evaluator's properties, its readings where the standard leaves room, and its bounds. Cases with known starts: recurrence-corpus.test.ts.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../limits.ts";
import {
  CIVIL_MAX,
  CIVIL_MIN,
  civilFromParts,
  DAY_MS,
  formatDateTime,
  formatLocal,
  HOUR_MS,
  parseDateTime,
} from "./civil.ts";
import type { CivilMs, DateTimeValue } from "./civil.ts";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { expandRule } from "./recurrence.ts";
import type { CivilWindow } from "./recurrence.ts";
import { ianaZone, UTC } from "./zone.ts";
import type { Zone } from "./zone.ts";

function ruleOf(text: string): RecurrenceRule {
  const read = parseRecurrenceRuleLeniently(text);
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

function valueOf(text: string, tzid: string | null): DateTimeValue {
  const value = parseDateTime(text, tzid);
  if (value === null) throw new Error(`not a time: ${text}`);
  return value;
}

function zoneOf(tzid: string | null): Zone {
  const zone = tzid === null ? UTC : ianaZone(tzid);
  if (zone === undefined) throw new Error(`unknown zone ${tzid}`);
  return zone;
}

const ALWAYS: CivilWindow = { from: CIVIL_MIN, to: CIVIL_MAX };

function starts(rule: string, dtstart: string, tzid: string | null, window = ALWAYS): string[] {
  const start = valueOf(dtstart, tzid);
  const expanded = expandRule(ruleOf(rule), start, zoneOf(tzid), window, {
    stepsLeft: limits.recurrenceStepsMax,
  });
  if (!expanded.ok) throw new Error(expanded.error);
  return expanded.value.map((civil) => formatDateTime({ ...start, civil }));
}

/** Steps that an expansion takes. */
function steps(rule: string, dtstart: string, window: CivilWindow): number {
  const budget = { stepsLeft: limits.recurrenceStepsMax };
  const expanded = expandRule(ruleOf(rule), valueOf(dtstart, null), UTC, window, budget);
  if (!expanded.ok) throw new Error(`${rule}: ${expanded.error}`);
  return limits.recurrenceStepsMax - budget.stepsLeft;
}

const YEAR_2026: CivilWindow = {
  from: civilFromParts(2026, 1, 1, 0, 0, 0),
  to: civilFromParts(2027, 1, 1, 0, 0, 0),
};

describe("readings where the standard leaves room", () => {
  it("includes and counts DTSTART outside its pattern", () => {
    expect(starts("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "20260101T090000", null)).toEqual([
      "20260101T090000",
      "20260106T090000",
      "20260113T090000",
    ]);
  });

  it("keeps DTSTART when UNTIL lies before it", () => {
    expect(starts("FREQ=DAILY;UNTIL=20250101T000000Z", "20260101T090000Z", null)).toEqual([
      "20260101T090000Z",
    ]);
  });

  it("includes the day of an UNTIL that is a date", () => {
    expect(starts("FREQ=DAILY;UNTIL=20260103", "20260102T220000", "America/New_York")).toEqual([
      "20260102T220000",
      "20260103T220000",
    ]);
  });

  it("takes DTSTART's weekday for BYWEEKNO alone", () => {
    expect(starts("FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "19970512T090000", null)).toEqual([
      "19970512T090000",
      "19980511T090000",
      "19990517T090000",
    ]);
  });

  it("takes all months for YEARLY with BYMONTHDAY alone", () => {
    expect(starts("FREQ=YEARLY;BYMONTHDAY=31;COUNT=3", "20260131", null)).toEqual([
      "20260131",
      "20260331",
      "20260531",
    ]);
  });

  it("ignores times of day for a DATE", () => {
    expect(starts("FREQ=DAILY;BYHOUR=9,17;COUNT=2", "20260131", null)).toEqual(["20260131", "20260201"]);
    expect(starts("FREQ=HOURLY;INTERVAL=12;COUNT=4", "20260131", null)).toEqual(["20260131", "20260201"]);
  });

  it("moves a start out of a gap by the gap, once, and counts hours on the wall clock", () => {
    expect(starts("FREQ=DAILY;COUNT=3", "20260328T023000", "Europe/Berlin")).toEqual([
      "20260328T023000",
      "20260329T033000",
      "20260330T023000",
    ]);
    expect(starts("FREQ=HOURLY;COUNT=4", "20260329T013000", "Europe/Berlin")).toEqual([
      "20260329T013000",
      "20260329T033000",
      "20260329T043000",
    ]);
    expect(starts("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30;COUNT=4", "20260329T020000", "Europe/Berlin")).toEqual(
      ["20260329T030000", "20260329T033000"],
    );
  });

  it("finds a start that moves into the window from before it", () => {
    const window = { from: civilFromParts(2026, 3, 29, 3, 0, 0), to: civilFromParts(2026, 3, 30, 0, 0, 0) };
    expect(starts("FREQ=DAILY", "20200101T023000", "Europe/Berlin", window)).toEqual(["20260329T033000"]);
    const apia = { from: civilFromParts(2011, 12, 31, 0, 0, 0), to: civilFromParts(2012, 1, 1, 0, 0, 0) };
    expect(starts("FREQ=WEEKLY", "20110107T090000", "Pacific/Apia", apia)).toEqual(["20111231T090000"]);
  });

  it("compares UNTIL as an instant in the second pass of an overlap", () => {
    // 02:30 is its first pass, 00:30Z; UNTIL is 02:10 of the second pass.
    expect(starts("FREQ=DAILY;UNTIL=20261025T011000Z", "20261024T023000", "Europe/Berlin")).toEqual([
      "20261024T023000",
      "20261025T023000",
    ]);
  });

  it("follows SKIP (RFC 7529 4.1)", () => {
    expect(starts("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=3", "20260131", null)).toEqual([
      "20260131",
      "20260228",
      "20260331",
    ]);
    expect(starts("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=3", "20260131", null)).toEqual([
      "20260131",
      "20260301",
      "20260331",
    ]);
    expect(starts("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=2", "20240229", null)).toEqual([
      "20240229",
      "20250301",
    ]);
  });
});

const HOSTILE = [
  "FREQ=SECONDLY",
  "FREQ=SECONDLY;COUNT=1000000000",
  "FREQ=SECONDLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=3;BYSECOND=3",
  "FREQ=SECONDLY;INTERVAL=60;BYSECOND=30",
  "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
  "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=31",
  "FREQ=MINUTELY;INTERVAL=1439;BYHOUR=5;BYMINUTE=5",
  "FREQ=HOURLY;INTERVAL=24;BYHOUR=7",
  "FREQ=HOURLY;INTERVAL=23;BYHOUR=7;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=DAILY;BYMONTHDAY=-1",
  "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
  "FREQ=DAILY;INTERVAL=1000000000000",
  "FREQ=WEEKLY;BYMONTH=2;INTERVAL=52",
  "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11",
  "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
  "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
  "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=2;BYMONTH=1",
  "FREQ=YEARLY;BYEASTER=0",
  "FREQ=YEARLY;BYDAY=MO;BYSETPOS=366",
  `FREQ=YEARLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYHOUR=${[...Array(24).keys()].join(",")};BYMINUTE=${[...Array(60).keys()].join(",")};BYSECOND=${[...Array(60).keys()].join(",")}`,
];

describe("hostile rules end", () => {
  it.each(HOSTILE)("%s", (text) => {
    const dtstart = valueOf("00010101T000000Z", null);
    for (const window of [ALWAYS, YEAR_2026, { from: CIVIL_MAX - DAY_MS, to: CIVIL_MAX }]) {
      const budget = { stepsLeft: limits.recurrenceStepsMax };
      const expanded = expandRule(ruleOf(text), dtstart, UTC, window, budget);
      if (expanded.ok) expect(expanded.value.length).toBeLessThanOrEqual(limits.recurrenceStepsMax);
      else expect(expanded.error).toBe("budget-exceeded");
    }
  });

  it("stops with a typed failure, not with fewer starts", () => {
    const expanded = expandRule(ruleOf("FREQ=SECONDLY"), valueOf("20260101T000000Z", null), UTC, ALWAYS, {
      stepsLeft: 1_000,
    });
    expect(expanded).toEqual({ ok: false, error: "budget-exceeded" });
  });
});

const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");

function list<T>(of: fc.Arbitrary<T>, most: number): fc.Arbitrary<string> {
  return fc.uniqueArray(of, { minLength: 1, maxLength: most }).map((values) => values.join(","));
}

function optional(name: string, values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .option(values, { nil: null, freq: 2 })
    .map((value) => (value === null ? "" : `;${name}=${value}`));
}

const end = fc.oneof(
  fc.constant(""),
  fc.integer({ min: 1, max: 400 }).map((count) => `;COUNT=${count}`),
  fc
    .integer({ min: 0, max: 4_000 })
    .map((days) => `;UNTIL=${formatLocal(civilFromParts(2015, 1, 1, 12, 0, 0) + days * DAY_MS)}Z`),
);
const signed = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max }).chain((n) => fc.constantFrom(n, -n));

/** Rules of every frequency, most of them sensible. */
const rules = fc
  .tuple(
    fc.constantFrom("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"),
    fc.integer({ min: 1, max: 40 }),
    end,
    optional("BYMONTH", list(fc.integer({ min: 1, max: 12 }), 4)),
    optional("BYMONTHDAY", list(signed(31), 4)),
    optional("BYDAY", list(weekday, 4)),
    optional("BYHOUR", list(fc.integer({ min: 0, max: 23 }), 3)),
    optional("BYMINUTE", list(fc.integer({ min: 0, max: 59 }), 3)),
    optional("BYSETPOS", list(signed(4), 2)),
    optional("BYWEEKNO", list(signed(53), 3)),
    optional("BYYEARDAY", list(signed(366), 3)),
    optional("WKST", weekday),
  )
  .map(([frequency, interval, ...parts]) => {
    const yearly = frequency === "YEARLY";
    const kept = parts.filter((part) => yearly || !/^;BY(WEEKNO|YEARDAY)/.test(part));
    return `FREQ=${frequency};INTERVAL=${frequency === "MINUTELY" ? interval * 30 : interval}${kept.join("")}`;
  });

const zones = fc.constantFrom(
  null,
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Cairo",
);
const dtstarts = fc
  .integer({ min: 0, max: 3_000 * 48 })
  .map((halfHours) => civilFromParts(2009, 1, 1, 0, 0, 0) + halfHours * 30 * 60_000);
const windows = fc
  .tuple(fc.integer({ min: 0, max: 5_000 * 24 }), fc.integer({ min: 1, max: 400 * 24 }))
  .map(([from, length]) => ({
    from: civilFromParts(2008, 6, 1, 0, 0, 0) + from * HOUR_MS,
    to: civilFromParts(2008, 6, 1, 0, 0, 0) + (from + length) * HOUR_MS,
  }));

function expand(text: string, civil: CivilMs, tzid: string | null, window: CivilWindow): CivilMs[] {
  const dtstart: DateTimeValue =
    tzid === null ? { kind: "utc", civil, tzid } : { kind: "zoned", civil, tzid };
  const expanded = expandRule(ruleOf(text), dtstart, zoneOf(tzid), window, { stepsLeft: 10_000_000 });
  if (!expanded.ok) throw new Error(text);
  return expanded.value;
}

describe("properties", () => {
  it("a window of an expansion is the expansion of the window", () => {
    fc.assert(
      fc.property(rules, dtstarts, zones, windows, (rule, civil, tzid, window) => {
        const whole = expand(rule, civil, tzid, { from: CIVIL_MIN, to: window.to + 40 * DAY_MS });
        expect(expand(rule, civil, tzid, window)).toEqual(
          whole.filter((start) => start >= window.from && start < window.to),
        );
      }),
      { numRuns: 1_500 },
    );
  });

  it("COUNT gives the first of the starts without COUNT", () => {
    fc.assert(
      fc.property(
        rules.map((rule) => rule.replace(/;(COUNT|UNTIL)=\w+/, "")),
        fc.integer({ min: 1, max: 60 }),
        dtstarts,
        windows,
        (rule, count, civil, window) => {
          const open = expand(rule, civil, null, { from: CIVIL_MIN, to: window.to });
          expect(expand(`${rule};COUNT=${count}`, civil, null, { from: CIVIL_MIN, to: window.to })).toEqual(
            open.slice(0, count),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("COUNT ends at the same start when the window begins shortly before it", () => {
    fc.assert(
      fc.property(
        rules.map((rule) => rule.replace(/;(COUNT|UNTIL)=\w+/, "")),
        fc.integer({ min: 4, max: 120 }),
        dtstarts,
        (rule, count, civil) => {
          const horizon = civil + (/HOURLY|MINUTELY/.test(rule) ? 300 : 8_000) * DAY_MS;
          const open = expand(rule, civil, null, { from: CIVIL_MIN, to: horizon });
          const from = open[count - 3];
          fc.pre(from !== undefined && open.length > count);
          expect(expand(`${rule};COUNT=${count}`, civil, null, { from: from ?? 0, to: horizon })).toEqual(
            open.slice(count - 3, count),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    "FREQ=DAILY",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SA",
    "FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30",
    "FREQ=MINUTELY;INTERVAL=30;BYHOUR=9,10;BYMONTH=2,5",
    "FREQ=MINUTELY;INTERVAL=30;BYDAY=MO,TU;BYSECOND=0,10",
    "FREQ=SECONDLY;INTERVAL=1800;BYHOUR=3,4;BYMONTHDAY=-1",
  ])("COUNT of %s ends where counting one by one does, for every COUNT", (rule) => {
    const dtstart = civilFromParts(2020, 1, 14, 10, 30, 0);
    const open = expand(rule, dtstart, null, { from: CIVIL_MIN, to: dtstart + 1_500 * DAY_MS });
    for (let count = 2; count < open.length; count += 1 + (count >> 3)) {
      const from = open[count - 2] ?? 0;
      expect(expand(`${rule};COUNT=${count}`, dtstart, null, { from, to: CIVIL_MAX })).toEqual(
        open.slice(count - 2, count),
      );
    }
  });

  it("a window that begins inside an hour finds the rest of that hour", () => {
    const window = { from: civilFromParts(2026, 1, 5, 9, 20, 0), to: civilFromParts(2026, 1, 5, 10, 0, 0) };
    expect(starts("FREQ=HOURLY;BYMINUTE=0,15,30,45", "20250101T000000Z", null, window)).toEqual([
      "20260105T093000Z",
      "20260105T094500Z",
    ]);
  });

  it("starts ascend strictly and none lies before DTSTART", () => {
    fc.assert(
      fc.property(rules, dtstarts, zones, windows, (rule, civil, tzid, window) => {
        const found = expand(rule, civil, tzid, window);
        for (const [i, start] of found.entries()) {
          expect(start).toBeGreaterThan(found[i - 1] ?? -Infinity);
          expect(start).toBeGreaterThanOrEqual(civil);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the cost is that of the window, not of the rule's age", () => {
  it.each([
    "FREQ=DAILY",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "FREQ=HOURLY;INTERVAL=4",
    "FREQ=MINUTELY;INTERVAL=30;BYHOUR=9,10",
  ])("%s", (rule) => {
    const young = steps(rule, "20200106T090000", YEAR_2026);
    const old = steps(rule, "01010101T090000", YEAR_2026);
    expect(old).toBeLessThanOrEqual(young + 6);
    expect(young).toBeLessThan(12_000);
  });

  it.each([
    ["FREQ=DAILY;COUNT=100000000", 1_600],
    ["FREQ=WEEKLY;BYDAY=MO,WE;COUNT=100000000", 400],
    ["FREQ=HOURLY;INTERVAL=4;COUNT=100000000", 9_000],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=100000000", 5_000],
    ["FREQ=MINUTELY;INTERVAL=30;BYHOUR=9,10;COUNT=100000000", 13_000],
    ["FREQ=MONTHLY;BYDAY=-1FR;COUNT=100000000", 4_500],
    ["FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=100000000", 400],
  ])("counts %s from 1906 in at most %d steps", (rule, most) => {
    const counted = steps(rule, "19060101T090000", YEAR_2026);
    expect(counted).toBeLessThanOrEqual(most);
    const without = starts(rule.replace(/;COUNT=\d+/, ""), "19060101T090000", null, YEAR_2026);
    expect(starts(rule, "19060101T090000", null, YEAR_2026)).toEqual(without);
  });
});
