// A recurrence rule's text with nothing left to taste: order, case, defaults, the writing of UNTIL.

import { DAY_MS, formatDateTime, parseDateTime, SECOND_MS, startOfDay, type DateTimeValue } from "./civil.ts";
import type { TimeReader } from "./date-time.ts";

const defaults: ReadonlySet<string> = new Set(["INTERVAL=1", "WKST=MO", "RSCALE=GREGORIAN", "SKIP=OMIT"]);

function isFrequency(part: string): boolean {
  return part.startsWith("FREQ=");
}

/** FREQ first, the other parts by name, lists sorted, defaults left out, UNTIL in UTC where the start has a zone. */
export function canonicalRule(rule: string, start: DateTimeValue | null, times: TimeReader): string {
  const parts = rule
    .toUpperCase()
    .split(";")
    .map((part) => canonicalPart(part.trim(), start, times))
    .filter((part) => part !== "" && !defaults.has(part));
  return [...parts.filter(isFrequency), ...parts.filter((part) => !isFrequency(part)).toSorted()].join(";");
}

function canonicalPart(part: string, start: DateTimeValue | null, times: TimeReader): string {
  const equals = part.indexOf("=");
  const name = part.slice(0, equals);
  const value = part.slice(equals + 1);
  if (name === "UNTIL") {
    const until = parseDateTime(value);
    return until === null ? part : `UNTIL=${formatDateTime(untilLike(until, start, times))}`;
  }
  if (!value.includes(",")) return part;
  return `${name}=${[...new Set(value.split(",").map((one) => one.trim()))].toSorted().join(",")}`;
}

/**
 * UNTIL in the type that RFC 5545 3.3.10 asks for: a date beside a date, a local time beside a floating one, else UTC. A date beside a time
 * means the end of that day, as the programs that write it mean it.
 */
export function untilLike(
  until: DateTimeValue,
  start: DateTimeValue | null,
  times: TimeReader,
): DateTimeValue {
  if (start === null) return until;
  const zone = times.zoneOf(start);
  const hasZone = start.kind === "zoned" || start.kind === "utc";
  if (start.kind === "date") {
    const civil =
      until.kind === "utc" && until.civil % DAY_MS !== 0
        ? until.civil + zone.offsetAt(until.civil)
        : until.civil;
    return { kind: "date", civil: startOfDay(civil), tzid: null };
  }
  const civil = until.kind === "date" ? until.civil + DAY_MS - SECOND_MS : until.civil;
  if (until.kind === "utc") {
    return hasZone ? until : { kind: "floating", civil: civil + zone.offsetAt(civil), tzid: null };
  }
  return hasZone
    ? { kind: "utc", civil: zone.toUtc(civil), tzid: null }
    : { kind: "floating", civil, tzid: null };
}
