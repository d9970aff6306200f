// Busy instances of a collection (RFC 4791 7.10): from the index, and from the objects themselves where it does not reach.

import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { componentsOf, firstText } from "../../core/ical/component.ts";
import { occurrenceRows } from "../../core/ical/occurrence-index.ts";
import { parseCalendar } from "../../core/ical/parse.ts";
import { resolveTzid } from "../../core/ical/tzid.ts";
import { UTC } from "../../core/ical/zone.ts";
import type { Zone } from "../../core/ical/zone.ts";
import type { CalendarId } from "../../core/id.ts";
import { limits } from "../../core/limits.ts";
import type { BusyRow } from "../../core/ports/calendar-store.ts";
import { collectionById } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { decodeMember, memberStatements, openMembers } from "./members.ts";
import { occurrenceStatements, scanBounds, uncoveredEvents } from "./occurrence-rows.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

export async function readBusy(
  graph: Graph,
  calendarId: CalendarId,
  span: Span,
): Promise<readonly BusyRow[]> {
  const collection = collectionById(graph, calendarId);
  if (collection === undefined) return [];
  const zone = floatingZoneOf(collection.timeZone);
  const uncovered = uncoveredEvents(graph.sql, span);
  const indexed: { readonly eventKey: number; readonly busy: BusyRow }[] = [];
  for (const row of graph.sql.exec(occurrenceStatements.busy, ...scanBounds(span)).raw()) {
    const eventKey = row[0] as number;
    if (uncovered.has(eventKey)) continue;
    const isFloating = row[4] === 1;
    const start = isFloating ? zone.toUtc(row[1] as number) : (row[1] as number);
    const end = isFloating ? zone.toUtc(row[2] as number) : (row[2] as number);
    if (start < span.end && end > span.start) {
      indexed.push({ eventKey, busy: { start, end, kind: row[3] as "BUSY" | "BUSY-TENTATIVE" } });
    }
  }
  const keys = new Set(indexed.map((entry) => entry.eventKey));
  const namesByKey = namesIn(graph, collection.calendarKey, new Set([...keys, ...uncovered]));
  const found = indexed.filter((entry) => namesByKey.has(entry.eventKey)).map((entry) => entry.busy);
  const names = [...uncovered].flatMap((key) => namesByKey.get(key) ?? []);
  for (const member of await openMembers(graph, calendarId, names)) {
    if (member !== undefined) found.push(...busyOf(member.ical, span, zone));
  }
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function namesIn(graph: Graph, calendarKey: number, keys: ReadonlySet<number>): Map<number, string> {
  const names = new Map<number, string>();
  if (keys.size === 0) return names;
  for (const row of graph.sql.exec(memberStatements.byKeys, JSON.stringify([...keys]), calendarKey).raw()) {
    const member = decodeMember(row, 0);
    if (member.component === "VEVENT") names.set(row[9] as number, member.name);
  }
  return names;
}

function busyOf(ical: string, span: Span, zone: Zone): BusyRow[] {
  const object = readCalendarObject(ical);
  if (!object.ok) return [];
  const expanded = occurrenceRows(object.value, span, zone, limits.instancesMax);
  if (!expanded.ok) return [];
  return expanded.value.rows.flatMap(({ start, end, busyKind }) =>
    busyKind !== "FREE" && start < span.end && end > span.start ? [{ start, end, kind: busyKind }] : [],
  );
}

/** The zone of floating times in a collection: CALDAV:calendar-timezone, else UTC. */
function floatingZoneOf(timeZone: string | null): Zone {
  if (timeZone === null) return UTC;
  const parsed = parseCalendar(timeZone);
  if (!parsed.ok) return UTC;
  const definition = componentsOf(parsed.value, "vtimezone")[0];
  const tzid = definition === undefined ? null : firstText(definition, "tzid");
  return tzid === null ? UTC : (resolveTzid(tzid, parsed.value) ?? UTC);
}
