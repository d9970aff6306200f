// Keyed hashes of meaning: two texts that say the same hash the same, and the hash tells nothing without the key.

import type { JCalComponent } from "../ical/jcal.ts";
import { semanticText } from "../ical/semantic.ts";

/** HMAC under the user's key, as lower-case hexadecimal; `purpose` separates domains. Synchronous. */
export type KeyedHash = (purpose: string, text: string) => string;

/** Hash of what an object means (src/core/ical/semantic.ts). */
export function contentHash(calendar: JCalComponent, hash: KeyedHash): string {
  return hash("content", semanticText(calendar));
}
