// Which times of a day, hour or minute a rule selects (BYHOUR, BYMINUTE, BYSECOND, and BYSETPOS within one such set; RFC 5545 3.3.10).

import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./civil.ts";

function orOwn(values: readonly number[], own: number): readonly number[] {
  return values.length > 0 ? values : [own];
}

/** Offsets in ms from the start of the period, ascending. An absent part takes DTSTART's own value. */
export function timesWithin(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
  own: { readonly hour: number; readonly minute: number; readonly second: number },
): number[] {
  const times: number[] = [];
  for (const hour of orOwn(hours, own.hour)) {
    for (const minute of orOwn(minutes, own.minute)) {
      for (const second of orOwn(seconds, own.second)) {
        times.push(hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS);
      }
    }
  }
  return times;
}

/** BYSETPOS: the indexes it selects out of a set of `size`, ascending; a position outside the set selects nothing. */
export function selectedIndexes(positions: readonly number[], size: number): number[] {
  const indexes = new Set<number>();
  for (const position of positions) {
    const index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) indexes.add(index);
  }
  return [...indexes].toSorted((a, b) => a - b);
}
