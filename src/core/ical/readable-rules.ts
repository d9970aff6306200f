// Whether every rule of an object can be followed. A rule that cannot be read even leniently would make a series look like one event,
// without a word to the person who saved it. For what a client stores; what a provider already holds is shown as far as it goes.

import { precondition, type Failure } from "../failure.ts";
import { err, ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { propertiesOf, textOf } from "./component.ts";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";

/** RFC 5545 3.3.10. A calendar scale that is not followed (RFC 7529) is stored: its rule is no mistake. */
export function checkReadableRules(object: CalendarObject): Result<CalendarObject, Failure> {
  for (const component of object.calendar[2]) {
    if (component[0] === "vtimezone") continue;
    for (const name of ["rrule", "exrule"]) {
      for (const property of propertiesOf(component, name)) {
        const rule = parseRecurrenceRuleLeniently(textOf(property));
        if (!rule.ok && rule.error.kind === "invalid-rule") {
          return err(precondition("valid-calendar-data", `${name.toUpperCase()}: ${rule.error.reason}`));
        }
      }
    }
  }
  return ok(object);
}
