// A VFREEBUSY answer (RFC 4791 7.10, RFC 5545 3.6.4): busy time of one span, merged by kind, in UTC.

import type { BusyRow } from "../ports/calendar-store.ts";
import { formatJCalDateTime } from "./civil.ts";
import { dateTimeProperty, utcValue } from "./date-time.ts";
import type { JCalProperty } from "./jcal.ts";
import { productIdentifier } from "./product.ts";
import type { Span } from "./recurrence-set.ts";
import { serializeCalendar } from "./serialize.ts";

const kinds: readonly BusyRow["kind"][] = ["BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"];

/** A VCALENDAR with one VFREEBUSY. What lies outside the span is cut off; kinds are merged each by itself. */
export function freeBusyReply(busy: readonly BusyRow[], span: Span, nowMs: number): string {
  const periods = kinds.flatMap((kind) => {
    const merged = mergedPeriods(
      busy.filter((row) => row.kind === kind),
      span,
    );
    return merged.map((period): JCalProperty => {
      const values = [formatJCalDateTime(utcValue(period.start)), formatJCalDateTime(utcValue(period.end))];
      return ["freebusy", kind === "BUSY" ? {} : { fbtype: kind }, "period", values];
    });
  });
  const second = Math.floor(nowMs / 1_000) * 1_000;
  return serializeCalendar([
    "vcalendar",
    [
      ["version", {}, "text", "2.0"],
      ["prodid", {}, "text", productIdentifier],
    ],
    [
      [
        "vfreebusy",
        [
          dateTimeProperty("dtstamp", [utcValue(second)]),
          dateTimeProperty("dtstart", [utcValue(span.start)]),
          dateTimeProperty("dtend", [utcValue(span.end)]),
          ...periods,
        ],
        [],
      ],
    ],
  ]);
}

/** Joined where they overlap or touch, cut to the span, by start; what has no length is no period. */
function mergedPeriods(rows: readonly BusyRow[], span: Span): readonly Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const row of rows.toSorted((a, b) => a.start - b.start)) {
    const start = Math.max(row.start, span.start);
    const end = Math.min(row.end, span.end);
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
