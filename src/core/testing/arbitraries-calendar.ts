// Calendar objects for property tests: series with rules, dates, exceptions and overrides, in zones, floating, in UTC and all-day.
// What is made is valid and small, and its times lie in 2026, so that spans of that year find it.

import * as fc from "fast-check";
import { assert } from "../assert.ts";
import { readCalendarObject, type CalendarObject } from "../ical/calendar-object-resource.ts";
import { DAY_MS, formatDateTime, HOUR_MS, MINUTE_MS, type DateTimeValue } from "../ical/civil.ts";
import type { JCalComponent, JCalProperty } from "../ical/jcal.ts";
import { serializeCalendar } from "../ical/serialize.ts";

/** 2026-01-01T00:00:00Z. */
export const yearStart = 1_767_225_600_000;
export const yearEnd = yearStart + 365 * DAY_MS;

const tzid = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe");

type Kind = Pick<DateTimeValue, "kind" | "tzid">;

const kind: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 3, arbitrary: tzid.map((name): Kind => ({ kind: "zoned", tzid: name })) },
  { weight: 2, arbitrary: fc.constant<Kind>({ kind: "utc", tzid: null }) },
  { weight: 2, arbitrary: fc.constant<Kind>({ kind: "date", tzid: null }) },
  { weight: 1, arbitrary: fc.constant<Kind>({ kind: "floating", tzid: null }) },
);

/** A wall clock time of 2026 on a quarter of an hour. */
const civil = fc.record({ day: fc.nat({ max: 364 }), quarter: fc.nat({ max: 95 }) });

function valueOf({ kind: of, tzid: zone }: Kind, at: { day: number; quarter: number }): DateTimeValue {
  const time = of === "date" ? 0 : at.quarter * 15 * MINUTE_MS;
  return { kind: of, civil: yearStart + at.day * DAY_MS + time, tzid: zone };
}

function line(name: string, value: DateTimeValue, parameters = ""): string {
  const zone = value.tzid === null ? "" : `;TZID=${value.tzid}`;
  const type = value.kind === "date" ? ";VALUE=DATE" : "";
  return `${name}${zone}${parameters}${type}:${formatDateTime(value)}`;
}

const limit = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map((count) => `;COUNT=${count}`),
  fc.constant(";UNTIL="),
  fc.constant(""),
);

const rule = fc.record({
  frequency: fc.constantFrom(
    "FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY",
  ),
  interval: fc.constantFrom("", ";INTERVAL=2", ";INTERVAL=5"),
  limit,
  untilDay: fc.nat({ max: 364 }),
});

const text = fc.string({ unit: fc.constantFrom(...Array.from("aü😀,;:\\\"'^ \n")), maxLength: 20 });

const override = fc.record({
  instanceDay: fc.nat({ max: 60 }),
  shiftQuarters: fc.integer({ min: -400, max: 400 }),
  hours: fc.integer({ min: 0, max: 30 }),
  isThisAndFuture: fc.constantFrom(false, false, true),
  summary: text,
});

