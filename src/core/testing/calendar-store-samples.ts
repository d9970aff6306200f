// Small calendar objects, and the short words in which the calendar store's contract asks for things.

import type { Failure } from "../failure.ts";
import type { CalendarId } from "../id.ts";
import { readCalendarObject, type CalendarObject } from "../ical/calendar-object-resource.ts";
import type { CalendarStore, PutOutcome, StateCheck } from "../ports/calendar-store.ts";
import type { Result } from "../result.ts";

export const anything: StateCheck = () => undefined;
export const onlyNew: StateCheck = (current) =>
  current === undefined ? undefined : { kind: "precondition-failed", reason: "exists" };
export const DAY_MS = 86_400_000;
/** 2026-03-02T00:00:00Z, a Monday. */
export const MONDAY = 1_772_409_600_000;

export function ical(uid: string, lines: readonly string[], component = "VEVENT"): CalendarObject {
  const text = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//Contract//EN",
    `BEGIN:${component}`,
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    ...lines,
    `END:${component}`,
    "END:VCALENDAR",
    "",
  ].join("\r\n");
  const object = readCalendarObject(text);
  if (!object.ok) throw new Error(`the contract's own object is refused: ${JSON.stringify(object.error)}`);
  return object.value;
}

export function event(uid: string, start: string, ...lines: string[]): CalendarObject {
  return ical(uid, [`DTSTART:${start}`, "DURATION:PT1H", ...lines]);
}

export function calendarOf(store: CalendarStore, slug: string): CalendarId {
  const collection = store.collection(slug);
  if (collection === undefined) throw new Error(`there is no ${slug}`);
  return collection.calendarId;
}

export function valueOf<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export function clauseOf(result: Result<unknown, Failure>): string {
  if (result.ok) return "accepted";
  return result.error.kind === "precondition" ? result.error.clause : result.error.kind;
}

export async function put(
  store: CalendarStore,
  name: string,
  object: CalendarObject,
  slug = "unified",
  check: StateCheck = anything,
): Promise<Result<PutOutcome, Failure>> {
  return store.put({ calendarId: calendarOf(store, slug), name, object, check, actor: "test" });
}

export async function remove(
  store: CalendarStore,
  name: string,
  slug = "unified",
): Promise<Result<null, Failure>> {
  return store.delete({ calendarId: calendarOf(store, slug), name, check: anything, actor: "test" });
}

export function names(members: readonly { readonly name: string }[]): readonly string[] {
  return members.map(({ name }) => name).toSorted();
}
