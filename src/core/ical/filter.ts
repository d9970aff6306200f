// CALDAV:filter (RFC 4791 9.7 to 9.9): which objects a calendar-query selects.

import type { TimeSpan } from "../ports/calendar-store.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import type { Zone } from "./zone.ts";

export interface TextMatch {
  readonly collation: string;
  readonly text: string;
  readonly negate: boolean;
}

export interface ParamFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly textMatch: TextMatch | null;
}

export interface PropFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly timeRange: TimeSpan | null;
  readonly textMatch: TextMatch | null;
  readonly paramFilters: readonly ParamFilter[];
}

export interface CompFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly timeRange: TimeSpan | null;
  readonly compFilters: readonly CompFilter[];
  readonly propFilters: readonly PropFilter[];
}

export { supportedCollation } from "./collation.ts";

export function matchesFilter(_object: CalendarObject, _filter: CompFilter, _floatingZone: Zone): boolean {
  return false;
}
