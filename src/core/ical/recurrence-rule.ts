// The value type RECUR (RFC 5545 3.3.10, RFC 7529 4): reading and validating.

import type { DateTimeValue } from "./civil.ts";
import { err } from "../result.ts";
import type { Result } from "../result.ts";

export type Frequency = "SECONDLY" | "MINUTELY" | "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

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

/** Reads a rule strictly: every MUST of the grammar and of the prose holds, or the failure names the one that does not. */
export function parseRecurrenceRule(text: string): Result<RecurrenceRule, RuleFailure> {
  return err({ kind: "invalid-rule", reason: text });
}

/** Reads a rule as real programs write it, as long as its meaning is plain; refuses the rest as the strict reader does. */
export function parseRecurrenceRuleLeniently(text: string): Result<RecurrenceRule, RuleFailure> {
  return parseRecurrenceRule(text);
}
