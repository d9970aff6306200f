// Durations (RFC 5545 3.3.6). Weeks and days are nominal, hours, minutes and seconds exact.

import { DAY_MS } from "./civil.ts";

export interface Duration {
  /** Nominal days, signed. */
  readonly days: number;
  /** Exact milliseconds, signed like `days`. */
  readonly ms: number;
}

export const ZERO: Duration = { days: 0, ms: 0 };
export const ONE_DAY: Duration = { days: 1, ms: 0 };

const DURATION = /^([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;

/** Reads "PT1H30M", "-P1DT2H", "P2W"; null for anything else. "P" and "PT" alone, as some programs write, are zero. */
export function parseDuration(text: string): Duration | null {
  const match = DURATION.exec(text.trim());
  if (match === null) return null;
  const sign = match[1] === "-" ? -1 : 1;
  const days = Number(match[2] ?? 0) * 7 + Number(match[3] ?? 0);
  const seconds = Number(match[4] ?? 0) * 3_600 + Number(match[5] ?? 0) * 60 + Number(match[6] ?? 0);
  if (days > 4_000_000 || seconds > 400_000_000_000) return null;
  return { days: days === 0 ? 0 : sign * days, ms: seconds === 0 ? 0 : sign * seconds * 1_000 };
}

/** The length when a day is 24 hours. */
export function nominalLength(duration: Duration): number {
  return duration.days * DAY_MS + duration.ms;
}
