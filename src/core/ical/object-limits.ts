// The bounds that RFC 4791 5.2.6, 5.2.7 and 5.2.9 let a server set on an object. CALDAV:max-instances is the occurrence index's to say.

import { precondition, type Failure } from "../failure.ts";
import { err, ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { DAY_MS, parseDateTime, type DateTimeValue } from "./civil.ts";
import { propertiesOf } from "./component.ts";
import { dateTimesOf, periodsOf } from "./date-time.ts";
import type { JCalComponent } from "./jcal.ts";

export interface ObjectLimits {
  readonly attendeesPerInstanceMax: number;
  /** UTC, `19000101T000000Z`. */
  readonly dateTimeMin: string;
  readonly dateTimeMax: string;
}

const scheduled: ReadonlySet<string> = new Set([
  "dtstart",
  "dtend",
  "due",
  "recurrence-id",
  "rdate",
  "exdate",
  "freebusy",
]);

/**
 * Checks max-attendees-per-instance, min-date-time and max-date-time. Only written times count: a
 * series that runs beyond max-date-time, with or without an UNTIL, is not refused.
 */
export function checkObjectLimits(
  object: CalendarObject,
  limits: ObjectLimits,
): Result<CalendarObject, Failure> {
  // A day of grace on both sides stands for every zone.
  const from = (parseDateTime(limits.dateTimeMin)?.civil ?? -Infinity) - DAY_MS;
  const until = (parseDateTime(limits.dateTimeMax)?.civil ?? Infinity) + DAY_MS;
  for (const component of object.calendar[2]) {
    if (component[0] === "vtimezone") continue;
    const attendees = propertiesOf(component, "attendee").length;
    if (attendees > limits.attendeesPerInstanceMax) {
      const reason = `An instance has ${attendees} attendees; ${limits.attendeesPerInstanceMax} are allowed.`;
      return err(precondition("max-attendees-per-instance", reason));
    }
    for (const { name, value } of timesOf(component)) {
      if (value.civil < from) {
        return err(precondition("min-date-time", `${name} lies before ${limits.dateTimeMin}.`));
      }
      if (value.civil >= until) {
        return err(precondition("max-date-time", `${name} lies behind ${limits.dateTimeMax}.`));
      }
    }
  }
  return ok(object);
}

function* timesOf(component: JCalComponent): Generator<{ name: string; value: DateTimeValue }> {
  for (const property of component[1]) {
    const name = property[0].toUpperCase();
    if (scheduled.has(property[0])) {
      for (const value of dateTimesOf(property)) yield { name, value };
      for (const period of periodsOf(property)) yield { name, value: period.start };
    }
  }
}
