// jCal to iCalendar text (RFC 5545 3.1).

import type { JCalComponent } from "./jcal.ts";

export function serializeCalendar(_calendar: JCalComponent): string {
  return "";
}
