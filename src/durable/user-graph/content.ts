// What one object gives to the database: derived columns, index rows, the keyed etag and its sealed text. Prepared before the
// transaction that writes it.

import type { CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { columnsOf } from "../../core/ical/columns.ts";
import type { EventColumns } from "../../core/ical/columns.ts";
import { occurrenceRows } from "../../core/ical/occurrence-index.ts";
import type { OccurrenceRows } from "../../core/ical/occurrence-index.ts";
import { utf8Length } from "../../core/ical/parse.ts";
import { ianaZone, UTC } from "../../core/ical/zone.ts";
import type { CanonicalEventId } from "../../core/id.ts";
import type { Failure } from "../../core/failure.ts";
import { limits } from "../../core/limits.ts";
import { ok } from "../../core/result.ts";
import type { Result } from "../../core/result.ts";
import type { Graph } from "./graph.ts";
import { indexWindow, NOT_INDEXED } from "./occurrence-rows.ts";

export interface Content {
  readonly object: CalendarObject;
  readonly etag: string;
  readonly size: number;
  readonly columns: EventColumns;
  readonly occurrences: OccurrenceRows;
  readonly sealedIcal: ArrayBuffer;
  /** Title, place and organiser together: what lists and searches show. */
  readonly sealedDetails: ArrayBuffer;
}

export function etagOf(graph: Graph, text: string): string {
  return graph.vault.keyedHash("etag", text);
}

/** Index rows of an object around now. Components other than VEVENT are always asked themselves and have none. */
export function indexRowsOf(graph: Graph, object: CalendarObject): Result<OccurrenceRows, Failure> {
  if (object.component !== "VEVENT") return ok({ rows: [], coveredFrom: null, coveredUntil: null });
  return occurrenceRows(object, indexWindow(graph.clock.now()), UTC, limits.occurrenceRowsMax);
}

/** `strict`: an object with too many instances is refused (a PUT); otherwise it is stored and not indexed (a provider's). */
export async function prepareContent(
  graph: Graph,
  canonicalEventId: CanonicalEventId,
  object: CalendarObject,
  strict: boolean,
): Promise<Result<Content, Failure>> {
  const indexed = indexRowsOf(graph, object);
  if (!indexed.ok && strict) return indexed;
  const columns = columnsOf(object, UTC);
  const { title, location, organizer } = columns;
  const [sealedIcal, sealedDetails] = await Promise.all([
    graph.vault.seal({ column: "event_contents.ical", row: canonicalEventId }, object.text),
    graph.vault.seal(
      { column: "event_contents.details", row: canonicalEventId },
      JSON.stringify({ title, location, organizer }),
    ),
  ]);
  return ok({
    object,
    etag: etagOf(graph, object.text),
    size: utf8Length(object.text),
    columns,
    occurrences: indexed.ok ? indexed.value : NOT_INDEXED,
    sealedIcal,
    sealedDetails,
  });
}

const STATUSES = [
  "TENTATIVE",
  "CONFIRMED",
  "CANCELLED",
  "NEEDS-ACTION",
  "COMPLETED",
  "IN-PROCESS",
  "DRAFT",
  "FINAL",
];
const CLASSES = ["PUBLIC", "PRIVATE", "CONFIDENTIAL"];

/** Plain columns hold the words of the standard only: anything else is text that a person may have written. */
export function plainWord(value: string | null, kind: "status" | "class"): string | null {
  const word = value?.toUpperCase() ?? "";
  return (kind === "status" ? STATUSES : CLASSES).includes(word) ? word : null;
}

export function plainZone(tzid: string | null): string | null {
  return tzid === null ? null : (ianaZone(tzid)?.id ?? null);
}
