// From a TZID as calendars write it to a zone.

import type { JCalComponent } from "./jcal.ts";
import { ianaZone } from "./zone.ts";
import type { Zone } from "./zone.ts";

/** The zone that a TZID means inside `calendar` (a VCALENDAR; null when there is none at hand). */
export function resolveTzid(tzid: string, calendar: JCalComponent | null): Zone | undefined {
  return calendar === null ? ianaZone(tzid) : ianaZone(tzid);
}
