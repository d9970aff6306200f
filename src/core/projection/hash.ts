// Keyed hashes of meaning: two texts that say the same hash the same, and the hash tells nothing without the key.

import type { JCalComponent } from "../ical/jcal.ts";
import { semanticText } from "../ical/semantic.ts";

/** HMAC under the user's key, as lower-case hexadecimal; `purpose` separates domains. Synchronous. */
export type KeyedHash = (purpose: string, text: string) => string;

/** Hash of what an object means (src/core/ical/semantic.ts). */
export function contentHash(calendar: JCalComponent, hash: KeyedHash): string {
  return hash("content", semanticText(calendar));
}

/**
 * Hash of what a mirror of ours shows: the meaning without what servers and clients hang on events by themselves (alarms,
 * X- properties, our own tags), so that such additions are no drift.
 */
export function mirrorHash(calendar: JCalComponent, hash: KeyedHash): string {
  return contentHash(
    [
      calendar[0],
      calendar[1].filter((property) => !property[0].startsWith("x-")),
      calendar[2].map((component) => [
        component[0],
        component[1].filter((property) => !isDecoration(property[0])),
        component[0] === "vtimezone" ? component[2] : [],
      ]),
    ],
    hash,
  );
}

function isDecoration(name: string): boolean {
  return name.startsWith("x-") || name === "sequence" || name === "acknowledged";
}
