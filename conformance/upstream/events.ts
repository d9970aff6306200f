// Small iCalendar objects for the tests, and the instant at which one starts.

import type { LocalEvent } from "./vdirsyncer.ts";
import { fieldOf } from "./vdirsyncer.ts";

export function eventOf(uid: string, start: string, end: string, summary: string): LocalEvent {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//example.com//conformance//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    `DTSTART:${start}`,
    `DTEND:${end}`,
    `SUMMARY:${summary}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ];
  return { uid, text: lines.join("\r\n") };
}

/** DTSTART in UTC epoch ms; the tests use UTC times. */
export function instant(text: string): number {
  const value = fieldOf(text, "DTSTART") ?? "";
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
