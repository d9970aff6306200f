// Rules of FREQ=HOURLY, MINUTELY and SECONDLY (RFC 5545 3.3.10) as a sequence of periods on the wall clock, INTERVAL units apart.
// Parts larger than the unit limit: a period that fails one is left in a single jump to the next hour, day or month that passes.
// Where INTERVAL divides the day all selected days are alike, which makes COUNT a matter of days.

import type { CivilMs } from "./civil.ts";
import {
  DAY_MS,
  dayOfPacked,
  daysFromCivil,
  daysOfCivil,
  HOUR_MS,
  MINUTE_MS,
  monthOfPacked,
  packedDate,
  partsOfCivil,
  SECOND_MS,
  yearOfPacked,
} from "./civil.ts";
import { bitCount } from "./recurrence-days.ts";
import { limitsDays, masksFor } from "./recurrence-periods.ts";
import type { Series } from "./recurrence-periods.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { selectedIndexes, timesWithin } from "./recurrence-times.ts";

export type SubDaily = "HOURLY" | "MINUTELY" | "SECONDLY";

export interface HourSeries extends Series {
  /** Starts on every selected day that lies wholly inside the series, and how many selected days a month has; null if days differ. */
  readonly days: {
    readonly perDay: number;
    inMonth(year: number, month: number): number;
    first(day: number): number;
  } | null;
  /** No period passes, ever. */
  readonly isEmpty: boolean;
}

const UNIT_MS: Readonly<Record<SubDaily, number>> = {
  HOURLY: HOUR_MS,
  MINUTELY: MINUTE_MS,
  SECONDLY: SECOND_MS,
};

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Which of 0 .. size-1 pass; null when all do. */
function passing(values: readonly number[], size: number): Uint8Array | null {
  if (values.length === 0) return null;
  const table = new Uint8Array(size);
  for (const value of values) table[value] = 1;
  return table;
}

/** Distance from `at` to the next index that passes, at least 1; beyond the end counts as passing. */
function distance(table: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < table.length && table[next] === 0) next += 1;
  return next - at;
}

export function hourSeries(rule: RecurrenceRule, frequency: SubDaily, start: CivilMs): HourSeries {
  const unit = UNIT_MS[frequency];
  const step = rule.interval * unit;
  const origin = Math.floor(start / unit) * unit;
  const own = { ...partsOfCivil(start), hour: 0 };
  const within =
    frequency === "HOURLY"
      ? timesWithin([], rule.byMinute, rule.bySecond, own)
      : timesWithin([], [], frequency === "MINUTELY" ? rule.bySecond : [], {
          ...own,
          minute: 0,
          second: frequency === "MINUTELY" ? own.second : 0,
        });
  const offsets =
    rule.bySetPos.length === 0
      ? within
      : selectedIndexes(rule.bySetPos, within.length).map((at) => within[at] ?? 0);
  const hours = passing(rule.byHour, 24);
  const minutes = frequency === "HOURLY" ? null : passing(rule.byMinute, 60);
  const seconds = frequency === "SECONDLY" ? passing(rule.bySecond, 60) : null;
  const masks = masksFor(rule, start);
  const limited = limitsDays(rule);

  /** How many of a day's units INTERVAL reaches and the time parts let pass. */
  function unitsPerDay(): number {
    const units = DAY_MS / unit;
    const pace = gcd(rule.interval, units);
    let total = 0;
    for (let at = (((origin / unit) % pace) + pace) % pace; at < units; at += pace) {
      const ms = at * unit;
      if (hours !== null && hours[Math.floor(ms / HOUR_MS)] === 0) continue;
      if (minutes !== null && minutes[Math.floor(ms / MINUTE_MS) % 60] === 0) continue;
      if (seconds !== null && seconds[Math.floor(ms / SECOND_MS) % 60] === 0) continue;
      total += 1;
    }
    return total;
  }
  const timeLimited = hours !== null || minutes !== null || seconds !== null;
  const alike = (DAY_MS / unit) % rule.interval === 0;
  const reached = timeLimited || (limited && alike) ? unitsPerDay() : 1;

  function ceilIndex(civil: CivilMs): number {
    return Math.ceil((civil - origin) / step);
  }

  /** The same period, or the first that could pass after leaving the first limit that this one fails. */
  function next(index: number): number {
    if (!limited && !timeLimited) return index;
    const civil = origin + index * step;
    const day = daysOfCivil(civil);
    if (limited) {
      const packed = packedDate(day);
      const year = yearOfPacked(packed);
      const month = monthOfPacked(packed);
      const later = masks.ofMonth(year, month) >> (dayOfPacked(packed) - 1);
      if (later === 0)
        return ceilIndex(
          (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) * DAY_MS,
        );
      if ((later & 1) === 0) return ceilIndex((day + 31 - Math.clz32(later & -later)) * DAY_MS);
    }
    const time = civil - day * DAY_MS;
    if (hours !== null) {
      const hour = Math.floor(time / HOUR_MS);
      if (hours[hour] === 0) return ceilIndex(day * DAY_MS + (hour + distance(hours, hour)) * HOUR_MS);
    }
    if (minutes !== null) {
      const minute = Math.floor(time / MINUTE_MS);
      if (minutes[minute % 60] === 0)
        return ceilIndex(day * DAY_MS + (minute + distance(minutes, minute % 60)) * MINUTE_MS);
    }
    if (seconds !== null) {
      const second = Math.floor(time / SECOND_MS);
      if (seconds[second % 60] === 0)
        return ceilIndex(day * DAY_MS + (second + distance(seconds, second % 60)) * SECOND_MS);
    }
    return index;
  }

  return {
    indexAt: (civil) => Math.ceil((civil - origin - unit + 1) / step),
    begins: (index) => origin + index * step,
    fill(index, out) {
      const civil = origin + index * step;
      for (const offset of offsets) out.push(civil + offset);
    },
    count: () => offsets.length,
    uniformCount: timeLimited || limited ? null : offsets.length,
    next,
    isEmpty: reached === 0 || offsets.length === 0,
    days:
      alike && (timeLimited || limited)
        ? {
            perDay: reached * offsets.length,
            inMonth: (year, month) => bitCount(masks.ofMonth(year, month)),
            first: (day) => ceilIndex(day * DAY_MS),
          }
        : null,
  };
}
