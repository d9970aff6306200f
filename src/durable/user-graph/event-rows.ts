// One event with everything that federation reasons about: its plain row, its object, its sources and its mirrors.
// Rows are read in one synchronous pass, what is sealed in them is opened together.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { ComponentName } from "../../core/ports/calendar-store.ts";
import type { MirrorKind, MirrorState } from "../../core/ports/user-graph.ts";
import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import type { EventPlacement } from "../../core/projection/policy-compiler.ts";
import type { SealedBlob } from "../sql/sealed.ts";
import type { Graph } from "./graph.ts";

export interface EventRow {
  readonly eventKey: number;
  readonly canonicalEventId: CanonicalEventId;
  readonly uid: string;
  readonly component: ComponentName;
  readonly etag: string;
  readonly deletedAt: number | null;
  readonly originAccountId: AccountId | null;
}

export interface StoredEvent {
  readonly row: EventRow;
  /** null: deleted. */
  readonly ical: string | null;
  readonly sources: readonly SourceRow[];
  readonly mirrors: readonly MirrorRow[];
  /** Shown in `unified`: only these are projected. */
  readonly isUnified: boolean;
  /** Only in a collection that a client made: such an event belongs to no account. */
  readonly isLocal: boolean;
}

const EVENT = "event_key, canonical_event_id, uid, component, etag, deleted_at, origin_account_id";
const SOURCE =
  "canonical_event_id, account_id, provider_calendar_id, provider_event_id, provider_etag, role, content_hash";
const MIRROR = `canonical_event_id, account_id, kind, provider_calendar_id, provider_event_id, provider_etag, desired_hash,
  projected_hash, seen_hash, base, tried, state, attempts, next_attempt_at, error`;

export const eventStatements = {
  byId: `SELECT ${EVENT} FROM events WHERE canonical_event_id = ?`,
  byUid: `SELECT ${EVENT} FROM events WHERE uid = ?`,
  sources: `SELECT ${SOURCE} FROM event_sources WHERE canonical_event_id = ? ORDER BY account_id, provider_calendar_id, provider_event_id`,
  sourceAt: `SELECT ${SOURCE} FROM event_sources WHERE account_id = ? AND provider_calendar_id = ? AND provider_event_id = ?`,
  mirrors: `SELECT ${MIRROR} FROM event_mirrors WHERE canonical_event_id = ? ORDER BY account_id, kind`,
  mirrorAt: `SELECT canonical_event_id FROM event_mirrors WHERE account_id = ? AND provider_event_id = ? AND kind <> 'origin'`,
  places: "SELECT calendar_key FROM resources WHERE event_key = ?",
} as const;

type EventColumns = {
  event_key: number;
  canonical_event_id: CanonicalEventId;
  uid: string;
  component: ComponentName;
  etag: string;
  deleted_at: number | null;
  origin_account_id: AccountId | null;
};

type SourceColumns = {
  canonical_event_id: CanonicalEventId;
  account_id: AccountId;
  provider_calendar_id: string;
  provider_event_id: string;
  provider_etag: string | null;
  role: SourceRow["role"];
  content_hash: string;
};

type MirrorColumns = {
  canonical_event_id: CanonicalEventId;
  account_id: AccountId;
  kind: MirrorKind;
  provider_calendar_id: string | null;
  provider_event_id: string | null;
  provider_etag: string | null;
  desired_hash: string | null;
  projected_hash: string | null;
  seen_hash: string | null;
  base: ArrayBuffer | null;
  tried: ArrayBuffer | null;
  state: MirrorState;
  attempts: number;
  next_attempt_at: number;
  error: ArrayBuffer | null;
};

export function eventById(sql: SqlStorage, canonicalEventId: string): EventRow | undefined {
  return decodeEvent(sql.exec<EventColumns>(eventStatements.byId, canonicalEventId).toArray()[0]);
}

export function eventByUid(sql: SqlStorage, uid: string): EventRow | undefined {
  return decodeEvent(sql.exec<EventColumns>(eventStatements.byUid, uid).toArray()[0]);
}

function decodeEvent(row: EventColumns | undefined): EventRow | undefined {
  return row === undefined
    ? undefined
    : {
        eventKey: row.event_key,
        canonicalEventId: row.canonical_event_id,
        uid: row.uid,
        component: row.component,
        etag: row.etag,
        deletedAt: row.deleted_at,
        originAccountId: row.origin_account_id,
      };
}

export function sourceAt(
  sql: SqlStorage,
  accountId: AccountId,
  calendarId: string,
  id: string,
): SourceRow | undefined {
  const row = sql.exec<SourceColumns>(eventStatements.sourceAt, accountId, calendarId, id).toArray()[0];
  return row === undefined ? undefined : decodeSource(row);
}

