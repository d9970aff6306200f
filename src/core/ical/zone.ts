// The product's own table of the IANA time zone database, full history, decoded zone by zone on first use.
// One line per distinct history: names|types|transitions|POSIX tail. A type is "offset seconds,daylight flag,abbreviation"; a transition
// is the seconds since the one before and the letter of its type; numbers are in base 36. The first type holds before all transitions.
// Written by bin/build-zones.ts.

import { ZONE_LINES, ZONE_TABLE_VERSION } from "./zone-data.generated.ts";
import { parsePosixZone, posixObservance } from "./zone-posix.ts";
import type { Observance, Zone } from "./zone-clock.ts";
import { UTC, zoneFrom } from "./zone-clock.ts";

export type { Observance, Zone } from "./zone-clock.ts";
export { UTC } from "./zone-clock.ts";

/** Release of the IANA database that the table was built from, e.g. "2026f". */
export const zoneTableVersion: string = ZONE_TABLE_VERSION;

let linesByName: Map<string, string> | null = null;
let namesByFolded: Map<string, string> | null = null;
const zones = new Map<string, Zone>();

function lines(): Map<string, string> {
  if (linesByName !== null) return linesByName;
  const index = new Map<string, string>();
  for (const line of ZONE_LINES.split("\n")) {
    for (const name of line.slice(0, line.indexOf("|")).split(",")) index.set(name, line);
  }
  linesByName = index;
  return index;
}

interface ClockType {
  readonly offset: number;
  readonly isDaylight: boolean;
  readonly name: string;
}

/** Reads the histories of a line of the table. */
export function lookupOfLine(line: string): (utcMs: number) => Observance {
  const [, typesText = "", transitionsText = "", tailText = ""] = line.split("|");
  const types: ClockType[] = typesText.split(";").map((text) => {
    const [offset = "0", flag = "0", name = ""] = text.split(",");
    return { offset: Number.parseInt(offset, 36) * 1_000, isDaylight: flag === "1", name };
  });
  const initial = types[0] ?? { offset: 0, isDaylight: false, name: "" };
  const instants: number[] = [];
  const clocks: ClockType[] = [];
  let at = 0;
  for (const match of transitionsText.matchAll(/(-?[0-9a-z]+)([A-Z])/g)) {
    at += Number.parseInt(match[1] ?? "0", 36) * 1_000;
    instants.push(at);
    clocks.push(types[(match[2] ?? "A").charCodeAt(0) - 65] ?? initial);
  }
  const tail = parsePosixZone(tailText);
  const last = instants.at(-1) ?? -Infinity;

  return (utcMs) => {
    if (utcMs >= last && tail !== null) {
      const observance = posixObservance(tail, utcMs);
      return observance.begins >= last ? observance : { ...observance, begins: last };
    }
    let low = 0;
    let high = instants.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((instants[middle] ?? Infinity) <= utcMs) low = middle + 1;
      else high = middle;
    }
    const clock = low === 0 ? initial : (clocks[low - 1] ?? initial);
    return { ...clock, begins: instants[low - 1] ?? -Infinity, ends: instants[low] ?? Infinity };
  };
}

/** A zone by its IANA name or alias, spelled exactly. The same name gives the same object. */
export function ianaZone(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const line = lines().get(name);
  if (line === undefined) return undefined;
  const zone = name === "UTC" ? UTC : zoneFrom(name, lookupOfLine(line));
  zones.set(name, zone);
  return zone;
}

/** All names, aliases included. */
export function ianaZoneNames(): readonly string[] {
  return [...lines().keys()];
}

/** The table's spelling of a name given in any case, or undefined. */
export function ianaSpelling(name: string): string | undefined {
  if (namesByFolded === null) {
    namesByFolded = new Map();
    for (const known of lines().keys()) namesByFolded.set(known.toLowerCase(), known);
  }
  return namesByFolded.get(name.toLowerCase());
}
