// Rules of FREQ=DAILY to YEARLY as a sequence of periods, numbered from DTSTART's own (0) in steps of INTERVAL (RFC 5545 3.3.10).
// A period's number follows from a date by arithmetic, so nothing before a window is ever visited; its starts and their number come from
// day masks. Periods without limiting parts all have the same number of starts, which makes COUNT a division.

import {
  DAY_MS,
  dayOfPacked,
  daysInMonth,
  daysFromCivil,
  monthOfPacked,
  packedDate,
  partsOfCivil,
  weekdayOfDays,
  yearOfPacked,
} from "./civil.ts";
import type { CivilMs } from "./civil.ts";
import type { DayMasks } from "./recurrence-days.ts";
import { bitCount, dayMasks } from "./recurrence-days.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { selectedIndexes, timesWithin } from "./recurrence-times.ts";

export interface Series {
  /** Number of the period that a civil time lies in, or of the next one where INTERVAL leaves a gap; negative before DTSTART's. */
  indexAt(civil: CivilMs): number;
  /** First instant of a period. */
  begins(index: number): CivilMs;
  /** Adds the starts of a period to `out`, ascending. */
  fill(index: number, out: CivilMs[]): void;
  /** How many starts a period has that `next` does not leave. */
  count(index: number): number;
  /** The number of starts of every period after the first, where it is the same for all. */
  readonly uniformCount: number | null;
  /** The period itself if it passes its limits, else a later one; no period before that one has starts. */
  next(index: number): number;
}

interface Days {
  /** Adds the selected days of a period to `out`, ascending, each at every one of `times`. */
  fill(index: number, times: readonly number[], out: CivilMs[]): void;
  count(index: number): number;
}

const MIDNIGHT: readonly number[] = [0];

/** Days × times, and BYSETPOS over the period. */
function withTimes(
  days: Days,
  times: readonly number[],
  positions: readonly number[],
): Pick<Series, "fill" | "count"> {
  if (positions.length === 0) {
    return {
      fill: (index, out) => days.fill(index, times, out),
      count: (index) => days.count(index) * times.length,
    };
  }
  const selectedBySize = new Map<number, readonly number[]>();

  function selected(size: number): readonly number[] {
    const known = selectedBySize.get(size);
    if (known !== undefined) return known;
    const indexes = selectedIndexes(positions, size);
    selectedBySize.set(size, indexes);
    return indexes;
  }

  return {
    fill(index, out) {
      const midnights: CivilMs[] = [];
      days.fill(index, MIDNIGHT, midnights);
      for (const at of selected(midnights.length * times.length)) {
        const midnight = midnights[Math.floor(at / times.length)];
        if (midnight !== undefined) out.push(midnight + (times[at % times.length] ?? 0));
      }
    },
    count: (index) => selected(days.count(index) * times.length).length,
  };
}

function pushDay(day: number, times: readonly number[], out: CivilMs[]): void {
  for (const time of times) out.push(day * DAY_MS + time);
}

function pushMask(mask: number, firstDay: number, times: readonly number[], out: CivilMs[]): void {
  for (let left = mask; left !== 0; left &= left - 1)
    pushDay(firstDay + 31 - Math.clz32(left & -left), times, out);
}

function identity(index: number): number {
  return index;
}

function yearSeries(
  rule: RecurrenceRule,
  masks: DayMasks,
  startYear: number,
  times: readonly number[],
): Series {
  const yearOf = (index: number): number => startYear + index * rule.interval;
  const days: Days = {
    fill(index, at, out) {
      const year = yearOf(index);
      const months = masks.ofYear(year);
      for (let month = 1; month <= 12; month++) {
        const mask = months[month - 1] ?? 0;
        if (mask !== 0) pushMask(mask, daysFromCivil(year, month, 1), at, out);
      }
    },
    count(index) {
      let total = 0;
      for (const mask of masks.ofYear(yearOf(index))) total += bitCount(mask);
      return total;
    },
  };
  return {
    ...withTimes(days, times, rule.bySetPos),
    indexAt: (civil) =>
      Math.ceil((yearOfPacked(packedDate(Math.floor(civil / DAY_MS))) - startYear) / rule.interval),
    begins: (index) => daysFromCivil(yearOf(index), 1, 1) * DAY_MS,
    uniformCount: null,
    next: identity,
  };
}

/** Months are counted from January of year 0. */
function firstDay(month: number): number {
  return daysFromCivil(Math.floor(month / 12), (month % 12) + 1, 1);
}

/** MONTHLY; and DAILY with INTERVAL=1, whose limiting parts select days of months just so (BYSETPOS is then already in the times). */
function monthSeries(
  interval: number,
  positions: readonly number[],
  masks: DayMasks,
  startYear: number,
  startMonth: number,
  times: readonly number[],
): Series {
  const origin = startYear * 12 + startMonth - 1;
  const monthNumber = (index: number): number => origin + index * interval;
  const maskOf = (month: number): number => masks.ofMonth(Math.floor(month / 12), (month % 12) + 1);
  const days: Days = {
    fill(index, at, out) {
      const month = monthNumber(index);
      const mask = maskOf(month);
      if (mask !== 0) pushMask(mask, firstDay(month), at, out);
    },
    count: (index) => bitCount(maskOf(monthNumber(index))),
  };
  return {
    ...withTimes(days, times, positions),
    indexAt(civil) {
      const packed = packedDate(Math.floor(civil / DAY_MS));
      return Math.ceil((yearOfPacked(packed) * 12 + monthOfPacked(packed) - 1 - origin) / interval);
    },
    begins: (index) => firstDay(monthNumber(index)) * DAY_MS,
    uniformCount: null,
    next: identity,
  };
}

