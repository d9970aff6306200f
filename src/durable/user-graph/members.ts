// Calendar object resources as the protocol reads them: metadata synchronously, content opened together. Never parses.

import type { CalendarId, CanonicalEventId } from "../../core/id.ts";
import type { ComponentName, Member, MemberMetadata } from "../../core/ports/calendar-store.ts";
import { collectionById } from "./graph.ts";
import type { Graph } from "./graph.ts";

const COLUMNS =
  "r.name, e.canonical_event_id, e.uid, e.etag, e.schedule_tag, e.component, e.size, e.created_at, e.updated_at";

// CROSS JOIN: SQLite would otherwise walk the whole collection and look every row up in the list.
export const memberStatements = {
  all: `SELECT ${COLUMNS} FROM resources r JOIN events e ON e.event_key = r.event_key WHERE r.calendar_key = ? ORDER BY r.name`,
  byName: `SELECT ${COLUMNS} FROM resources r JOIN events e ON e.event_key = r.event_key WHERE r.calendar_key = ? AND r.name = ?`,
  byUid: `SELECT ${COLUMNS} FROM events e JOIN resources r ON r.event_key = e.event_key AND r.calendar_key = ? WHERE e.uid = ?`,
  byKeys: `SELECT ${COLUMNS}, e.event_key FROM json_each(?) k CROSS JOIN resources r ON r.event_key = k.value AND r.calendar_key = ? JOIN events e ON e.event_key = r.event_key ORDER BY r.name`,
  open: `SELECT k.key, ${COLUMNS}, e.event_key FROM json_each(?) k CROSS JOIN resources r ON r.calendar_key = ? AND r.name = k.value JOIN events e ON e.event_key = r.event_key`,
  content: "SELECT ical FROM event_contents WHERE event_key = ?",
} as const;

/** Decodes the columns above; `at` is where they begin in the row. */
export function decodeMember(row: readonly SqlStorageValue[], at: number): MemberMetadata {
  return {
    name: row[at] as string,
    canonicalEventId: row[at + 1] as CanonicalEventId,
    uid: row[at + 2] as string,
    etag: row[at + 3] as string,
    scheduleTag: row[at + 4] as string | null,
    component: row[at + 5] as ComponentName,
    size: row[at + 6] as number,
    createdAt: row[at + 7] as number,
    updatedAt: row[at + 8] as number,
  };
}

export function readMembers(graph: Graph, calendarId: CalendarId): readonly MemberMetadata[] {
  const collection = collectionById(graph, calendarId);
  if (collection === undefined) return [];
  const members: MemberMetadata[] = [];
  for (const row of graph.sql.exec(memberStatements.all, collection.calendarKey).raw())
    members.push(decodeMember(row, 0));
  return members;
}

export function readMember(graph: Graph, calendarId: CalendarId, name: string): MemberMetadata | undefined {
  const collection = collectionById(graph, calendarId);
  if (collection === undefined) return undefined;
  for (const row of graph.sql.exec(memberStatements.byName, collection.calendarKey, name).raw())
    return decodeMember(row, 0);
  return undefined;
}

export function readMemberByUid(
  graph: Graph,
  calendarId: CalendarId,
  uid: string,
): MemberMetadata | undefined {
  const collection = collectionById(graph, calendarId);
  if (collection === undefined) return undefined;
  for (const row of graph.sql.exec(memberStatements.byUid, collection.calendarKey, uid).raw())
    return decodeMember(row, 0);
  return undefined;
}

export async function openMembers(
  graph: Graph,
  calendarId: CalendarId,
  names: readonly string[],
): Promise<readonly (Member | undefined)[]> {
  const collection = collectionById(graph, calendarId);
  const answers: (Member | undefined)[] = names.map(() => undefined);
  if (collection === undefined) return answers;
  const sealed: { at: number; eventKey: number; metadata: MemberMetadata; blob: ArrayBuffer }[] = [];
  const cursor = graph.sql.exec(memberStatements.open, JSON.stringify(names), collection.calendarKey);
  for (const row of cursor.raw()) {
    const at = row[0] as number;
    const metadata = decodeMember(row, 1);
    const eventKey = row[10] as number;
    const ical = graph.opened.get(eventKey, metadata.etag);
    if (ical !== undefined) answers[at] = { ...metadata, ical };
    else sealed.push({ at, eventKey, metadata, blob: readContent(graph, eventKey) });
  }
  if (sealed.length === 0) return answers;
  const texts = await graph.vault.openAll(
    sealed.map(({ metadata, blob }) => ({
      column: "event_contents.ical",
      row: metadata.canonicalEventId,
      blob,
    })),
  );
  for (const [index, { at, eventKey, metadata }] of sealed.entries()) {
    const ical = texts[index] ?? "";
    graph.opened.put(eventKey, metadata.etag, ical);
    answers[at] = { ...metadata, ical };
  }
  return answers;
}

/** The sealed object of a live event. */
export function readContent(graph: Graph, eventKey: number): ArrayBuffer {
  return graph.sql.exec<{ ical: ArrayBuffer }>(memberStatements.content, eventKey).one().ical;
}
