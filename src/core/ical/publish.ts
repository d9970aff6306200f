// Many objects in one VCALENDAR, as an ICS feed shows them.

import type { JCalComponent, JCalProperty } from "./jcal.ts";

/** `header`: the properties of the VCALENDAR, VERSION and PRODID included. */
export function mergeCalendars(
  _objects: readonly JCalComponent[],
  header: readonly JCalProperty[],
): JCalComponent {
  return ["vcalendar", header, []];
}
