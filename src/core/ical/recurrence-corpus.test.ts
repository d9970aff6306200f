// The evaluator against cases collected from RFC 5545, RFC 7529 and the test suites of other libraries. "high": at least two independent
// engines agree; all must pass. RDATE and EXDATE belong to the recurrence set and are applied here by the test itself.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "../limits.ts";
import {
  CIVIL_MAX,
  CIVIL_MIN,
  DAY_MS,
  daysOfCivil,
  formatDateTime,
  parseDateTime,
  partsOfCivil,
  weekdayOfDays,
} from "./civil.ts";
import type { CivilMs, DateTimeValue } from "./civil.ts";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";
import { parseRecurrenceRule } from "./recurrence-rule.ts";
import { expandRule } from "./recurrence.ts";
import { ianaZone, UTC } from "./zone.ts";
import type { Zone } from "./zone.ts";

const folder = join(process.env["SHARED_DIR"] ?? "../shared", "corpus");

function rows<Row>(file: string): Row[] {
  return readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line): Row => JSON.parse(line));
}

function valueOf(text: string, tz: string | null): DateTimeValue {
  const value = parseDateTime(text, tz);
  if (value === null) throw new Error(`not a time: ${text}`);
  return value;
}

function zoneOf(tz: string | null): Zone {
  const zone = tz === null ? UTC : ianaZone(tz);
  if (zone === undefined) throw new Error(`unknown zone ${tz}`);
  return zone;
}

interface Case {
  readonly id: string;
  readonly dtstart: string;
  readonly tz: string | null;
  readonly rrule: string | null;
  readonly rdate: readonly string[];
  readonly exdate: readonly string[];
  readonly complete: boolean;
  readonly expected: readonly string[];
  readonly expected_utc?: readonly string[];
  readonly status: string;
}

function civilIn(text: string, tz: string | null): CivilMs {
  const value = valueOf(text.split("/")[0] ?? "", tz);
  return value.kind === "utc" && tz !== null ? value.civil + zoneOf(tz).offsetAt(value.civil) : value.civil;
}

/** The starts of a case, cut to as many as it lists unless it lists all; "refused" or "budget-exceeded" otherwise. */
function startsOf(row: Case): readonly CivilMs[] | string {
  const dtstart = valueOf(row.dtstart, row.tz);
  const last = row.expected.at(-1);
  const to = row.complete || last === undefined ? CIVIL_MAX : valueOf(last, null).civil + 2 * DAY_MS;
  let starts: readonly CivilMs[] = [dtstart.civil];
  if (row.rrule !== null && row.rrule !== "") {
    const strict = parseRecurrenceRule(row.rrule);
    const rule = strict.ok || row.status === "high" ? strict : parseRecurrenceRuleLeniently(row.rrule);
    if (!rule.ok) return "refused";
    const budget = { stepsLeft: limits.recurrenceStepsMax };
    const expanded = expandRule(rule.value, dtstart, zoneOf(row.tz), { from: CIVIL_MIN, to }, budget);
    if (!expanded.ok) return expanded.error;
    starts = expanded.value;
  }
  const excluded = new Set(row.exdate.map((text) => civilIn(text, row.tz)));
  const all = [...new Set([...starts, ...row.rdate.map((text) => civilIn(text, row.tz))])]
    .filter((civil) => !excluded.has(civil))
    .toSorted((a, b) => a - b);
  return row.complete ? all : all.slice(0, row.expected.length);
}

function texts(row: Case, starts: readonly CivilMs[] | string): unknown {
  const { kind, tzid } = valueOf(row.dtstart, row.tz);
  return typeof starts === "string" ? starts : starts.map((civil) => formatDateTime({ kind, civil, tzid }));
}

/** Choices: what our reading gives in cases that engines answer differently. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  // UNTIL that is a date includes that day (dateutil, libical; google-rfc-2445 does not).
  "607a9087-36140eee": [
    "19970902T090000Z",
    "19970904T090000Z",
    "19970909T090000Z",
    "19970911T090000Z",
    "19970916T090000Z",
    "19970918T090000Z",
    "19970923T090000Z",
    "19970925T090000Z",
    "19970930T090000Z",
    "19971002T090000Z",
    "19971007T090000Z",
  ],
  // INTERVAL counts calendar years, not the years that weeks belong to (dateutil; ical.net counts the latter).
  "7973021a-566a8960": ["20100102T000000", "20160102T000000"],
  // FREQ=YEARLY;BYMONTHDAY without BYMONTH: all months (dateutil; libical and ical.net stay in DTSTART's month).
  "9a120efc-f080738a": ["20250101", "20250201"],
  "c5206912-b9ca7c87": [
    "20140430T220000Z",
    "20140531T220000Z",
    "20140630T220000Z",
    "20140731T220000Z",
    "20140831T220000Z",
    "20140930T220000Z",
  ],
  "c7947cc5-150f78a3": ["20240229", "20240329", "20240429"],
};

/** An EXDATE of another value type, which the recurrence set decides about. */
const OTHER_TYPE = new Set(["1f1294a9-2ecb9964", "e29efbc2-fe0c6a70"]);

