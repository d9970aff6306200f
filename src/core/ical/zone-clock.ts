// Time zones as integers: offsets, and the way from wall clock to UTC (RFC 5545 3.3.5).
// A zone is a function from an instant to the observance in force; everything else follows from it. Knows no names and no table.

import type { CivilMs } from "./civil.ts";
import { DAY_MS, HOUR_MS } from "./civil.ts";

/** What clocks show between two transitions. */
export interface Observance {
  /** Milliseconds east of UTC. */
  readonly offset: number;
  readonly isDaylight: boolean;
  /** "CEST"; a numeric name ("+03") where the database has no abbreviation. */
  readonly name: string;
  /** First instant, UTC ms; -Infinity for the first observance. */
  readonly begins: number;
  /** First instant of the next observance; Infinity for the last. */
  readonly ends: number;
}

export interface Zone {
  readonly id: string;
  /** Milliseconds east of UTC. */
  offsetAt(utcMs: number): number;
  /** A time in a gap moves forward by the gap, a time in an overlap is the first of the two. */
  toUtc(civil: CivilMs): number;
  observanceAt(utcMs: number): Observance;
}

/** Further than any offset reaches, so that an instant this much before a wall clock reading lies before it everywhere. */
const REACH_MS = 26 * HOUR_MS;

/** A zone over a lookup. The last observance is kept, so that neighbouring questions cost two comparisons. */
export function zoneFrom(id: string, lookup: (utcMs: number) => Observance): Zone {
  let current: Observance | null = null;

  function observanceAt(utcMs: number): Observance {
    if (current === null || utcMs < current.begins || utcMs >= current.ends) current = lookup(utcMs);
    return current;
  }

  function toUtc(civil: CivilMs): number {
    if (current !== null) {
      const utcMs = civil - current.offset;
      if (utcMs - REACH_MS >= current.begins && utcMs + REACH_MS < current.ends) return utcMs;
    }
    let observance = observanceAt(civil - REACH_MS);
    for (;;) {
      const utcMs = civil - observance.offset;
      if (utcMs < observance.ends) return utcMs;
      const next = observanceAt(observance.ends);
      // Before the next observance begins and after this one ended: a gap. It is read with the offset before the gap.
      if (civil - next.offset < next.begins) return utcMs;
      observance = next;
    }
  }

  return { id, offsetAt: (utcMs) => observanceAt(utcMs).offset, toUtc, observanceAt };
}

/** A zone that never changes. */
export function fixedZone(id: string, offset: number, name: string): Zone {
  const observance: Observance = { offset, isDaylight: false, name, begins: -Infinity, ends: Infinity };
  return {
    id,
    offsetAt: () => offset,
    toUtc: (civil) => civil - offset,
    observanceAt: () => observance,
  };
}

export const UTC: Zone = fixedZone("UTC", 0, "UTC");

/** The wall clock reading that `civil` stands for: itself, or the time it moves to when it lies in a gap. */
export function settled(zone: Zone, civil: CivilMs): CivilMs {
  const utcMs = zone.toUtc(civil);
  return utcMs + zone.offsetAt(utcMs);
}

/** No gap is longer: Kwajalein, Samoa and Tokelau left out one day. */
export const GAP_MS_MAX: number = DAY_MS;
