// BYWEEKNO (RFC 5545 3.3.10): the numbered weeks of a year as one bit mask per month. Week 1 is the first with at least four days in the year,
// counted from WKST. Days of December may lie in week 1 of the next year, days of January in the last week of the year before.

import { daysFromCivil, daysInMonth, isLeapYear, weekdayOfDays } from "./civil.ts";

/** Day of the year (0 is 1 January) on which week 1 of `year` begins; may be negative. */
function firstWeek(year: number, weekStart: number): number {
  const before = (weekdayOfDays(daysFromCivil(year, 1, 1)) - weekStart + 7) % 7;
  return before <= 3 ? -before : 7 - before;
}

function lengthOfYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

function weeksInYear(year: number, weekStart: number): number {
  return (lengthOfYear(year) + firstWeek(year + 1, weekStart) - firstWeek(year, weekStart)) / 7;
}

export function weekMasks(weekNumbers: readonly number[], weekStart: number, year: number): Int32Array {
  const selected = new Set(weekNumbers);
  const begins = firstWeek(year, weekStart);
  const ends = lengthOfYear(year) + firstWeek(year + 1, weekStart);
  const masks = new Int32Array(12);
  let dayOfYear = 0;
  for (let month = 1; month <= 12; month++) {
    let mask = 0;
    for (let day = 0; day < daysInMonth(year, month); day++, dayOfYear++) {
      let week = Math.floor((dayOfYear - begins) / 7) + 1;
      let weeks = (ends - begins) / 7;
      if (dayOfYear < begins) {
        weeks = weeksInYear(year - 1, weekStart);
        week = weeks;
      } else if (dayOfYear >= ends) {
        weeks = weeksInYear(year + 1, weekStart);
        week = 1;
      }
      if (selected.has(week) || selected.has(week - weeks - 1)) mask |= 1 << day;
    }
    masks[month - 1] = mask;
  }
  return masks;
}
