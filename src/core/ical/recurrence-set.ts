// The instances of a calendar object: rules, dates, exceptions and overrides (RFC 5545 3.8.4.4, 3.8.5).

import { ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import type { DateTimeValue } from "./civil.ts";
import type { JCalComponent } from "./jcal.ts";
import type { Zone } from "./zone.ts";

export interface Instance {
  /** UTC milliseconds of the original start. */
  readonly recurrenceId: number;
  /** The original start as a value of DTSTART's type and zone; null for an object that does not recur. */
  readonly recurrenceIdValue: DateTimeValue | null;
  readonly start: number;
  readonly end: number;
  readonly component: JCalComponent;
  readonly isOverride: boolean;
  readonly isFloating: boolean;
  readonly isAllDay: boolean;
}

/** The instances that overlap the span, by start. */
export function instancesOf(
  _object: CalendarObject,
  _span: { readonly start: number; readonly end: number },
  _floatingZone: Zone,
): Result<readonly Instance[], "budget-exceeded"> {
  return ok([]);
}
