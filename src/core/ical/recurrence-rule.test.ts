// Rules that a strict reader refuses (collected from the test suites of five libraries), rules it must accept, and what is forgiven leniently.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";
import { parseRecurrenceRule } from "./recurrence-rule.ts";

const folder = join(process.env["SHARED_DIR"] ?? "../shared", "corpus");

function rows(file: string): Record<string, unknown>[] {
  return readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
}

function reasonOf(text: string): string {
  const read = parseRecurrenceRule(text);
  return read.ok ? "accepted" : read.error.reason;
}

/** The offences as the corpus spells them, and what our reason must mention. */
const OFFENCES: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^bad FREQ$/, () => "FREQ"],
  [/^(unknown part \w+)$/, (match) => match[1] ?? ""],
  [/^duplicate (\w+)$/, (match) => `duplicate ${match[1]}`],
  [/^syntax$/, () => "syntax"],
  [/^empty (\w+)$/, (match) => match[1] ?? ""],
  [/^COUNT\+UNTIL$/, () => "exclude each other"],
  [/^BYSETPOS alone$/, () => "BYSETPOS needs"],
  [/^BYDAY ordinal range$/, () => "BYDAY ordinal range"],
  [/^BYDAY ordinal not allowed$/, () => "BYDAY ordinal is not allowed"],
  [/^(\w+) (?:range|syntax)$/, (match) => match[1] ?? ""],
  [/^(\w+)(?: .*)?$/, (match) => match[1] ?? ""],
];

function mentions(violation: string): string {
  for (const [pattern, mention] of OFFENCES) {
    const match = pattern.exec(violation);
    if (match !== null) return mention(match);
  }
  return violation;
}

describe.skipIf(!existsSync(join(folder, "recurrence-invalid.jsonl")))(
  "rules that RFC 5545 3.3.10 forbids",
  () => {
    it("are all refused with a reason that names an offence", () => {
      const invalid = rows("recurrence-invalid.jsonl");
      expect(invalid.length).toBe(81);
      for (const { rrule, violations } of invalid) {
        const reason = reasonOf(String(rrule));
        const wanted = Array.isArray(violations)
          ? violations.map((violation) => mentions(String(violation)))
          : [];
        expect(
          wanted.some((word) => reason.includes(word)),
          `${String(rrule)}: ${reason} (${String(violations)})`,
        ).toBe(true);
      }
    });
  },
);

describe.skipIf(!existsSync(join(folder, "recurrence.jsonl")))("rules that several engines agree on", () => {
  it("are all accepted, and read the same by the lenient reader", () => {
    const high = rows("recurrence.jsonl").filter(
      ({ status, rrule }) => status === "high" && rrule !== null && rrule !== "",
    );
    expect(high.length).toBeGreaterThan(395);
    for (const { rrule } of high) {
      const strict = parseRecurrenceRule(String(rrule));
      expect(strict.ok, `${String(rrule)}: ${reasonOf(String(rrule))}`).toBe(true);
      expect(parseRecurrenceRuleLeniently(String(rrule))).toEqual(strict);
    }
  });
});

describe("the strict reader", () => {
  it("reads every part", () => {
    expect(
      parseRecurrenceRule(
        "FREQ=YEARLY;INTERVAL=2;UNTIL=20301231T235959Z;WKST=SU;BYMONTH=3,1;BYMONTHDAY=-1,+5;BYDAY=+2MO,-1FR;BYHOUR=9;BYMINUTE=0;BYSECOND=60;BYSETPOS=-1",
      ),
    ).toEqual({
      ok: true,
      value: {
        frequency: "YEARLY",
        interval: 2,
        count: null,
        until: { kind: "utc", civil: 1_924_991_999_000, tzid: null },
        weekStart: 0,
        skip: "OMIT",
        bySecond: [59],
        byMinute: [0],
        byHour: [9],
        byDay: [
          { weekday: 1, ordinal: 2 },
          { weekday: 5, ordinal: -1 },
        ],
        byMonthDay: [-1, 5],
        byYearDay: [],
        byWeekNo: [],
        byMonth: [1, 3],
        bySetPos: [-1],
      },
    });
  });

  it("reads names in any case, as ABNF does", () => {
    expect(parseRecurrenceRule("freq=weekly;byday=mo")).toEqual(parseRecurrenceRule("FREQ=WEEKLY;BYDAY=MO"));
  });

  it.each([
    ["RSCALE=CHINESE;FREQ=YEARLY", "unsupported-rscale"],
    ["RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8;SKIP=FORWARD", "unsupported-rscale"],
    ["FREQ=YEARLY;RSCALE=GREGORIAN;BYWEEKNO=53;SKIP=BACKWARD", "unsupported-rscale"],
    ["FREQ=YEARLY;SKIP=FORWARD", "invalid-rule"],
    ["FREQ=DAILY;COUNT=0", "invalid-rule"],
    ["", "invalid-rule"],
  ])("refuses %j as %s", (text, kind) => {
    const read = parseRecurrenceRule(text);
    expect(read.ok ? "accepted" : read.error.kind).toBe(kind);
  });

  it("accepts RSCALE=GREGORIAN (RFC 7529 4.1)", () => {
    expect(parseRecurrenceRule("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD")).toMatchObject({
      ok: true,
      value: { skip: "FORWARD" },
    });
  });
});

describe("the lenient reader", () => {
  it.each([
    [
      "FREQ=DAILY;UNTIL=20150722T080000Z;INTERVAL=1;BYDAY=MO, TU, WE, TH, FR;WKST=SU",
      "FREQ=DAILY;UNTIL=20150722T080000Z;BYDAY=MO,TU,WE,TH,FR;WKST=SU",
    ],
    ["FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"],
    ["FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO ", "FREQ=MONTHLY;BYDAY=1MO"],
    ["FREQ=DAILY\\;COUNT=10", "FREQ=DAILY;COUNT=10"],
    ["FREQ=DAILY;BYMONTH=;UNTIL=20160305T230000Z", "FREQ=DAILY;UNTIL=20160305T230000Z"],
    ["AnythingRandom;FREQ=WEEKLY;BYDAY=FR,MO", "FREQ=WEEKLY;BYDAY=FR,MO"],
    ["FREQ=WEEKLY;FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2"],
    ["FREQ=DAILY;UNTIL=2015-07-01", "FREQ=DAILY;UNTIL=20150701"],
    ["FREQ=WEEKLY;UNTIL=20140801T150000ZZ;BYDAY=MO", "FREQ=WEEKLY;UNTIL=20140801T150000Z;BYDAY=MO"],
    ["FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY"],
    ["FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO"],
    ["FREQ=MONTHLY;INTERVAL=0;BYDAY=1WE,3WE", "FREQ=MONTHLY;BYDAY=1WE,3WE"],
  ])("reads %j as %j", (text, meant) => {
    expect(parseRecurrenceRule(text).ok).toBe(false);
    expect(parseRecurrenceRuleLeniently(text)).toEqual(parseRecurrenceRule(meant));
  });

  it.each([
    "",
    "UNTIL=20160305T230000Z",
    "FREQ=INVALID_TYPE_CAUSES_ERROR",
    "FREQ=WEEKLY;FREQ=DAILY",
    "FREQ=DAILY;COUNT=0",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=DAILY;UNTIL=foobar",
    "RSCALE=CHINESE;FREQ=YEARLY",
  ])("refuses %j all the same", (text) => {
    expect(parseRecurrenceRuleLeniently(text).ok).toBe(false);
  });
});