const plan = fc.record({
  kind,
  start: civil,
  hours: fc.integer({ min: 0, max: 50 }),
  rule: fc.option(rule, { nil: null, freq: 4 }),
  extraDays: fc.array(fc.nat({ max: 364 }), { maxLength: 3 }),
  excludedDays: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
  overrides: fc.array(override, { maxLength: 2 }),
  status: fc.constantFrom("", "STATUS:TENTATIVE", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"),
  summary: text,
});

function escaped(value: string): string {
  return value.replace(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n");
}

function moved(value: DateTimeValue, ms: number): DateTimeValue {
  return { ...value, civil: value.civil + (value.kind === "date" ? Math.trunc(ms / DAY_MS) * DAY_MS : ms) };
}

function lengthLine(value: DateTimeValue, hours: number): string {
  return value.kind === "date" ? `DURATION:P${1 + Math.trunc(hours / 24)}D` : `DURATION:PT${hours}H`;
}

function eventLines(made: typeof plan extends fc.Arbitrary<infer Plan> ? Plan : never): readonly string[] {
  const start = valueOf(made.kind, made.start);
  const lines = ["BEGIN:VEVENT", "UID:1@example.com", line("DTSTART", start), lengthLine(start, made.hours)];
  lines.push(`SUMMARY:${escaped(made.summary)}`);
  if (made.status !== "") lines.push(made.status);
  if (made.rule !== null) {
    const until: DateTimeValue = {
      kind: start.kind === "zoned" ? "utc" : start.kind,
      civil: start.civil + made.rule.untilDay * DAY_MS,
      tzid: null,
    };
    const end = made.rule.limit === ";UNTIL=" ? `;UNTIL=${formatDateTime(until)}` : made.rule.limit;
    lines.push(`RRULE:${made.rule.frequency}${made.rule.interval}${end}`);
  }
  for (const day of made.extraDays) lines.push(line("RDATE", moved(start, day * DAY_MS)));
  for (const day of made.excludedDays) lines.push(line("EXDATE", moved(start, day * DAY_MS)));
  lines.push("END:VEVENT");
  for (const one of made.overrides) {
    const id = moved(start, one.instanceDay * DAY_MS);
    const own = moved(id, one.shiftQuarters * 15 * MINUTE_MS);
    lines.push("BEGIN:VEVENT", "UID:1@example.com");
    lines.push(
      line("RECURRENCE-ID", id, one.isThisAndFuture ? ";RANGE=THISANDFUTURE" : ""),
      line("DTSTART", own),
    );
    lines.push(lengthLine(own, one.hours), `SUMMARY:${escaped(one.summary)}`, "END:VEVENT");
  }
  return lines;
}

/** An event, alone or a series. */
export const anyEvent: fc.Arbitrary<CalendarObject> = plan.map((made) => {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", ...eventLines(made), "END:VCALENDAR", ""];
  const read = readCalendarObject(lines.join("\r\n"));
  assert(read.ok, read.ok ? "" : read.error.reason);
  return read.value;
});

/** A span of hours to weeks that begins in 2026. */
export const anySpan: fc.Arbitrary<{ start: number; end: number }> = fc
  .record({ start: fc.nat({ max: 365 * 24 }), hours: fc.integer({ min: 1, max: 60 * 24 }) })
  .map(({ start, hours }) => ({
    start: yearStart + start * HOUR_MS,
    end: yearStart + (start + hours) * HOUR_MS,
  }));

const parameterText = fc.string({ unit: fc.constantFrom(...Array.from("aü😀,;:^'\" \n")), maxLength: 12 });

const anyProperty: fc.Arbitrary<JCalProperty> = fc.oneof(
  fc
    .tuple(fc.constantFrom("summary", "description", "x-note"), text)
    .map(([name, value]): JCalProperty => [name, {}, "text", value]),
  fc
    .array(text, { minLength: 1, maxLength: 3 })
    .map((values): JCalProperty => ["categories", {}, "text", ...values]),
  fc
    .tuple(parameterText, fc.array(parameterText, { minLength: 2, maxLength: 3 }))
    .map(([cn, member]): JCalProperty => ["attendee", { cn, member }, "cal-address", "mailto:a@example.com"]),
  fc.integer({ min: 0, max: 9 }).map((value): JCalProperty => ["priority", {}, "integer", value]),
  fc.constantFrom<JCalProperty>(
    ["dtstart", { tzid: "Europe/Berlin" }, "date-time", "2026-01-15T09:00:00"],
    ["dtstart", {}, "date", "2026-01-15"],
    [
      "rdate",
      {},
      "period",
      ["2026-01-15T09:00:00Z", "PT1H"],
      ["2026-01-16T09:00:00Z", "2026-01-16T10:00:00Z"],
    ],
    ["geo", {}, "float", [37.5, -122]],
    ["rrule", {}, "recur", "FREQ=DAILY;COUNT=3"],
  ),
);

/** Any tree of components, as jCal. */
export const anyCalendar: fc.Arbitrary<JCalComponent> = fc
  .array(fc.tuple(fc.constantFrom("vevent", "vtodo", "x-thing"), fc.array(anyProperty, { maxLength: 6 })), {
    maxLength: 4,
  })
  .map((components): JCalComponent => [
    "vcalendar",
    [["version", {}, "text", "2.0"]],
    components.map(([name, properties]): JCalComponent => [
      name,
      properties,
      [["valarm", properties.slice(0, 1), []]],
    ]),
  ]);

/** The same object with its properties and components in another order and its stamps renewed. */
export function rewritten(object: CalendarObject): CalendarObject {
  const reversed = (component: JCalComponent): JCalComponent => [
    component[0],
    [["dtstamp", {}, "date-time", "2030-01-01T00:00:00Z"], ...component[1].toReversed()],
    component[2].map(reversed).toReversed(),
  ];
  const [name, properties, components] = object.calendar;
  const read = readCalendarObject(
    serializeCalendar([name, properties, components.map(reversed).toReversed()]),
  );
  assert(read.ok, read.ok ? "" : read.error.reason);
  return read.value;
}