/** Is the day one of the mask of its month? The month asked for last is kept: days are asked for in order. */
function dayTest(masks: DayMasks): (day: number) => boolean {
  let first = 0;
  let last = -1;
  let mask = 0;
  return (day) => {
    if (day < first || day > last) {
      const packed = packedDate(day);
      const year = yearOfPacked(packed);
      const month = monthOfPacked(packed);
      first = day - dayOfPacked(packed) + 1;
      last = first + daysInMonth(year, month) - 1;
      mask = masks.ofMonth(year, month);
    }
    return ((mask >> (day - first)) & 1) === 1;
  };
}

function weekSeries(
  rule: RecurrenceRule,
  masks: DayMasks,
  startDay: number,
  times: readonly number[],
): Series {
  const startWeekday = weekdayOfDays(startDay);
  const origin = startDay - ((startWeekday - rule.weekStart + 7) % 7);
  const step = rule.interval * 7;
  const weekdays = rule.byDay.length > 0 ? rule.byDay.map((day) => day.weekday) : [startWeekday];
  const offsets = [...new Set(weekdays.map((weekday) => (weekday - rule.weekStart + 7) % 7))].toSorted(
    (a, b) => a - b,
  );
  const limited =
    rule.byMonth.length + rule.byMonthDay.length + rule.byYearDay.length + rule.byWeekNo.length > 0;
  const passes = dayTest(masks);
  const days: Days = {
    fill(index, at, out) {
      for (const offset of offsets) {
        const day = origin + index * step + offset;
        if (!limited || passes(day)) pushDay(day, at, out);
      }
    },
    count(index) {
      if (!limited) return offsets.length;
      let total = 0;
      for (const offset of offsets) if (passes(origin + index * step + offset)) total += 1;
      return total;
    },
  };
  const series = withTimes(days, times, rule.bySetPos);
  return {
    ...series,
    indexAt: (civil) => Math.ceil((Math.floor(civil / DAY_MS) - origin - 6) / step),
    begins: (index) => (origin + index * step) * DAY_MS,
    uniformCount: limited ? null : series.count(0),
    next: identity,
  };
}

function daySeries(
  rule: RecurrenceRule,
  masks: DayMasks,
  startDay: number,
  times: readonly number[],
  limited: boolean,
): Series {
  const passes = dayTest(masks);
  const dayOf = (index: number): number => startDay + index * rule.interval;
  const days: Days = {
    fill: (index, at, out) => pushDay(dayOf(index), at, out),
    count: () => 1,
  };
  return {
    ...withTimes(days, times, []),
    indexAt: (civil) => Math.ceil((Math.floor(civil / DAY_MS) - startDay) / rule.interval),
    begins: (index) => dayOf(index) * DAY_MS,
    uniformCount: limited ? null : times.length,
    next(index) {
      if (!limited || passes(dayOf(index))) return index;
      // A month without a selected day is left in one step.
      const packed = packedDate(dayOf(index));
      const year = yearOfPacked(packed);
      const month = monthOfPacked(packed);
      if (masks.ofMonth(year, month) !== 0) return index + 1;
      const nextMonth = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
      return Math.ceil((nextMonth - startDay) / rule.interval);
    },
  };
}

export function masksFor(rule: RecurrenceRule, start: CivilMs): DayMasks {
  const { month, day } = partsOfCivil(start);
  return dayMasks(rule, month, day, weekdayOfDays(Math.floor(start / DAY_MS)));
}

/** Does any part choose between days? */
export function limitsDays(rule: RecurrenceRule): boolean {
  return (
    rule.byMonth.length +
      rule.byMonthDay.length +
      rule.byYearDay.length +
      rule.byWeekNo.length +
      rule.byDay.length >
    0
  );
}

export function periodSeries(
  rule: RecurrenceRule,
  frequency: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY",
  start: CivilMs,
): Series {
  const parts = partsOfCivil(start);
  const masks = masksFor(rule, start);
  const startDay = Math.floor(start / DAY_MS);
  const times = timesWithin(rule.byHour, rule.byMinute, rule.bySecond, parts);
  switch (frequency) {
    case "YEARLY":
      return yearSeries(rule, masks, parts.year, times);
    case "MONTHLY":
      return monthSeries(rule.interval, rule.bySetPos, masks, parts.year, parts.month, times);
    case "WEEKLY":
      return weekSeries(rule, masks, startDay, times);
    case "DAILY": {
      const ofDay =
        rule.bySetPos.length === 0
          ? times
          : selectedIndexes(rule.bySetPos, times.length).map((at) => times[at] ?? 0);
      const limited = limitsDays(rule);
      return limited && rule.interval === 1
        ? monthSeries(1, [], masks, parts.year, parts.month, ofDay)
        : daySeries(rule, masks, startDay, ofDay, limited);
    }
  }
}
