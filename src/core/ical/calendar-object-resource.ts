// A calendar object resource (RFC 4791 4.1): one UID, one component type, an optional master and its overrides.

import { precondition, type Failure } from "../failure.ts";
import type { ComponentName } from "../ports/calendar-store.ts";
import { err, type Result } from "../result.ts";
import type { JCalComponent } from "./jcal.ts";

export interface CalendarObject {
  /** Octets as sent. */
  readonly text: string;
  readonly component: ComponentName;
  readonly uid: string;
  readonly calendar: JCalComponent;
  /** The component without RECURRENCE-ID; null for an object that holds overrides alone. */
  readonly master: JCalComponent | null;
  readonly overrides: readonly JCalComponent[];
}

/** Reads and validates an object as a CalDAV PUT must (RFC 4791 4.1, 5.3.2.1). */
export function readCalendarObject(_text: string): Result<CalendarObject, Failure> {
  return err(precondition("valid-calendar-data", "not read yet"));
}
