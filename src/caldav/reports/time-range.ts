// The start and end attributes of CALDAV:time-range, expand, limit-recurrence-set and limit-freebusy-set (RFC 4791 9.9, 9.6.5 to
// 9.6.7): UTC date-times, the end after the start.

import { precondition, type Failure } from "../../core/failure.ts";
import { parseDateTime } from "../../core/ical/civil.ts";
import type { TimeSpan } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { attributeOf } from "../xml/element.ts";
import type { XmlElement } from "../xml/reader.ts";

/** One side may be open. */
export function readTimeRange(element: XmlElement): Result<TimeSpan, Failure> {
  const start = readInstant(element, "start");
  if (!start.ok) return start;
  const end = readInstant(element, "end");
  if (!end.ok) return end;
  if (start.value === null && end.value === null) {
    const reason = `${element.local} needs a start or an end.`;
    return err({ kind: "bad-request", reason });
  }
  if (start.value !== null && end.value !== null && end.value <= start.value) {
    return err(precondition("valid-filter", `${element.local}: the end must lie after the start.`));
  }
  return ok({ start: start.value, end: end.value });
}

/** Both sides are wanted. */
export function readClosedRange(element: XmlElement): Result<{ start: number; end: number }, Failure> {
  const range = readTimeRange(element);
  if (!range.ok) return range;
  const { start, end } = range.value;
  if (start === null || end === null) {
    return err({ kind: "bad-request", reason: `${element.local} needs a start and an end.` });
  }
  return ok({ start, end });
}

function readInstant(element: XmlElement, attribute: string): Result<number | null, Failure> {
  const text = attributeOf(element, attribute);
  if (text === undefined) return ok(null);
  const value = parseDateTime(text.trim());
  // RFC 4791 9.9 wants UTC; a value without Z would mean something else to every client.
  if (value === null || value.kind !== "utc") {
    const reason = `${element.local}: ${attribute} must be a UTC date-time such as 20260101T000000Z.`;
    return err(precondition("valid-filter", reason));
  }
  return ok(value.civil);
}
