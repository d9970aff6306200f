// The rows of the occurrence index that one object gives inside a window. Only a VEVENT has rows: a VTODO or VJOURNAL is selected by other
// conditions (RFC 4791 9.9) and takes no time (RFC 4791 7.10).

import { precondition, type Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { isTransparent } from "./columns.ts";
import { firstText } from "./component.ts";
import type { JCalComponent } from "./jcal.ts";
import { instancesOfSeries, type Instance, type Span } from "./recurrence-set.ts";
import { firstStart, lastEnd } from "./series-bounds.ts";
import { readSeries, type Series } from "./series.ts";
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
  /** By start. An instance without length has `end` equal to `start`. */
  readonly rows: readonly OccurrenceRow[];
  /** Start of what the rows cover; null: no instance lies before. */
  readonly coveredFrom: number | null;
  /**
   * End of what the rows cover; null: no instance lies beyond. Equal to `coveredFrom` for what has no rows (VTODO, VJOURNAL …): nothing is
   * covered and the object itself has to be asked.
   */
  readonly coveredUntil: number | null;
}

/** Free-busy of an event (RFC 4791 7.10, RFC 5545 3.8.2.7): CANCELLED and TRANSPARENT take no time. */
export function busyKindOf(component: JCalComponent): BusyKind {
  if (isTransparent(firstText(component, "transp"))) return "FREE";
  const status = firstText(component, "status")?.trim().toUpperCase();
  if (status === "CANCELLED") return "FREE";
  return status === "TENTATIVE" ? "BUSY-TENTATIVE" : "BUSY";
}

/**
 * Refuses more than `limits.instancesMax` instances, or a rule too costly to follow, with CALDAV:max-instances; keeps the first `rowsMax`
 * rows and says how far they reach.
 */
export function occurrenceRows(
  object: CalendarObject,
  span: Span,
  floatingZone: Zone,
  rowsMax: number,
): Result<OccurrenceRows, Failure> {
  if (object.component !== "VEVENT") {
    return ok({ rows: [], coveredFrom: span.start, coveredUntil: span.start });
  }
  const series = readSeries(object, floatingZone);
  const instances = instancesOfSeries(series, span);
  if (!instances.ok) {
    return err(precondition("max-instances", "The recurrence rule takes too many steps to follow."));
  }
  if (instances.value.length > limits.instancesMax) {
    return err(
      precondition(
        "max-instances",
        `The object has more than ${limits.instancesMax} instances in the next years.`,
      ),
    );
  }
  const kept = instances.value.length > rowsMax ? instances.value.slice(0, rowsMax) : instances.value;
  const dropped = instances.value[rowsMax];
  const kinds = new Map<JCalComponent, BusyKind>();
  return ok({
    rows: kept.map((instance) => rowOf(instance, kinds)),
    coveredFrom: beginsBefore(series, span.start) ? span.start : null,
    coveredUntil: dropped !== undefined ? dropped.start : endsBeyond(series, span.end) ? span.end : null,
  });
}

function rowOf(instance: Instance, kinds: Map<JCalComponent, BusyKind>): OccurrenceRow {
  let busyKind = kinds.get(instance.component);
  if (busyKind === undefined) {
    busyKind = busyKindOf(instance.component);
    kinds.set(instance.component, busyKind);
  }
  const { recurrenceId, start, end, isFloating } = instance;
  return { recurrenceId, start, end, busyKind, isFloating };
}

function beginsBefore(series: Series, start: number): boolean {
  const first = firstStart(series);
  return first !== null && first < start;
}

function endsBeyond(series: Series, end: number): boolean {
  if (firstStart(series) === null) return false;
  const last = lastEnd(series);
  return last === null || last >= end;
}
