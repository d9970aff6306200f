// Which members a query has to look at (RFC 4791 9.9): the index narrows, the caller's code decides.

import type { CalendarId } from "../../core/id.ts";
import type { CandidateQuery, Candidates, MemberMetadata } from "../../core/ports/calendar-store.ts";
import { collectionById } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { decodeMember, memberStatements, readMembers } from "./members.ts";
import { occurrenceStatements, scanBounds, uncoveredEvents } from "./occurrence-rows.ts";

/** Only VEVENTs have the simple overlap rule that a row proves; a VTODO without dates matches every span. */
export const otherComponents =
  "SELECT event_key FROM events WHERE component <> 'VEVENT' AND deleted_at IS NULL";

export function readCandidates(graph: Graph, calendarId: CalendarId, query: CandidateQuery): Candidates {
  const collection = collectionById(graph, calendarId);
  if (collection === undefined) return { certain: [], possible: [] };
  const { component, span } = query;
  if (span === null) {
    const members = readMembers(graph, calendarId);
    const certain = component === null ? members : members.filter((member) => member.component === component);
    return { certain, possible: [] };
  }
  const certain = new Set<number>();
  const possible = new Set<number>();
  if (component === null || component === "VEVENT") {
    for (const row of graph.sql.exec(occurrenceStatements.touched, ...scanBounds(span)).raw()) {
      (row[1] === 1 ? certain : possible).add(row[0] as number);
    }
    for (const key of uncoveredEvents(graph.sql, span)) if (!certain.has(key)) possible.add(key);
  }
  if (component !== "VEVENT") {
    for (const row of graph.sql.exec(otherComponents).raw()) {
      certain.delete(row[0] as number);
      possible.add(row[0] as number);
    }
  }
  const wanted = (member: MemberMetadata): boolean => component === null || member.component === component;
  return {
    certain: membersOf(graph, collection.calendarKey, certain).filter(wanted),
    possible: membersOf(graph, collection.calendarKey, possible).filter(wanted),
  };
}

function membersOf(graph: Graph, calendarKey: number, keys: ReadonlySet<number>): MemberMetadata[] {
  if (keys.size === 0) return [];
  const members: MemberMetadata[] = [];
  const cursor = graph.sql.exec(memberStatements.byKeys, JSON.stringify([...keys]), calendarKey);
  for (const row of cursor.raw()) members.push(decodeMember(row, 0));
  return members;
}
