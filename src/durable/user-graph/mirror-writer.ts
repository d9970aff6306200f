// Rows of sources and mirrors. A mirror that nothing wants and that exists nowhere is no row.

import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import { mirrorRowId } from "./event-rows.ts";
import type { Graph } from "./graph.ts";

export interface SealedMirror {
  readonly row: MirrorRow;
  readonly base: ArrayBuffer | null;
  readonly tried: ArrayBuffer | null;
  readonly error: ArrayBuffer | null;
  /** A write was handed out with this change. */
  readonly isHandedOut: boolean;
}

export function sealMirrors(
  graph: Graph,
  rows: readonly MirrorRow[],
  isHandedOut = false,
): Promise<SealedMirror[]> {
  return Promise.all(
    rows.map(async (row) => {
      const id = mirrorRowId(row);
      const seal = (column: string, text: string | null): Promise<ArrayBuffer | null> =>
        text === null
          ? Promise.resolve(null)
          : graph.vault.seal({ column: `event_mirrors.${column}`, row: id }, text);
      const [base, tried, error] = await Promise.all([
        seal("base", row.base),
        seal("tried", row.tried.length === 0 ? null : JSON.stringify(row.tried)),
        seal("error", row.error),
      ]);
      return { row, base, tried, error, isHandedOut };
    }),
  );
}

const SAVE_MIRROR = `INSERT INTO event_mirrors (canonical_event_id, account_id, kind, provider_calendar_id, provider_event_id, provider_etag,
  desired_hash, projected_hash, seen_hash, base, tried, state, attempts, next_attempt_at, error, last_write_ts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (canonical_event_id, account_id, kind) DO UPDATE SET provider_calendar_id = excluded.provider_calendar_id,
  provider_event_id = excluded.provider_event_id, provider_etag = excluded.provider_etag, desired_hash = excluded.desired_hash,
  projected_hash = excluded.projected_hash, seen_hash = excluded.seen_hash, base = excluded.base, tried = excluded.tried,
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, error = excluded.error,
  last_write_ts = coalesce(excluded.last_write_ts, last_write_ts)`;

export function saveMirror(sql: SqlStorage, mirror: SealedMirror, nowMs: number): void {
  const { row } = mirror;
  if (row.desiredHash === null && row.projectedHash === null && row.state !== "OVERRIDDEN") {
    sql.exec(
      "DELETE FROM event_mirrors WHERE canonical_event_id = ? AND account_id = ? AND kind = ?",
      row.canonicalEventId,
      row.accountId,
      row.kind,
    );
    return;
  }
  sql.exec(
    SAVE_MIRROR,
    row.canonicalEventId,
    row.accountId,
    row.kind,
    row.providerCalendarId,
    row.providerEventId,
    row.etag,
    row.desiredHash,
    row.projectedHash,
    row.seenHash,
    mirror.base,
    mirror.tried,
    row.state,
    row.attempts,
    row.nextAttemptAt,
    mirror.error,
    mirror.isHandedOut ? nowMs : null,
  );
}

export function saveSource(sql: SqlStorage, source: SourceRow, nowMs: number): void {
  sql.exec(
    `INSERT INTO event_sources (account_id, provider_calendar_id, provider_event_id, canonical_event_id, provider_etag, role, content_hash, last_seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, provider_calendar_id, provider_event_id) DO UPDATE SET canonical_event_id = excluded.canonical_event_id,
       provider_etag = excluded.provider_etag, role = excluded.role, content_hash = excluded.content_hash, last_seen_at = excluded.last_seen_at`,
    source.accountId,
    source.providerCalendarId,
    source.providerEventId,
    source.canonicalEventId,
    source.etag,
    source.role,
    source.contentHash,
    nowMs,
  );
}

export function removeSource(sql: SqlStorage, source: SourceRow): void {
  sql.exec(
    "DELETE FROM event_sources WHERE account_id = ? AND provider_calendar_id = ? AND provider_event_id = ?",
    source.accountId,
    source.providerCalendarId,
    source.providerEventId,
  );
}
