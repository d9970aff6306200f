// CALDAV:calendar-data in a request (RFC 4791 9.6) and what each object answers to it. Without a selection the stored octets are the
// answer and nothing is parsed.

import { precondition, type Failure } from "../../core/failure.ts";
import { readCalendarObject, type CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { retrieve, type CalendarDataRequest, type CompSelection } from "../../core/ical/retrieval.ts";
import type { Zone } from "../../core/ical/zone.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { CalendarData } from "../properties/render.ts";
import { attributeOf, childOf, childrenOf } from "../xml/element.ts";
import { CALDAV, DAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { escapeText } from "../xml/writer.ts";
import { readClosedRange } from "./time-range.ts";

/** `null`: calendar-data is not asked for; "whole": the stored octets. */
export type WantedData = null | "whole" | CalendarDataRequest;

export function wantedData(root: XmlElement): Result<WantedData, Failure> {
  const prop = childOf(root, DAV, "prop");
  const element = prop === undefined ? undefined : childOf(prop, CALDAV, "calendar-data");
  if (element === undefined) return ok(null);
  const type = attributeOf(element, "content-type")?.trim().toLowerCase() ?? "text/calendar";
  const version = attributeOf(element, "version")?.trim() ?? "2.0";
  if (type !== "text/calendar" || version !== "2.0") {
    return err(
      precondition("supported-calendar-data", `Objects are text/calendar 2.0, not ${type} ${version}.`),
    );
  }
  if (element.children.length === 0) return ok("whole");
  const comp = childOf(element, CALDAV, "comp");
  const spans = spansOf(element);
  if (!spans.ok) return spans;
  if (spans.value.expand !== null && spans.value.limitRecurrenceSet !== null) {
    return err({
      kind: "bad-request",
      reason: "calendar-data takes expand or limit-recurrence-set, not both.",
    });
  }
  return ok({ comp: comp === undefined ? null : selectionOf(comp), ...spans.value });
}

type Spans = Omit<CalendarDataRequest, "comp">;

function spansOf(element: XmlElement): Result<Spans, Failure> {
  const found: { -readonly [K in keyof Spans]: Spans[K] } = {
    expand: null,
    limitRecurrenceSet: null,
    limitFreeBusySet: null,
  };
  for (const [local, key] of [
    ["expand", "expand"],
    ["limit-recurrence-set", "limitRecurrenceSet"],
    ["limit-freebusy-set", "limitFreeBusySet"],
  ] as const) {
    const child = childOf(element, CALDAV, local);
    if (child === undefined) continue;
    const range = readClosedRange(child);
    if (!range.ok) return range;
    found[key] = range.value;
  }
  return ok(found);
}

function selectionOf(comp: XmlElement): CompSelection {
  const props = childrenOf(comp, CALDAV, "prop").map((prop) => ({
    name: attributeOf(prop, "name")?.toUpperCase() ?? "",
    noValue: attributeOf(prop, "novalue") === "yes",
  }));
  const comps = childrenOf(comp, CALDAV, "comp").map(selectionOf);
  // A childless comp asks for nothing in particular, which every server and CalDAVTester read as everything.
  const isBare = comp.children.length === 0;
  return {
    name: attributeOf(comp, "name")?.toUpperCase() ?? "",
    allProps: isBare || childOf(comp, CALDAV, "allprop") !== undefined,
    props,
    allComps: isBare || childOf(comp, CALDAV, "allcomp") !== undefined,
    comps,
  };
}

/**
 * One object as the request wants it. An object that core cannot read is answered whole; one that cannot be expanded within the
 * limits is refused alone and spoils nothing of the others.
 */
export function calendarDataOf(
  ical: string,
  parsed: CalendarObject | undefined,
  wanted: "whole" | CalendarDataRequest,
  floatingZone: Zone,
): CalendarData {
  if (wanted === "whole") return escapeText(ical);
  const object = parsed === undefined ? readCalendarObject(ical) : ok(parsed);
  if (!object.ok) return escapeText(ical);
  const text = retrieve(object.value, wanted, floatingZone);
  return text.ok ? escapeText(text.value) : text.error;
}
