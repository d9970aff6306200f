// Civil (wall clock) dates and times as plain integers: milliseconds as if the wall clock were UTC, proleptic Gregorian.
// A date is the same integer at midnight. Reads and writes the forms of RFC 5545 3.3.4, 3.3.5 and RFC 7265 3.6.4, 3.6.5.
// Knows no time zone, no Date, no recurrence.

/** Milliseconds since 1970-01-01T00:00:00 of a wall clock. Whole seconds; years 1 to 9999. */
export type CivilMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** 0001-01-01T00:00:00 and 9999-12-31T23:59:59. */
export const CIVIL_MIN: CivilMs = -62_135_596_800_000;
export const CIVIL_MAX: CivilMs = 253_402_300_799_000;

export interface CivilParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The value of a DATE or DATE-TIME property; `tzid` is set exactly when `kind` is "zoned". */
export interface DateTimeValue {
  readonly kind: "date" | "floating" | "utc" | "zoned";
  readonly civil: CivilMs;
  readonly tzid: string | null;
}

/** Days since 1970-01-01; any integer year, month 1 to 12 (Hinnant's days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  // Only the era can be negative; "| 0" is a floor for all the rest, and much faster.
  const era = y >= 0 ? (y / 400) | 0 : Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Year, month and day of a day number, packed as `year * 512 + month * 32 + day` so that hot loops allocate nothing. */
export function packedDate(days: number): number {
  const z = days + 719_468;
  const era = z >= 0 ? (z / 146_097) | 0 : Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const leapDays = ((dayOfEra / 1_460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0);
  const yearOfEra = ((dayOfEra - leapDays) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const shifted = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * shifted + 2) / 5) | 0) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 512 + month * 32 + day;
}

export function yearOfPacked(packed: number): number {
  return Math.floor(packed / 512);
}

export function monthOfPacked(packed: number): number {
  return Math.floor(packed / 32) % 16;
}

export function dayOfPacked(packed: number): number {
  return packed % 32;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** 0 Sunday to 6 Saturday. */
export function weekdayOfDays(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

export function daysOfCivil(civil: CivilMs): number {
  return Math.floor(civil / DAY_MS);
}

export function startOfDay(civil: CivilMs): CivilMs {
  return Math.floor(civil / DAY_MS) * DAY_MS;
}

export function civilFromParts(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): CivilMs {
  return daysFromCivil(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
}

export function partsOfCivil(civil: CivilMs): CivilParts {
  const days = Math.floor(civil / DAY_MS);
  const seconds = Math.floor((civil - days * DAY_MS) / SECOND_MS);
  const packed = packedDate(days);
  return {
    year: yearOfPacked(packed),
    month: monthOfPacked(packed),
    day: dayOfPacked(packed),
    hour: Math.floor(seconds / 3_600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
  };
}

const BASIC = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;
const EXTENDED = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(Z?))?$/;

/**
 * Reads "20260115", "20260115T090000", "20260115T090000Z" and the jCal forms "2026-01-15", "2026-01-15T09:00:00Z".
 * Null for anything else, for days that do not exist and for year 0. A leap second reads as second 59 (RFC 5545 3.3.12
 * lets an implementation without leap seconds do so). With `tzid`, a local date-time is "zoned".
 */
export function parseDateTime(text: string, tzid: string | null = null): DateTimeValue | null {
  const match = BASIC.exec(text) ?? EXTENDED.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (match[4] === undefined) {
    return { kind: "date", civil: daysFromCivil(year, month, day) * DAY_MS, tzid: null };
  }
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  if (hour > 23 || minute > 59 || second > 60) return null;
  const civil = civilFromParts(year, month, day, hour, minute, second === 60 ? 59 : second);
  if (match[7] === "Z") return { kind: "utc", civil, tzid: null };
  return tzid === null ? { kind: "floating", civil, tzid: null } : { kind: "zoned", civil, tzid };
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** "20260115": RFC 5545 3.3.4. */
export function formatDate(civil: CivilMs): string {
  const packed = packedDate(daysOfCivil(civil));
  return digits(yearOfPacked(packed), 4) + digits(monthOfPacked(packed), 2) + digits(dayOfPacked(packed), 2);
}

/** "20260115T090000": RFC 5545 3.3.5, without a "Z". */
export function formatLocal(civil: CivilMs): string {
  const parts = partsOfCivil(civil);
  return `${formatDate(civil)}T${digits(parts.hour, 2)}${digits(parts.minute, 2)}${digits(parts.second, 2)}`;
}

/** The iCalendar form of a value; the TZID goes into the property's parameter. */
export function formatDateTime(value: DateTimeValue): string {
  if (value.kind === "date") return formatDate(value.civil);
  return value.kind === "utc" ? `${formatLocal(value.civil)}Z` : formatLocal(value.civil);
}

/** The jCal form: "2026-01-15", "2026-01-15T09:00:00" or with "Z" (RFC 7265 3.6.4, 3.6.5). */
export function formatJCalDateTime(value: DateTimeValue): string {
  const parts = partsOfCivil(value.civil);
  const date = `${digits(parts.year, 4)}-${digits(parts.month, 2)}-${digits(parts.day, 2)}`;
  if (value.kind === "date") return date;
  const time = `${digits(parts.hour, 2)}:${digits(parts.minute, 2)}:${digits(parts.second, 2)}`;
  return `${date}T${time}${value.kind === "utc" ? "Z" : ""}`;
}
