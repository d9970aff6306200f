// Which days of a month a rule selects, as bit masks: bit 0 is the 1st. One mask per month answers "which", "how many" and "is this day in".
// RFC 5545 3.3.10 (the table of BYxxx parts) and RFC 7529 4.1: with SKIP=FORWARD the bit after the month's last day is the 1st of the next.
// Masks depend only on the month's length and first weekday, year masks only on 1 January's weekday and on leap years: all are kept.

import { daysFromCivil, isLeapYear, weekdayOfDays } from "./civil.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { weekMasks } from "./recurrence-weeks.ts";

export interface DayMasks {
  /** The selected days of a month. */
  ofMonth(year: number, month: number): number;
  /** The selected days of all months, January first; the array is shared, not to be written. */
  ofYear(year: number): Int32Array;
}

const MONTH_LENGTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function monthLength(month: number, leap: boolean): number {
  return month === 2 && leap ? 29 : (MONTH_LENGTHS[month - 1] ?? 31);
}

function fullMask(length: number): number {
  return length === 31 ? 0x7fffffff : 2 ** length - 1;
}

/** How many bits are set. */
export function bitCount(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** BYMONTHDAY; `days` may be DTSTART's own day. */
function monthDayMask(days: readonly number[], length: number, rule: RecurrenceRule): number {
  let mask = 0;
  for (const day of days) {
    const at = day > 0 ? day : length + 1 + day;
    if (at >= 1 && at <= length) mask |= 1 << (at - 1);
    else if (at > length && rule.skip === "BACKWARD") mask |= 1 << (length - 1);
    // Where the next month is a period of its own and selects its 1st anyway, the day is counted there.
    else if (at > length && rule.skip === "FORWARD" && !(rule.interval === 1 && days.includes(1)))
      mask |= 1 << length;
  }
  return mask;
}

/** BYDAY inside a month; bits 0, 7, 14, 21 and 28 are one weekday. */
function weekdayMask(rule: RecurrenceRule, firstWeekday: number, length: number, ordinals: boolean): number {
  let mask = 0;
  for (const { weekday, ordinal } of rule.byDay) {
    const first = (weekday - firstWeekday + 7) % 7;
    if (ordinal === 0 || !ordinals) {
      mask |= 0x10204081 << first;
    } else {
      const occurrences = Math.floor((length - 1 - first) / 7) + 1;
      const index = ordinal > 0 ? ordinal - 1 : occurrences + ordinal;
      if (index >= 0 && index < occurrences) mask |= 1 << (first + index * 7);
    }
  }
  return mask;
}

/** BYYEARDAY, and BYDAY with ordinals that count in the year, as one mask per month. */
function spread(daysOfYear: readonly number[], leap: boolean): Int32Array {
  const masks = new Int32Array(12);
  for (const day of daysOfYear) {
    let left = day;
    for (let month = 1; month <= 12; month++) {
      const length = monthLength(month, leap);
      if (left <= length || month === 12) {
        masks[month - 1] = (masks[month - 1] ?? 0) | (1 << (left - 1));
        break;
      }
      left -= length;
    }
  }
  return masks;
}

function yearDays(rule: RecurrenceRule, leap: boolean): number[] {
  const length = leap ? 366 : 365;
  const days: number[] = [];
  for (const day of rule.byYearDay) {
    const at = day > 0 ? day : length + 1 + day;
    if (at >= 1 && at <= length) days.push(at);
    else if (at > length && rule.skip === "BACKWARD") days.push(length);
    else if (at > length && rule.skip === "FORWARD") days.push(length + 1);
  }
  return days;
}

function weekdaysOfYear(rule: RecurrenceRule, firstWeekday: number, leap: boolean): number[] {
  const length = leap ? 366 : 365;
  const days: number[] = [];
  for (const { weekday, ordinal } of rule.byDay) {
    const first = 1 + ((weekday - firstWeekday + 7) % 7);
    const occurrences = Math.floor((length - first) / 7) + 1;
    if (ordinal === 0) {
      for (let i = 0; i < occurrences; i++) days.push(first + i * 7);
    } else {
      const index = ordinal > 0 ? ordinal - 1 : occurrences + ordinal;
      if (index >= 0 && index < occurrences) days.push(first + index * 7);
    }
  }
  return days;
}

/** The masks of a rule that starts on the given day. */
export function dayMasks(
  rule: RecurrenceRule,
  startMonth: number,
  startDay: number,
  startWeekday: number,
): DayMasks {
  const yearly = rule.frequency === "YEARLY";
  const expands = yearly || rule.frequency === "MONTHLY";
  const hasDayPart =
    rule.byDay.length + rule.byMonthDay.length + rule.byYearDay.length + rule.byWeekNo.length > 0;
  const monthDays = expands && !hasDayPart ? [startDay] : rule.byMonthDay;
  // BYWEEKNO alone means DTSTART's weekday in those weeks.
  const weekOnly =
    yearly &&
    rule.byWeekNo.length > 0 &&
    rule.byDay.length + rule.byMonthDay.length + rule.byYearDay.length === 0;
  const effective: RecurrenceRule = weekOnly
    ? { ...rule, byDay: [{ weekday: startWeekday, ordinal: 0 }] }
    : rule;
  // A week of WEEKLY picks its weekdays itself; BYDAY there is no limit on top.
  const limitsByDay = effective.byDay.length > 0 && rule.frequency !== "WEEKLY";
  const countsInYear = yearly && rule.byMonth.length === 0 && rule.byWeekNo.length === 0;
  const hasOrdinals = effective.byDay.some((day) => day.ordinal !== 0);
  const months =
    rule.byMonth.length > 0
      ? rule.byMonth
      : yearly && !hasDayPart
        ? [startMonth]
        : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  let monthsAllowed = 0;
  for (const month of months) monthsAllowed |= 1 << month;

  const shapes = new Int32Array(28).fill(-1);
  function shape(length: number, firstWeekday: number): number {
    const key = (length - 28) * 7 + firstWeekday;
    const known = shapes[key] ?? -1;
    if (known >= 0) return known;
    let mask = monthDays.length > 0 ? monthDayMask(monthDays, length, rule) : fullMask(length);
    if (limitsByDay && !(countsInYear && hasOrdinals))
      mask &= weekdayMask(effective, firstWeekday, length, expands);
    shapes[key] = mask;
    return mask;
  }

  const needsYear = rule.byYearDay.length > 0 || rule.byWeekNo.length > 0 || (countsInYear && hasOrdinals);
  const years = new Map<number, Int32Array>();
  function ofYear(year: number): Int32Array {
    const leap = isLeapYear(year);
    const firstWeekday = weekdayOfDays(daysFromCivil(year, 1, 1));
    const key =
      firstWeekday * 8 + (leap ? 4 : 0) + (isLeapYear(year - 1) ? 2 : 0) + (isLeapYear(year + 1) ? 1 : 0);
    const known = years.get(key);
    if (known !== undefined) return known;
    const masks = new Int32Array(12);
    const byYearDay = rule.byYearDay.length > 0 ? spread(yearDays(rule, leap), leap) : null;
    const byWeekNo = rule.byWeekNo.length > 0 ? weekMasks(rule.byWeekNo, rule.weekStart, year) : null;
    const byDay = countsInYear && hasOrdinals ? spread(weekdaysOfYear(rule, firstWeekday, leap), leap) : null;
    let weekday = firstWeekday;
    for (let month = 1; month <= 12; month++) {
      const length = monthLength(month, leap);
      if ((monthsAllowed >> month) & 1) {
        let mask = shape(length, weekday);
        // The day after 31 December, which SKIP=FORWARD makes of a missing 366th day, is no day of any other part.
        if (byYearDay !== null) mask &= byYearDay[month - 1] ?? 0;
        if (byYearDay !== null && rule.skip === "FORWARD" && month === 12)
          mask |= (byYearDay[11] ?? 0) & ~0x7fffffff;
        if (byWeekNo !== null) mask &= byWeekNo[month - 1] ?? 0;
        if (byDay !== null) mask &= byDay[month - 1] ?? 0;
        masks[month - 1] = (masks[month - 1] ?? 0) | mask;
        if (yearly && month < 12 && (mask >>> length) & 1) {
          masks[month - 1] = mask & fullMask(length);
          masks[month] = 1;
        }
      }
      weekday = (weekday + length) % 7;
    }
    years.set(key, masks);
    return masks;
  }

  function ofMonth(year: number, month: number): number {
    if (((monthsAllowed >> month) & 1) === 0) return 0;
    if (needsYear) return ofYear(year)[month - 1] ?? 0;
    return shape(monthLength(month, isLeapYear(year)), weekdayOfDays(daysFromCivil(year, month, 1)));
  }

  return { ofMonth, ofYear };
}
