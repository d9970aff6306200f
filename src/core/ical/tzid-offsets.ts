// Which IANA zone has the same offsets as a VTIMEZONE with a name of its own? Compared are all transitions of some years around the table's
// release, among one zone for each rule in use. A zone without transitions is not looked for: its own rules say all there is to say.

import { civilFromParts } from "./civil.ts";
import { windowsZones } from "./tzid-windows.ts";
import type { Zone } from "./zone.ts";
import { ianaZone } from "./zone.ts";

const FROM = civilFromParts(2023, 1, 1, 0, 0, 0);
const TO = civilFromParts(2029, 1, 1, 0, 0, 0);
/** More than any zone has in these years. */
const TRANSITIONS_MAX = 60;

/** Where several zones share their rules, the one that most people mean. */
const PREFERRED: readonly string[] = [
  "America/New_York",
  "America/Chicago",
  "America/Denver",
  "America/Los_Angeles",
  "Europe/London",
  "Europe/Berlin",
  "Europe/Athens",
  "Australia/Sydney",
];

let namesByTransitions: Map<string, string> | null = null;

/** The transitions as text; null when there are none, or too many to be a zone of this world. */
function transitionsOf(zone: Zone): string | null {
  let observance = zone.observanceAt(FROM);
  let text = String(observance.offset);
  let count = 0;
  while (observance.ends < TO) {
    const next = zone.observanceAt(observance.ends);
    if (next.offset !== observance.offset) {
      text += ` ${next.begins} ${next.offset}`;
      count += 1;
    }
    if (count > TRANSITIONS_MAX) return null;
    observance = next;
  }
  return count === 0 ? null : text;
}

export function zoneWithSameOffsets(zone: Zone): Zone | undefined {
  if (namesByTransitions === null) {
    namesByTransitions = new Map();
    for (const name of [...PREFERRED, ...windowsZones()]) {
      const candidate = ianaZone(name);
      const text = candidate === undefined ? null : transitionsOf(candidate);
      if (text !== null && !namesByTransitions.has(text)) namesByTransitions.set(text, name);
    }
  }
  const text = transitionsOf(zone);
  const name = text === null ? undefined : namesByTransitions.get(text);
  return name === undefined ? undefined : ianaZone(name);
}
