// iCalendar text to jCal (RFC 5545 3.1, RFC 7265).

import { precondition, type Failure } from "../failure.ts";
import { err, type Result } from "../result.ts";
import type { JCalComponent } from "./jcal.ts";

export function parseCalendar(_text: string): Result<JCalComponent, Failure> {
  return err(precondition("valid-calendar-data", "not read yet"));
}