/** The event that an `overlay` or `mirror` resource of an account belongs to, by the mapping. */
export function mirroredEvent(
  sql: SqlStorage,
  accountId: AccountId,
  id: string,
): CanonicalEventId | undefined {
  return sql
    .exec<{ canonical_event_id: CanonicalEventId }>(eventStatements.mirrorAt, accountId, id)
    .toArray()[0]?.canonical_event_id;
}

export function decodeSource(row: SourceColumns): SourceRow {
  return {
    canonicalEventId: row.canonical_event_id,
    accountId: row.account_id,
    providerCalendarId: row.provider_calendar_id,
    providerEventId: row.provider_event_id,
    etag: row.provider_etag,
    role: row.role,
    contentHash: row.content_hash,
  };
}

export function mirrorRowId(row: Pick<MirrorRow, "canonicalEventId" | "accountId" | "kind">): string {
  return `${row.canonicalEventId} ${row.accountId} ${row.kind}`;
}

/** Loads events whole, each once, in the order given; ids that do not exist are left out. */
export async function loadEvents(
  graph: Graph,
  ids: Iterable<CanonicalEventId>,
): Promise<Map<CanonicalEventId, StoredEvent>> {
  const { sql } = graph;
  const sealed: SealedBlob[] = [];
  const kinds = new Map(
    graph.state.collections.map((collection) => [collection.calendarKey, collection.kind]),
  );
  /** Remembers a blob to be opened; the number is where its text will be. */
  function later(column: string, row: string, blob: ArrayBuffer | null): number {
    return blob === null ? -1 : sealed.push({ column, row, blob }) - 1;
  }
  const found = [...new Set(ids)].flatMap((id) => {
    const row = eventById(sql, id);
    if (row === undefined) return [];
    const opened = row.deletedAt === null ? graph.opened.get(row.eventKey, row.etag) : undefined;
    const isSealed = row.deletedAt === null && opened === undefined;
    const content = isSealed
      ? sql
          .exec<{ ical: ArrayBuffer }>("SELECT ical FROM event_contents WHERE event_key = ?", row.eventKey)
          .one().ical
      : null;
    const mirrors = sql
      .exec<MirrorColumns>(eventStatements.mirrors, id)
      .toArray()
      .map((columns) => {
        const mirror = decodeMirror(columns);
        const rowId = mirrorRowId(mirror);
        return {
          mirror,
          base: later("event_mirrors.base", rowId, columns.base),
          tried: later("event_mirrors.tried", rowId, columns.tried),
          error: later("event_mirrors.error", rowId, columns.error),
        };
      });
    const sources = sql.exec<SourceColumns>(eventStatements.sources, id).toArray().map(decodeSource);
    const places = sql.exec<{ calendar_key: number }>(eventStatements.places, row.eventKey).toArray();
    const isUnified = places.some((place) => kinds.get(place.calendar_key) === "unified");
    const isLocal = places.length > 0 && places.every((place) => kinds.get(place.calendar_key) === "local");
    const ical = later("event_contents.ical", id, content);
    return [{ row, opened, ical, mirrors, sources, isUnified, isLocal }];
  });
  const texts = await graph.vault.openAll(sealed);
  const textAt = (at: number): string | null => texts[at] ?? null;
  const events = new Map<CanonicalEventId, StoredEvent>();
  for (const { row, opened, ical, mirrors, sources, isUnified, isLocal } of found) {
    const text = opened ?? textAt(ical);
    if (text !== null && opened === undefined) graph.opened.put(row.eventKey, row.etag, text);
    events.set(row.canonicalEventId, {
      row,
      ical: text,
      sources,
      isUnified,
      isLocal,
      mirrors: mirrors.map(({ mirror, base, tried, error }) => ({
        ...mirror,
        base: textAt(base),
        tried: JSON.parse(textAt(tried) ?? "[]") as string[],
        error: textAt(error),
      })),
    });
  }
  return events;
}

function decodeMirror(row: MirrorColumns): MirrorRow {
  return {
    canonicalEventId: row.canonical_event_id,
    accountId: row.account_id,
    kind: row.kind,
    providerCalendarId: row.provider_calendar_id,
    providerEventId: row.provider_event_id,
    etag: row.provider_etag,
    state: row.state,
    desiredHash: row.desired_hash,
    projectedHash: row.projected_hash,
    seenHash: row.seen_hash,
    base: null,
    tried: [],
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    error: null,
  };
}

/** Where an event stands towards the policy. */
export function placementOf(
  event: {
    readonly component: ComponentName;
    readonly originAccountId: AccountId | null;
    readonly isUnified: boolean;
  },
  sources: readonly SourceRow[],
): EventPlacement {
  const origin = sources.find((source) => source.role !== "copy")?.accountId ?? event.originAccountId;
  const accounts = new Set(sources.map((source) => source.accountId));
  if (origin !== null) accounts.add(origin);
  return {
    origin,
    sourceAccounts: [...accounts].toSorted(),
    projectable:
      event.component === "VEVENT" && event.isUnified && !sources.some((source) => source.role === "foreign"),
  };
}