describe.skipIf(!existsSync(join(folder, "recurrence.jsonl")))("recurrence cases", () => {
  const cases = existsSync(join(folder, "recurrence.jsonl")) ? rows<Case>("recurrence.jsonl") : [];
  const high = cases.filter(({ status }) => status === "high");

  it("has the cases it is meant to have", () => {
    expect(high).toHaveLength(401);
    expect(cases).toHaveLength(706);
  });

  it.each(high)("$id $dtstart $tz $rrule", (row) => {
    const starts = startsOf(row);
    expect(texts(row, starts)).toEqual(row.expected);
    if (row.expected_utc !== undefined && typeof starts !== "string") {
      const zone = zoneOf(row.tz);
      expect(
        starts.map((civil) => formatDateTime({ kind: "utc", civil: zone.toUtc(civil), tzid: null })),
      ).toEqual(row.expected_utc);
    }
  });

  it("answers contested cases as chosen", () => {
    const contested = cases.filter(
      ({ status, id }) => (status === "contested" || status === "medium") && !OTHER_TYPE.has(id),
    );
    expect(contested).toHaveLength(12);
    for (const row of contested)
      expect(texts(row, startsOf(row)), `${row.id} ${row.rrule}`).toEqual(CHOSEN[row.id] ?? row.expected);
  });

  it("ends on every undefined case, with DTSTART as a start unless the rule is refused", () => {
    const outcomes = { expanded: 0, refused: 0 };
    for (const row of cases.filter(({ status }) => status === "undefined")) {
      const starts = startsOf(row);
      if (typeof starts === "string") {
        expect(starts, row.rrule ?? "").toBe("refused");
        outcomes.refused += 1;
        continue;
      }
      if (row.exdate.length === 0)
        expect(starts[0], row.rrule ?? "").toBe(valueOf(row.dtstart, row.tz).civil);
      outcomes.expanded += 1;
    }
    expect(outcomes).toEqual({ expanded: 283, refused: 8 });
  });
});

interface Property {
  /** Set where the case is meant for a reader that follows RFC 2445, which reads these rules otherwise. */
  readonly mode: string | null;
  readonly rrule: string;
  readonly dtstart: string;
  readonly tz: string | null;
  readonly constraints: Readonly<Record<string, readonly (number | string)[] | undefined>>;
  readonly until?: string;
  readonly expected_count?: number;
  readonly expected_instances?: number;
}

const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

describe.skipIf(!existsSync(join(folder, "recurrence-properties.jsonl")))(
  "recurrence cases given as properties",
  () => {
    it("have starts that meet the constraints, end with UNTIL, and are as many as COUNT says", () => {
      let checked = 0;
      let counted = 0;
      for (const row of rows<Property>("recurrence-properties.jsonl")) {
        const rule = parseRecurrenceRule(row.rrule);
        if (!rule.ok || row.mode !== null) continue;
        const dtstart = valueOf(row.dtstart, row.tz);
        const to = rule.value.count === null ? dtstart.civil + 20 * 366 * DAY_MS : CIVIL_MAX;
        const budget = { stepsLeft: limits.recurrenceStepsMax };
        const expanded = expandRule(rule.value, dtstart, zoneOf(row.tz), { from: CIVIL_MIN, to }, budget);
        if (!expanded.ok) throw new Error(row.rrule);
        const [first, ...others] = expanded.value;
        expect(first).toBe(dtstart.civil);
        const meets = (name: string, value: number | string): boolean =>
          row.constraints[name]?.includes(value) ?? true;
        const until =
          row.until === undefined
            ? Infinity
            : valueOf(row.until, null).civil + (row.until.length === 8 ? DAY_MS - 1 : 0);
        for (const civil of others) {
          const { month, day, hour, minute } = partsOfCivil(civil);
          const weekday = WEEKDAYS[weekdayOfDays(daysOfCivil(civil))] ?? "";
          const isMet =
            meets("months", month) &&
            meets("monthdays", day) &&
            meets("weekdays", weekday) &&
            meets("hours", hour) &&
            meets("minutes", minute);
          if (!isMet || civil > until)
            throw new Error(`${row.rrule} ${row.dtstart}: ${formatDateTime({ ...dtstart, civil })}`);
        }
        checked += 1;
        if (row.expected_count !== undefined) {
          expect(expanded.value.length, row.rrule).toBe(row.expected_count);
          counted += 1;
        }
      }
      expect(checked).toBeGreaterThan(285);
      expect(counted).toBeGreaterThan(35);
    });
  },
);

interface ScaleCase {
  readonly rrule: string;
  readonly dtstart: string;
  readonly expected: readonly string[];
  readonly needs_icu_calendar: boolean;
}

describe.skipIf(!existsSync(join(folder, "recurrence-rscale.jsonl")))("RFC 7529", () => {
  it("is followed for the Gregorian calendar and refused by name for all others", () => {
    let followed = 0;
    for (const row of rows<ScaleCase>("recurrence-rscale.jsonl")) {
      const rule = parseRecurrenceRule(row.rrule);
      if (!rule.ok) {
        expect(rule.error.kind, row.rrule).toBe("unsupported-rscale");
        continue;
      }
      expect(row.needs_icu_calendar, row.rrule).toBe(false);
      const dtstart = valueOf(row.dtstart, null);
      const to = valueOf(row.expected.at(-1) ?? "", null).civil + 1;
      // Two cases start outside their pattern, where DTSTART counts: without COUNT it only comes first.
      const open = { ...rule.value, count: null };
      const expanded = expandRule(
        open,
        dtstart,
        UTC,
        { from: CIVIL_MIN, to },
        { stepsLeft: limits.recurrenceStepsMax },
      );
      const read = expanded.ok ? expanded.value.map((civil) => formatDateTime({ ...dtstart, civil })) : [];
      expect(row.expected.includes(row.dtstart) ? read : read.slice(1), row.rrule).toEqual(row.expected);
      followed += 1;
    }
    expect(followed).toBe(10);
  });
});
