// The POSIX TZ string at the end of a TZif file (RFC 9636 3.3.1): what holds after the last tabulated transition, for ever.
// Offsets here are east of UTC; POSIX writes them west. Hours may run from -167 to 167.

import {
  civilFromParts,
  DAY_MS,
  daysFromCivil,
  daysInMonth,
  isLeapYear,
  packedDate,
  weekdayOfDays,
  yearOfPacked,
} from "./civil.ts";
import type { Observance } from "./zone-clock.ts";

type DayRule =
  | { readonly form: "month"; readonly month: number; readonly week: number; readonly weekday: number }
  /** 1 to 365, 29 February is never counted. */
  | { readonly form: "julian"; readonly day: number }
  /** 0 to 365, 29 February is counted. */
  | { readonly form: "zero-based"; readonly day: number };

interface Change {
  readonly day: DayRule;
  /** Milliseconds after local midnight. */
  readonly time: number;
}

interface Clock {
  readonly name: string;
  readonly offset: number;
}

export interface PosixZone {
  readonly standard: Clock;
  readonly daylight: (Clock & { readonly begins: Change; readonly ends: Change }) | null;
}

const NAME = "(?:<([^>]+)>|([A-Za-z]{3,}))";
const TIME = "([+-]?\\d{1,3}(?::\\d{2}){0,2})";
const WHOLE = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?,([^,/]+)(?:/${TIME})?,([^,/]+)(?:/${TIME})?)?$`);

function readTime(text: string): number {
  const [hours = "0", minutes = "0", seconds = "0"] = text.replace(/^[+-]/, "").split(":");
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return text.startsWith("-") ? -ms : ms;
}

function readDay(text: string): DayRule | null {
  const month = /^M(\d{1,2})\.([1-5])\.([0-6])$/.exec(text);
  if (month !== null)
    return { form: "month", month: Number(month[1]), week: Number(month[2]), weekday: Number(month[3]) };
  if (/^J\d{1,3}$/.test(text)) return { form: "julian", day: Number(text.slice(1)) };
  return /^\d{1,3}$/.test(text) ? { form: "zero-based", day: Number(text) } : null;
}

/** Null when the text is not a POSIX TZ string with explicit rules. */
export function parsePosixZone(text: string): PosixZone | null {
  const match = WHOLE.exec(text);
  if (match === null) return null;
  const standard = { name: match[1] ?? match[2] ?? "", offset: 0 - readTime(match[3] ?? "0") };
  const name = match[4] ?? match[5];
  if (name === undefined) return { standard, daylight: null };
  const begins = readDay(match[7] ?? "");
  const ends = readDay(match[9] ?? "");
  if (begins === null || ends === null) return null;
  const offset = match[6] === undefined ? standard.offset + 3_600_000 : 0 - readTime(match[6]);
  return {
    standard,
    daylight: {
      name,
      offset,
      begins: { day: begins, time: readTime(match[8] ?? "2") },
      ends: { day: ends, time: readTime(match[10] ?? "2") },
    },
  };
}

function dayOfYear(rule: DayRule, year: number): number {
  switch (rule.form) {
    case "month": {
      const first = daysFromCivil(year, rule.month, 1);
      const day = 1 + ((rule.weekday - weekdayOfDays(first) + 7) % 7) + (rule.week - 1) * 7;
      return first + (day > daysInMonth(year, rule.month) ? day - 7 : day) - 1;
    }
    case "julian":
      return daysFromCivil(year, 1, 1) + rule.day - 1 + (isLeapYear(year) && rule.day >= 60 ? 1 : 0);
    case "zero-based":
      return daysFromCivil(year, 1, 1) + rule.day;
  }
}

function instant(change: Change, year: number, offsetBefore: number): number {
  return dayOfYear(change.day, year) * DAY_MS + change.time - offsetBefore;
}

/** The observance that the rule gives for an instant. */
export function posixObservance(zone: PosixZone, utcMs: number): Observance {
  const { standard, daylight } = zone;
  if (daylight === null) {
    return {
      offset: standard.offset,
      isDaylight: false,
      name: standard.name,
      begins: -Infinity,
      ends: Infinity,
    };
  }
  const year = yearOfPacked(packedDate(Math.floor(utcMs / DAY_MS)));
  // The last change at or before the instant and the first after it, among those of three years: two alternating series.
  let begins = civilFromParts(year - 1, 1, 1, 0, 0, 0) - 2 * DAY_MS;
  let ends = Infinity;
  let isDaylight = false;
  for (let y = year - 1; y <= year + 1; y++) {
    const on = instant(daylight.begins, y, standard.offset);
    const off = instant(daylight.ends, y, daylight.offset);
    if (on <= utcMs && on >= begins) {
      begins = on;
      isDaylight = true;
    }
    if (off <= utcMs && off > begins) {
      begins = off;
      isDaylight = false;
    }
    if (on > utcMs && on < ends) ends = on;
    if (off > utcMs && off < ends) ends = off;
  }
  const clock = isDaylight ? daylight : standard;
  return { offset: clock.offset, isDaylight, name: clock.name, begins, ends };
}
