// CALDAV:free-busy-query (RFC 4791 7.10): a VFREEBUSY over the calendars in scope. The answer covers whole calendars, so any Depth
// on a calendar means its members.

import { freeBusyReply } from "../../core/ical/freebusy.ts";
import type { BusyRow } from "../../core/ports/calendar-store.ts";
import { err, ok } from "../../core/result.ts";
import type { Outcome } from "../methods/exchange.ts";
import { childrenOf } from "../xml/element.ts";
import { CALDAV } from "../xml/names.ts";
import type { ReportExchange } from "./report.ts";
import { calendarsInScope } from "./scope.ts";
import { readClosedRange } from "./time-range.ts";

export async function freeBusyQuery({ root, context, target, depth }: ReportExchange): Outcome {
  const [range, ...others] = childrenOf(root, CALDAV, "time-range");
  if (range === undefined || others.length > 0) {
    return err({ kind: "bad-request", reason: "free-busy-query needs exactly one time-range." });
  }
  const span = readClosedRange(range);
  if (!span.ok) return span;
  const calendars =
    target.kind === "home"
      ? calendarsInScope(target, depth === "0" ? "0" : "infinity", context)
      : calendarsInScope(target, "1", context);
  const busy: BusyRow[] = [];
  for (const { calendar } of calendars) {
    // RFC 6638 9.1: a transparent calendar takes no part in busy time.
    if (calendar.transparency === "transparent") continue;
    busy.push(...(await context.store.busy(calendar.calendarId, span.value)));
  }
  busy.sort((a, b) => a.start - b.start);
  const text = freeBusyReply(busy, span.value, context.clock.now());
  return ok(new Response(text, { status: 200, headers: { "content-type": "text/calendar;charset=utf-8" } }));
}
