// What must hold for every object: properties over the arbitraries of src/core/testing.

import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  anyCalendar,
  anyEvent,
  anySpan,
  rewritten,
  yearEnd,
  yearStart,
} from "../testing/arbitraries-calendar.ts";
import { readCalendarObject, type CalendarObject } from "./calendar-object-resource.ts";
import { columnsOf } from "./columns.ts";
import { dateTimeNamed, timeReader } from "./date-time.ts";
import { matchesFilter } from "./filter.ts";
import { occurrenceRows } from "./occurrence-index.ts";
import { parseCalendar } from "./parse.ts";
import { mergeCalendars } from "./publish.ts";
import { instancesOf, overlaps, type Instance, type Span } from "./recurrence-set.ts";
import { retrieve } from "./retrieval.ts";
import { semanticText } from "./semantic.ts";
import { serializeCalendar } from "./serialize.ts";
import { ianaZone, UTC } from "./zone.ts";

const zone = ianaZone("America/Los_Angeles") ?? UTC;
const runs = { numRuns: 300 };

// A busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

function instances(object: CalendarObject, span: Span): readonly Instance[] {
  const result = instancesOf(object, span, zone);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function keys(list: readonly Instance[]): readonly string[] {
  return list.map((one) => `${one.recurrenceId} ${one.start} ${one.end} ${one.isOverride}`);
}

function reread(text: string): CalendarObject {
  const read = readCalendarObject(text);
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

describe("text and jCal", () => {
  it("what is written is read again, equal", () => {
    fc.assert(
      fc.property(anyCalendar, (calendar) => {
        const read = parseCalendar(serializeCalendar(calendar));
        expect(read.ok && read.value).toEqual(calendar);
      }),
      runs,
    );
  });

  it("writing again changes neither meaning nor instances", () => {
    fc.assert(
      fc.property(anyEvent, anySpan, (object, span) => {
        const again = reread(serializeCalendar(object.calendar));
        expect(semanticText(again.calendar)).toBe(semanticText(object.calendar));
        expect(keys(instances(again, span))).toEqual(keys(instances(object, span)));
      }),
      runs,
    );
  });

  it("order and stamps mean nothing", () => {
    fc.assert(
      fc.property(anyEvent, (object) => {
        fc.pre(
          new Set(object.overrides.map((one) => JSON.stringify(one[1][1]))).size === object.overrides.length,
        );
        expect(semanticText(rewritten(object).calendar)).toBe(semanticText(object.calendar));
      }),
      runs,
    );
  });
});

describe("instances", () => {
  const wide = { start: yearStart - 400 * 86_400_000, end: yearEnd + 800 * 86_400_000 };

  it("of a span are those of a wider span that overlap it", () => {
    fc.assert(
      fc.property(anyEvent, anySpan, (object, span) => {
        const expected = instances(object, wide).filter((one) => overlaps(one.start, one.end, span));
        expect(keys(instances(object, span))).toEqual(keys(expected));
      }),
      runs,
    );
  });

  it("are in order, once for each recurrence id, never before the first start or behind the last end", () => {
    fc.assert(
      fc.property(anyEvent, (object) => {
        const all = instances(object, wide);
        const { startTs, endTs } = columnsOf(object, zone);
        expect(new Set(all.map((one) => one.recurrenceId)).size).toBe(all.length);
        for (const [index, one] of all.entries()) {
          expect(one.start).toBeGreaterThanOrEqual(all[index - 1]?.start ?? -Infinity);
          expect(one.end).toBeGreaterThanOrEqual(one.start);
          expect(one.start).toBeGreaterThanOrEqual(startTs ?? -Infinity);
          expect(one.end).toBeLessThanOrEqual(endTs ?? Infinity);
        }
      }),
      runs,
    );
  });

  it("make the index, and a time-range selects exactly what has one inside", () => {
    fc.assert(
      fc.property(anyEvent, anySpan, (object, span) => {
        const inside = instances(object, span);
        const rows = occurrenceRows(object, span, zone, 100_000);
        expect(rows.ok && rows.value.rows.map((row) => [row.recurrenceId, row.start, row.end])).toEqual(
          inside.map((one) => [one.recurrenceId, one.start, one.end]),
        );
        const event = {
          name: "VEVENT",
          isNotDefined: false,
          timeRange: span,
          compFilters: [],
          propFilters: [],
        };
        const filter = {
          name: "VCALENDAR",
          isNotDefined: false,
          timeRange: null,
          compFilters: [event],
          propFilters: [],
        };
        expect(matchesFilter(object, filter, zone)).toBe(inside.length > 0);
      }),
      runs,
    );
  });

  it("are what expand answers, each as a component of its own without recurrence", () => {
    fc.assert(
      fc.property(anyEvent, anySpan, (object, span) => {
        const text = retrieve(
          object,
          { comp: null, expand: span, limitRecurrenceSet: null, limitFreeBusySet: null },
          zone,
        );
        if (!text.ok) throw new Error(text.error.reason);
        expect(text.value).not.toMatch(/^(RRULE|RDATE|EXDATE|EXRULE|BEGIN:VTIMEZONE)|;TZID=/m);
        const calendar = parseCalendar(text.value);
        if (!calendar.ok) throw new Error(calendar.error.reason);
        const times = timeReader(calendar.value, zone);
        const starts = calendar.value[2].map((component) => {
          const start = dateTimeNamed(component, "dtstart");
          return start === null ? null : times.toUtc(start);
        });
        expect(starts).toEqual(instances(object, span).map((one) => one.start));
      }),
      runs,
    );
  });

  it("are the same from the object that a feed publishes", () => {
    fc.assert(
      fc.property(anyEvent, anySpan, (object, span) => {
        const merged = reread(
          serializeCalendar(mergeCalendars([object.calendar], [["version", {}, "text", "2.0"]])),
        );
        expect(keys(instances(merged, span))).toEqual(keys(instances(object, span)));
      }),
      runs,
    );
  });
});
