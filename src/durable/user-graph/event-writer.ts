// Writes one prepared change of one event inside a transaction: object, index, resources, sources, mirrors, journal.
// Everything that needs opening, sealing or computing has been done before; nothing here waits or refuses.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import { assert } from "../../core/assert.ts";
import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import type { Graph } from "./graph.ts";
import { plainWord, plainZone } from "./content.ts";
import type { Content } from "./content.ts";
import type { StoredEvent } from "./event-rows.ts";
import { appendJournal } from "./journal.ts";
import type { JournalEntry } from "./journal.ts";
import { removeSource, saveMirror, saveSource } from "./mirror-writer.ts";
import type { SealedMirror } from "./mirror-writer.ts";
import { placeResource, removeResources, reviseResources } from "./resource-writer.ts";
import { writeOccurrences } from "./occurrence-rows.ts";
import type { Write } from "./transaction.ts";

export interface EventChange {
  readonly canonicalEventId: CanonicalEventId;
  /** As it was when the change was prepared; null: it did not exist. */
  readonly before: StoredEvent | null;
  /** The new object; null leaves it. */
  readonly content: Content | null;
  readonly originAccountId: AccountId | null;
  readonly remove: boolean;
  /** Where the object goes when it has no resource yet. A null name is made from the UID. */
  readonly place: { readonly calendarKey: number; readonly name: string | null };
  readonly removeSources: readonly SourceRow[];
  readonly saveSources: readonly SourceRow[];
  readonly mirrors: readonly SealedMirror[];
  readonly journal: JournalEntry | null;
}

export function writeEventChange(graph: Graph, write: Write, change: EventChange): void {
  const { sql } = graph;
  const { before, content } = change;
  assert(content === null || !change.remove, "a change either writes or removes an event");
  let isDeleted = before === null || before.row.deletedAt !== null;
  let eventKey = before?.row.eventKey ?? -1;
  if (content !== null) {
    eventKey = writeContent(
      sql,
      change.canonicalEventId,
      content,
      change.originAccountId,
      before,
      write.nowMs,
    );
    if (isDeleted) write.countEvents(1);
    isDeleted = false;
    const known = reviseResources(sql, write, eventKey);
    if (known === 0)
      placeResource(sql, write, eventKey, change.place, content.object.uid, change.canonicalEventId);
  } else if (before !== null && before.row.originAccountId !== change.originAccountId) {
    sql.exec("UPDATE events SET origin_account_id = ? WHERE event_key = ?", change.originAccountId, eventKey);
  }
  if (change.remove && !isDeleted) {
    removeResources(sql, write, eventKey);
    sql.exec("DELETE FROM occurrences WHERE event_key = ?", eventKey);
    sql.exec("DELETE FROM event_contents WHERE event_key = ?", eventKey);
    sql.exec(
      "UPDATE events SET deleted_at = ?, indexed_from = NULL, indexed_until = NULL WHERE event_key = ?",
      write.nowMs,
      eventKey,
    );
    write.countEvents(-1);
    isDeleted = true;
  }
  for (const source of change.removeSources) removeSource(sql, source);
  // A source that stops being the origin is saved before the one that takes its place.
  const saved = change.saveSources.toSorted(
    (a, b) => Number(a.role === "origin") - Number(b.role === "origin"),
  );
  for (const source of saved) saveSource(sql, source, write.nowMs);
  for (const mirror of change.mirrors) {
    saveMirror(sql, mirror, write.nowMs);
    announce(write, mirror.row);
  }
  if (change.journal !== null) appendJournal(sql, change.journal, write.nowMs);
  if (isDeleted && eventKey !== -1) forgetIfUnneeded(sql, change.canonicalEventId);
}

/** Tells the transaction when somebody has to look at the row. */
export function announce(write: Write, row: MirrorRow): void {
  if (row.desiredHash === row.projectedHash) return;
  if (row.nextAttemptAt <= write.nowMs) write.due.add(row.accountId);
  else write.wakeBy(row.nextAttemptAt);
}

const INSERT_EVENT = `INSERT INTO events (canonical_event_id, uid, component, etag, size, created_at, updated_at, origin_account_id,
  sequence, status, transparency, class, start_ts, end_ts, time_zone, is_all_day, is_floating, is_recurring, indexed_from, indexed_until)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING event_key`;
const UPDATE_EVENT = `UPDATE events SET uid = ?, component = ?, etag = ?, size = ?, updated_at = ?, deleted_at = NULL, origin_account_id = ?,
  sequence = ?, status = ?, transparency = ?, class = ?, start_ts = ?, end_ts = ?, time_zone = ?, is_all_day = ?, is_floating = ?,
  is_recurring = ?, indexed_from = ?, indexed_until = ? WHERE event_key = ?`;

function writeContent(
  sql: SqlStorage,
  id: CanonicalEventId,
  content: Content,
  origin: AccountId | null,
  before: StoredEvent | null,
  nowMs: number,
): number {
  const { columns, occurrences, object } = content;
  const head = [object.uid, object.component, content.etag, content.size] as const;
  const derived = [
    origin,
    columns.sequence,
    plainWord(columns.status, "status"),
    columns.transparency,
    plainWord(columns.class, "class"),
    columns.startTs,
    columns.endTs,
    plainZone(columns.timeZone),
    columns.isAllDay ? 1 : 0,
    columns.isFloating ? 1 : 0,
    columns.isRecurring ? 1 : 0,
    occurrences.coveredFrom,
    occurrences.coveredUntil,
  ] as const;
  let eventKey: number;
  if (before === null) {
    eventKey = sql
      .exec<{ event_key: number }>(INSERT_EVENT, id, ...head, nowMs, nowMs, ...derived)
      .one().event_key;
  } else {
    eventKey = before.row.eventKey;
    sql.exec(UPDATE_EVENT, ...head, nowMs, ...derived, eventKey);
  }
  sql.exec(
    "INSERT OR REPLACE INTO event_contents (event_key, ical, details) VALUES (?, ?, ?)",
    eventKey,
    content.sealedIcal,
    content.sealedDetails,
  );
  writeOccurrences(sql, eventKey, occurrences.rows);
  return eventKey;
}

/** The plain row of a deleted event goes when nothing points to it any more. */
export function forgetIfUnneeded(sql: SqlStorage, id: CanonicalEventId): void {
  sql.exec(
    `DELETE FROM events WHERE canonical_event_id = ?1 AND deleted_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM event_mirrors WHERE canonical_event_id = ?1)
       AND NOT EXISTS (SELECT 1 FROM event_sources WHERE canonical_event_id = ?1)`,
    id,
  );
}
