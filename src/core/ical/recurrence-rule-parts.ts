// The parts of a RECUR value (RFC 5545 3.3.10, RFC 7529 4) and the reading of each part's value. Collects what is wrong and names the part.
// Knows neither how parts are separated nor which may stand together: recurrence-rule.ts.

import type { DateTimeValue } from "./civil.ts";
import { parseDateTime } from "./civil.ts";

export type Frequency = "SECONDLY" | "MINUTELY" | "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** What becomes of a day that does not exist (RFC 7529 4.1). */
export type Skip = "OMIT" | "BACKWARD" | "FORWARD";

export interface WeekdayRule {
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number;
  /** 0: every one; else the n-th from the start (positive) or the end (negative) of the month or year. */
  readonly ordinal: number;
}

export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: DateTimeValue | null;
  /** 0 Sunday to 6 Saturday. */
  readonly weekStart: number;
  readonly skip: Skip;
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
  readonly byDay: readonly WeekdayRule[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
}

export interface RuleFailure {
  readonly kind: "invalid-rule" | "unsupported-rscale";
  /** Names the part and what is wrong with it. */
  readonly reason: string;
}

/** A rule's parts by upper-case name, in no order. */
export type RuleParts = ReadonlyMap<string, string>;

const WEEKDAYS: readonly string[] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** No interval and no count beyond this can matter inside the years 1 to 9999; above it integers stop being exact. */
const NUMBER_MAX = 1e12;

/** Parts whose values are lists of integers, with their range; a signed range leaves out 0. */
const LISTS: readonly { readonly name: string; readonly min: number; readonly max: number }[] = [
  { name: "BYSECOND", min: 0, max: 60 },
  { name: "BYMINUTE", min: 0, max: 59 },
  { name: "BYHOUR", min: 0, max: 23 },
  { name: "BYMONTHDAY", min: -31, max: 31 },
  { name: "BYYEARDAY", min: -366, max: 366 },
  { name: "BYWEEKNO", min: -53, max: 53 },
  { name: "BYMONTH", min: 1, max: 12 },
  { name: "BYSETPOS", min: -366, max: 366 },
];

const KNOWN_PARTS: ReadonlySet<string> = new Set([
  "FREQ",
  "UNTIL",
  "COUNT",
  "INTERVAL",
  "BYDAY",
  "WKST",
  "RSCALE",
  "SKIP",
  ...LISTS.map((list) => list.name),
]);

export function isKnownPart(name: string): boolean {
  return KNOWN_PARTS.has(name);
}

/** Collects what is wrong; the readers below go on with a stand-in value and the first failure decides. */
export type Failures = RuleFailure[];

export function refuse(failures: Failures, reason: string): void {
  failures.push({ kind: "invalid-rule", reason });
}

function frequencyOf(text: string | undefined, failures: Failures): Frequency {
  const upper = (text ?? "").toUpperCase();
  switch (upper) {
    case "SECONDLY":
    case "MINUTELY":
    case "HOURLY":
    case "DAILY":
    case "WEEKLY":
    case "MONTHLY":
    case "YEARLY":
      return upper;
  }
  refuse(failures, text === undefined ? "FREQ is missing" : `FREQ "${text}" is not a frequency`);
  return "DAILY";
}

function positive(name: string, text: string, failures: Failures): number {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    refuse(failures, `${name} must be a positive whole number, not "${text}"`);
  return Math.min(Number(text), NUMBER_MAX);
}

