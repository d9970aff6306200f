// Properties of calendar collections and of their owner's principal (RFC 4791 5.2, 6.2.1, 7.5.1), and the component sets a home
// allows (RFC 4791bis as CalendarServer implements it).

import { precondition } from "../../core/failure.ts";
import { componentsOf } from "../../core/ical/component.ts";
import { parseCalendar } from "../../core/ical/parse.ts";
import { err, ok } from "../../core/result.ts";
import { CALDAV } from "../xml/names.ts";
import { escapeAttribute, escapeText } from "../xml/writer.ts";
import { property, type Property } from "./property.ts";
import { ownHome } from "./rfc3744.ts";

/** Sets a client may choose from when it creates a calendar. */
export const COMPONENT_SETS = [["VEVENT"], ["VTODO"], ["VEVENT", "VTODO"], ["VJOURNAL"]] as const;

export const COLLATIONS = ["i;ascii-casemap", "i;octet", "i;unicode-casemap"] as const;

function comps(names: readonly string[]): string {
  return names.map((name) => `<C:comp name="${escapeAttribute(name)}"/>`).join("");
}

export const rfc4791: readonly Property[] = [
  // Exactly one href (checklist A18).
  property(CALDAV, "calendar-home-set", {
    readHrefs: { principal: (_, context) => [ownHome(context)] },
  }),
  property(CALDAV, "calendar-description", {
    read: {
      calendar: ({ calendar }) =>
        calendar.description === null ? undefined : escapeText(calendar.description),
    },
    write: { calendar: (element) => ok({ description: element?.text ?? null }) },
  }),
  property(CALDAV, "calendar-timezone", {
    read: {
      calendar: ({ calendar }) => (calendar.timeZone === null ? undefined : escapeText(calendar.timeZone)),
    },
    write: {
      calendar: (element) => {
        const text = element?.text ?? "";
        if (text.trim() === "") return ok({ timeZone: null });
        const parsed = parseCalendar(text);
        const isZone = parsed.ok && componentsOf(parsed.value, "vtimezone").length === 1;
        const reason = "CALDAV:calendar-timezone must be an iCalendar object with exactly one VTIMEZONE.";
        return isZone ? ok({ timeZone: text }) : err(precondition("calendar-timezone", reason));
      },
    },
  }),
  property(CALDAV, "supported-calendar-component-set", {
    onCreation: true,
    read: { calendar: ({ calendar }) => comps(calendar.components) },
  }),
  property(CALDAV, "supported-calendar-component-sets", {
    read: {
      home: () =>
        COMPONENT_SETS.map(
          (set) => `<C:supported-calendar-component-set>${comps(set)}</C:supported-calendar-component-set>`,
        ).join(""),
    },
  }),
  property(CALDAV, "supported-calendar-data", {
    read: {
      calendar: () => '<C:calendar-data content-type="text/calendar" version="2.0"/>',
    },
  }),
  property(CALDAV, "supported-collation-set", {
    read: {
      home: () => COLLATIONS.map((name) => `<C:supported-collation>${name}</C:supported-collation>`).join(""),
      calendar: () =>
        COLLATIONS.map((name) => `<C:supported-collation>${name}</C:supported-collation>`).join(""),
    },
  }),
  property(CALDAV, "max-resource-size", {
    read: { calendar: (_, { maxima }) => String(maxima.resourceBytesMax) },
  }),
  property(CALDAV, "min-date-time", { read: { calendar: (_, { maxima }) => maxima.dateTimeMin } }),
  property(CALDAV, "max-date-time", { read: { calendar: (_, { maxima }) => maxima.dateTimeMax } }),
  property(CALDAV, "max-instances", {
    read: { calendar: (_, { maxima }) => String(maxima.instancesMax) },
  }),
  property(CALDAV, "max-attendees-per-instance", {
    read: { calendar: (_, { maxima }) => String(maxima.attendeesPerInstanceMax) },
  }),
];
