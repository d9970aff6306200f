// Which zone floating times are read in (RFC 4791 7.3, 5.2.2; RFC 7809 5.1): the one the request names, else the calendar's, else UTC.

import { precondition, type Failure } from "../../core/failure.ts";
import { componentsOf, firstText } from "../../core/ical/component.ts";
import { parseCalendar } from "../../core/ical/parse.ts";
import { resolveTzid } from "../../core/ical/tzid.ts";
import { ianaZone, UTC, type Zone } from "../../core/ical/zone.ts";
import type { CalendarCollection } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { childOf } from "../xml/element.ts";
import { CALDAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";

/** The zone of CALDAV:timezone or timezone-id in a report; `null` when it names none. */
export function zoneOfReport(root: XmlElement): Result<Zone | null, Failure> {
  const id = childOf(root, CALDAV, "timezone-id");
  if (id !== undefined) {
    const zone = ianaZone(id.text.trim());
    return zone === undefined
      ? err(precondition("valid-calendar-data", `The time zone ${id.text.trim()} is not known.`))
      : ok(zone);
  }
  const element = childOf(root, CALDAV, "timezone");
  if (element === undefined) return ok(null);
  const zone = zoneOfText(element.text);
  return zone === undefined
    ? err(
        precondition("valid-calendar-data", "CALDAV:timezone is not an iCalendar object with one VTIMEZONE."),
      )
    : ok(zone);
}

export function zoneOfCalendar(calendar: CalendarCollection): Zone {
  return calendar.timeZone === null ? UTC : (zoneOfText(calendar.timeZone) ?? UTC);
}

function zoneOfText(text: string): Zone | undefined {
  const parsed = parseCalendar(text);
  if (!parsed.ok) return undefined;
  const [only, ...others] = componentsOf(parsed.value, "vtimezone");
  const tzid = only === undefined ? null : firstText(only, "tzid");
  return tzid === null || others.length > 0 ? undefined : resolveTzid(tzid, parsed.value);
}