function integers(parts: RuleParts, name: string, failures: Failures): readonly number[] {
  const text = parts.get(name);
  const range = LISTS.find((list) => list.name === name);
  if (text === undefined || range === undefined) return [];
  const signed = range.min < 0;
  const values = text.split(",").map((item) => {
    if (!/^[+-]?\d{1,3}$/.test(item)) {
      refuse(failures, `${name} syntax: "${item}" is not a whole number`);
      return 1;
    }
    const value = Number(item);
    if (value < range.min || value > range.max || (signed && value === 0)) {
      refuse(
        failures,
        `${name} range: ${item} is not within ${range.min} to ${range.max}${signed ? " or is 0" : ""}`,
      );
    }
    return value;
  });
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function weekdays(text: string | undefined, failures: Failures): readonly WeekdayRule[] {
  if (text === undefined) return [];
  return text.split(",").map((item) => {
    const match = /^([+-]?\d{1,3})?([A-Z]{2})$/.exec(item.toUpperCase());
    const weekday = WEEKDAYS.indexOf(match?.[2] ?? "");
    if (match === null || weekday < 0) {
      refuse(failures, `BYDAY syntax: "${item}" is not a weekday`);
      return { weekday: 0, ordinal: 0 };
    }
    const ordinal = match[1] === undefined ? 0 : Number(match[1]);
    if (match[1] !== undefined && (ordinal === 0 || Math.abs(ordinal) > 53)) {
      refuse(failures, `BYDAY ordinal range: ${match[1]} is not within 1 to 53 or -53 to -1`);
    }
    return { weekday, ordinal };
  });
}

function skipOf(parts: RuleParts, failures: Failures): Skip {
  const scale = parts.get("RSCALE")?.toUpperCase();
  const skip = parts.get("SKIP")?.toUpperCase();
  if (scale !== undefined && scale !== "GREGORIAN") {
    failures.unshift({
      kind: "unsupported-rscale",
      reason: `RSCALE ${scale} is not supported, only GREGORIAN`,
    });
    return "OMIT";
  }
  if (skip === undefined || skip === "OMIT") return "OMIT";
  if (skip !== "BACKWARD" && skip !== "FORWARD") {
    refuse(failures, `SKIP must be OMIT, BACKWARD or FORWARD, not "${skip}"`);
    return "OMIT";
  }
  if (scale === undefined) refuse(failures, "SKIP needs RSCALE");
  if (parts.has("BYWEEKNO") || parts.get("BYYEARDAY")?.includes("-366") === true) {
    const reason = `SKIP ${skip} of whole weeks and of BYYEARDAY=-366 is not supported`;
    failures.push({ kind: "unsupported-rscale", reason });
  }
  return skip;
}

function untilOf(text: string | undefined, failures: Failures): DateTimeValue | null {
  if (text === undefined) return null;
  const until = /^\d{8}(T\d{6}Z?)?$/i.test(text) ? parseDateTime(text.toUpperCase()) : null;
  if (until === null) refuse(failures, `UNTIL syntax: "${text}" is not a date or date-time`);
  return until;
}

function weekStartOf(text: string | undefined, failures: Failures): number {
  const weekday = WEEKDAYS.indexOf((text ?? "MO").toUpperCase());
  if (weekday < 0) refuse(failures, `WKST: "${text}" is not a weekday`);
  return weekday;
}

/** Reads parts whose names are unique; checks every value, not their combination. */
export function ruleOfParts(parts: RuleParts, failures: Failures): RecurrenceRule {
  for (const name of parts.keys()) if (!isKnownPart(name)) refuse(failures, `unknown part ${name}`);
  const count = parts.get("COUNT");
  return {
    frequency: frequencyOf(parts.get("FREQ"), failures),
    interval: positive("INTERVAL", parts.get("INTERVAL") ?? "1", failures),
    count: count === undefined ? null : positive("COUNT", count, failures),
    until: untilOf(parts.get("UNTIL"), failures),
    weekStart: weekStartOf(parts.get("WKST"), failures),
    skip: skipOf(parts, failures),
    // A leap second reads as second 59, as RFC 5545 3.3.12 wants of a calendar without leap seconds.
    bySecond: [...new Set(integers(parts, "BYSECOND", failures).map((second) => Math.min(second, 59)))],
    byMinute: integers(parts, "BYMINUTE", failures),
    byHour: integers(parts, "BYHOUR", failures),
    byDay: weekdays(parts.get("BYDAY"), failures),
    byMonthDay: integers(parts, "BYMONTHDAY", failures),
    byYearDay: integers(parts, "BYYEARDAY", failures),
    byWeekNo: integers(parts, "BYWEEKNO", failures),
    byMonth: integers(parts, "BYMONTH", failures),
    bySetPos: integers(parts, "BYSETPOS", failures),
  };
}

/** Is there a BYxxx part that BYSETPOS could select from? */
export function hasOtherByPart(rule: RecurrenceRule): boolean {
  const lists = [
    rule.bySecond,
    rule.byMinute,
    rule.byHour,
    rule.byDay,
    rule.byMonthDay,
    rule.byYearDay,
    rule.byWeekNo,
    rule.byMonth,
  ];
  return lists.some((list) => list.length > 0);
}
