// The rows of the occurrence index that one object gives inside a window.

import type { Failure } from "../failure.ts";
import { ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import type { Zone } from "./zone.ts";

export type BusyKind = "BUSY" | "BUSY-TENTATIVE" | "FREE";

export interface OccurrenceRow {
  readonly recurrenceId: number;
  readonly start: number;
  readonly end: number;
  readonly busyKind: BusyKind;
  readonly isFloating: boolean;
}

export interface OccurrenceRows {
  readonly rows: readonly OccurrenceRow[];
  /** Start of what the rows cover; null: no instance lies before. */
  readonly coveredFrom: number | null;
  /** End of what the rows cover; null: no instance lies beyond. */
  readonly coveredUntil: number | null;
}

export function occurrenceRows(
  _object: CalendarObject,
  _span: { readonly start: number; readonly end: number },
  _floatingZone: Zone,
  _rowsMax: number,
): Result<OccurrenceRows, Failure> {
  return ok({ rows: [], coveredFrom: null, coveredUntil: null });
}
