// Rules that nobody can follow are refused with their reason; what real programs write is not.

import { expect, test } from "vitest";
import { readCalendarObject } from "./calendar-object-resource.ts";
import { checkReadableRules } from "./readable-rules.ts";

function verdict(...rules: readonly string[]): string {
  const text = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//Rules//EN",
    "BEGIN:VEVENT",
    "UID:rules@example.com",
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260105T090000Z",
    ...rules,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
  const object = readCalendarObject(text);
  if (!object.ok) return `not read: ${JSON.stringify(object.error)}`;
  const checked = checkReadableRules(object.value);
  if (checked.ok) return "accepted";
  return checked.error.kind === "precondition" ? checked.error.clause : checked.error.kind;
}

test.each([
  "RRULE:FREQ=SOMETIMES",
  "RRULE:",
  "RRULE:FREQ=DAILY;COUNT=-1",
  "RRULE:FREQ=YEARLY;BYMONTH=13",
  "EXRULE:FREQ=NEVER",
])("%s is no calendar data", (rule) => {
  expect(verdict("RRULE:FREQ=WEEKLY", rule)).toBe("valid-calendar-data");
});

test.each([
  "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
  "rrule:freq=weekly;",
  "RRULE:FREQ=DAILY;INTERVAL=0",
  "RRULE:RSCALE=CHINESE;FREQ=YEARLY",
])("%s is stored", (rule) => {
  expect(verdict(rule)).toBe("accepted");
});
