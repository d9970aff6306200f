// Time zones as integers: offsets and the way from wall clock to UTC (RFC 5545 3.3.5), on our own table of the IANA database.

import type { CivilMs } from "./civil.ts";

export interface Observance {
  /** Milliseconds east of UTC. */
  readonly offset: number;
  readonly isDaylight: boolean;
  /** "CEST"; an offset in words ("+03") where the zone has no abbreviation. */
  readonly name: string;
}

export interface Zone {
  readonly id: string;
  /** Milliseconds east of UTC. */
  offsetAt(utcMs: number): number;
  /** A time in a gap moves forward by the gap, a time in an overlap is the first of the two. */
  toUtc(civil: CivilMs): number;
  observanceAt(utcMs: number): Observance;
  /** The first instant after `utcMs` at which another observance begins; null if none ever does. */
  nextTransition(utcMs: number): number | null;
}

export const UTC: Zone = {
  id: "UTC",
  offsetAt: () => 0,
  toUtc: (civil) => civil,
  observanceAt: () => ({ offset: 0, isDaylight: false, name: "UTC" }),
  nextTransition: () => null,
};

/** A zone of the table by its IANA name or alias, spelled exactly. */
export function ianaZone(name: string): Zone | undefined {
  return name === "UTC" ? UTC : undefined;
}

/** Release of the IANA database that the table was built from, e.g. "2026f". */
export const zoneTableVersion: string = "";
