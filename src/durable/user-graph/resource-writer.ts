// Resource names of events in collections, and the revisions that sync-collection (RFC 6578) is answered from.

import type { CanonicalEventId } from "../../core/id.ts";
import { utf8Length } from "../../core/ical/parse.ts";
import type { Write } from "./transaction.ts";

const UID_IN_NAME_BYTES_MAX = 200;

/** Gives every resource of the event a new revision. Returns how many there are. */
export function reviseResources(sql: SqlStorage, write: Write, eventKey: number): number {
  const rows = sql
    .exec<{ calendar_key: number }>("SELECT calendar_key FROM resources WHERE event_key = ?", eventKey)
    .toArray();
  for (const { calendar_key } of rows) {
    const revision = write.revise(calendar_key);
    sql.exec(
      "UPDATE resources SET revision = ? WHERE event_key = ? AND calendar_key = ?",
      revision,
      eventKey,
      calendar_key,
    );
  }
  return rows.length;
}

export function placeResource(
  sql: SqlStorage,
  write: Write,
  eventKey: number,
  place: { readonly calendarKey: number; readonly name: string | null },
  uid: string,
  canonicalEventId: CanonicalEventId,
): void {
  const name = place.name ?? freeName(sql, place.calendarKey, uid, canonicalEventId);
  const revision = write.revise(place.calendarKey);
  sql.exec("DELETE FROM tombstones WHERE calendar_key = ? AND name = ?", place.calendarKey, name);
  sql.exec(
    "INSERT INTO resources (calendar_key, name, event_key, created_revision, revision) VALUES (?, ?, ?, ?, ?)",
    place.calendarKey,
    name,
    eventKey,
    revision,
    revision,
  );
}

/** A name for an event that no client named: its UID where that makes a plain file name, else its canonical id. */
function freeName(
  sql: SqlStorage,
  calendarKey: number,
  uid: string,
  canonicalEventId: CanonicalEventId,
): string {
  const fallback = `${canonicalEventId}.ics`;
  if (!/^[\w@.{}+=-]+$/.test(uid) || uid.startsWith(".") || utf8Length(uid) > UID_IN_NAME_BYTES_MAX)
    return fallback;
  const name = `${uid}.ics`;
  const isTaken =
    sql.exec("SELECT 1 FROM resources WHERE calendar_key = ? AND name = ?", calendarKey, name).toArray()
      .length > 0;
  return isTaken ? fallback : name;
}

/** Takes the event out of every collection and leaves tombstones. */
export function removeResources(sql: SqlStorage, write: Write, eventKey: number): void {
  const rows = sql
    .exec<{ calendar_key: number; name: string }>(
      "SELECT calendar_key, name FROM resources WHERE event_key = ?",
      eventKey,
    )
    .toArray();
  for (const { calendar_key, name } of rows) {
    const revision = write.revise(calendar_key);
    sql.exec("DELETE FROM resources WHERE calendar_key = ? AND name = ?", calendar_key, name);
    sql.exec(
      "INSERT OR REPLACE INTO tombstones (calendar_key, name, revision, deleted_at) VALUES (?, ?, ?, ?)",
      calendar_key,
      name,
      revision,
      write.nowMs,
    );
  }
}
