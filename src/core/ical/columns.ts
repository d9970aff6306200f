// What the events table shows of an object without opening it.

import type { CalendarObject } from "./calendar-object-resource.ts";
import type { Zone } from "./zone.ts";

export interface EventColumns {
  readonly sequence: number;
  readonly title: string | null;
  readonly location: string | null;
  readonly organizer: string | null;
  readonly status: string | null;
  readonly transparency: "OPAQUE" | "TRANSPARENT";
  readonly class: string | null;
  readonly startTs: number | null;
  /** End of the last instance; null for an unbounded object and for one without times. */
  readonly endTs: number | null;
  readonly timeZone: string | null;
  readonly isAllDay: boolean;
  readonly isFloating: boolean;
  readonly isRecurring: boolean;
}

export function columnsOf(_object: CalendarObject, _floatingZone: Zone): EventColumns {
  return {
    sequence: 0,
    title: null,
    location: null,
    organizer: null,
    status: null,
    transparency: "OPAQUE",
    class: null,
    startTs: null,
    endTs: null,
    timeZone: null,
    isAllDay: false,
    isFloating: false,
    isRecurring: false,
  };
}
