// What the events table shows of an object without opening it.

import type { CalendarObject } from "./calendar-object-resource.ts";
import { firstProperty, firstText, textOf } from "./component.ts";
import { firstStart, lastEnd } from "./series-bounds.ts";
import { readSeries } from "./series.ts";
import { resolveTzid } from "./tzid.ts";
import type { Zone } from "./zone.ts";

export interface EventColumns {
  readonly sequence: number;
  readonly title: string | null;
  readonly location: string | null;
  /** The address as the object writes it, mostly with `mailto:`. */
  readonly organizer: string | null;
  readonly status: string | null;
  readonly transparency: "OPAQUE" | "TRANSPARENT";
  readonly class: string | null;
  readonly startTs: number | null;
  /** End of the last instance; null for an unbounded object and for one without times. */
  readonly endTs: number | null;
  /** The IANA zone of the start, or its TZID where that means none; null for UTC, dates and floating times. */
  readonly timeZone: string | null;
  readonly isAllDay: boolean;
  /** Its instants depend on the floating zone: floating times, dates, and a TZID that means nothing. */
  readonly isFloating: boolean;
  readonly isRecurring: boolean;
}

export function columnsOf(object: CalendarObject, floatingZone: Zone): EventColumns {
  const series = readSeries(object, floatingZone);
  const shown = object.master ?? object.overrides[0] ?? object.calendar;
  const timing = series.timing ?? series.overrides[0]?.timing;
  const anchor = timing?.anchor ?? null;
  const organizer = firstProperty(shown, "organizer");
  const sequence = Number(firstText(shown, "sequence") ?? 0);
  return {
    sequence: Number.isSafeInteger(sequence) && sequence > 0 ? sequence : 0,
    title: filled(firstText(shown, "summary")),
    location: filled(firstText(shown, "location")),
    organizer: organizer === undefined ? null : filled(textOf(organizer)),
    status: filled(firstText(shown, "status"))?.toUpperCase() ?? null,
    transparency: isTransparent(firstText(shown, "transp")) ? "TRANSPARENT" : "OPAQUE",
    class: filled(firstText(shown, "class"))?.toUpperCase() ?? null,
    startTs: firstStart(series),
    endTs: lastEnd(series),
    timeZone:
      anchor === null || anchor.tzid === null
        ? null
        : (resolveTzid(anchor.tzid, object.calendar)?.id ?? anchor.tzid),
    isAllDay: anchor?.kind === "date",
    isFloating: timing?.isFloating === true,
    isRecurring: series.isRecurring,
  };
}

export function isTransparent(transp: string | null): boolean {
  return transp !== null && transp.trim().toUpperCase() === "TRANSPARENT";
}

function filled(text: string | null): string | null {
  return text === null || text === "" ? null : text;
}
