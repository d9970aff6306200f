// A page of what a provider said (federation.md, pipeline in). Items are read, looked up, decided by core/projection and written.
// Items that touch the same event or UID go one after the other; all others share one transaction. Applying a page twice changes nothing.

import type { CanonicalEventId } from "../../core/id.ts";
import { newId } from "../../core/id.ts";
import type { ProviderEvent } from "../../core/ports/connector.ts";
import type { DeltaOutcome, ProviderDelta } from "../../core/ports/user-graph.ts";
import { hasMirrorForm, mirrorUid } from "../../core/projection/managed-tag.ts";
import { UNKNOWN_OUTCOME } from "../../core/projection/outbox-row.ts";
import type { SourceRow } from "../../core/projection/outbox-row.ts";
import { decideGone } from "../../core/projection/decide-gone.ts";
import { decidePresent } from "../../core/projection/decide-present.ts";
import { readItem } from "../../core/projection/read-item.ts";
import type {
  ItemKnowledge,
  ReadItem,
  Transition,
  TransitionContext,
} from "../../core/projection/transition-shape.ts";
import { changeFor } from "./change.ts";
import type { Decided } from "./change.ts";
import { forgetHeld, holdDeletions } from "./deletion-breaker.ts";
import { eventByUid, loadEvents, mirroredEvent, sourceAt } from "./event-rows.ts";
import type { EventRow, StoredEvent } from "./event-rows.ts";
import { writeEventChange } from "./event-writer.ts";
import type { EventChange } from "./event-writer.ts";
import { transitionContext } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { transact } from "./transaction.ts";

const WAVE_MAX = 50;

interface Tally {
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  readonly rejected: { id: string; reason: string }[];
  readonly orphans: { id: string; etag: string | null }[];
  heldDeletions: number;
}

/** An item with the events it may touch. */
interface Subject {
  readonly id: string;
  readonly etag: string | null;
  /** null: proven gone. */
  readonly item: ReadItem | null;
  readonly source: SourceRow | null;
  readonly mirrored: CanonicalEventId | null;
  readonly event: EventRow | null;
  readonly keys: readonly string[];
}

export function applyProviderDelta(graph: Graph, delta: ProviderDelta): Promise<DeltaOutcome> {
  return applyDelta(graph, delta, { deletionsMayWait: true });
}

export async function applyDelta(
  graph: Graph,
  delta: ProviderDelta,
  options: { readonly deletionsMayWait: boolean },
): Promise<DeltaOutcome> {
  const tally: Tally = {
    created: 0,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    rejected: [],
    orphans: [],
    heldDeletions: 0,
  };
  if (!graph.state.accounts.some((account) => account.accountId === delta.accountId)) return tally;
  let waiting: readonly ProviderEvent[] = delta.upserts;
  while (waiting.length > 0) waiting = await graph.enter(() => presentWave(graph, delta, waiting, tally));
  const presentIds = delta.upserts.map((upsert) => upsert.id);
  if (presentIds.length > 0) graph.storage.transactionSync(() => forgetHeld(graph.sql, delta, presentIds));
  const held = options.deletionsMayWait
    ? await graph.enter(() => holdDeletions(graph, delta))
    : new Set<string>();
  tally.heldDeletions = held.size;
  let gone: readonly string[] = delta.deletedIds.filter((id) => !held.has(id));
  while (gone.length > 0) gone = await graph.enter(() => goneWave(graph, delta, gone, tally));
  return tally;
}

/** Applies what fits into one wave and returns what is left. */
async function presentWave(
  graph: Graph,
  delta: ProviderDelta,
  upserts: readonly ProviderEvent[],
  tally: Tally,
): Promise<readonly ProviderEvent[]> {
  const subjects: Subject[] = [];
  const used = new Set<string>();
  let taken = 0;
  for (const upsert of upserts) {
    if (subjects.length >= WAVE_MAX) break;
    if (isKnown(graph.sql, delta, upsert)) {
      tally.unchanged++;
      taken++;
      continue;
    }
    const read = readItem(delta, upsert, graph.vault.keyedHash);
    if (!read.ok) {
      tally.rejected.push({ id: upsert.id, reason: read.error });
      taken++;
      continue;
    }
    const subject = subjectOf(graph, delta, upsert.id, upsert.etag, read.value);
    if (subject.keys.some((key) => used.has(key))) break;
    for (const key of subject.keys) used.add(key);
    subjects.push(subject);
    taken++;
  }
  await applyWave(graph, delta, subjects, tally);
  return upserts.slice(taken);
}

async function goneWave(
  graph: Graph,
  delta: ProviderDelta,
  ids: readonly string[],
  tally: Tally,
): Promise<readonly string[]> {
  const subjects: Subject[] = [];
  const used = new Set<string>();
  let taken = 0;
  for (const id of ids) {
    if (subjects.length >= WAVE_MAX) break;
    const subject = subjectOf(graph, delta, id, null, null);
    if (subject.keys.some((key) => used.has(key))) break;
    taken++;
    if (subject.source === null && subject.mirrored === null) {
      tally.unchanged++;
      continue;
    }
    for (const key of subject.keys) used.add(key);
    subjects.push(subject);
  }
  await applyWave(graph, delta, subjects, tally);
  return ids.slice(taken);
}

/** The etag says that nothing happened, and no write of ours is in doubt. */
function isKnown(sql: SqlStorage, delta: ProviderDelta, upsert: ProviderEvent): boolean {
  if (upsert.etag === null) return false;
  const place = [delta.accountId, delta.providerCalendarId, upsert.id, upsert.etag] as const;
  return (
    sql.exec(deltaStatements.knownSource, ...place).toArray().length > 0 ||
    sql.exec(deltaStatements.knownMirror, ...place).toArray().length > 0
  );
}

export const deltaStatements = {
  knownSource: `SELECT 1 FROM event_sources s
    WHERE s.account_id = ? AND s.provider_calendar_id = ? AND s.provider_event_id = ? AND s.provider_etag = ? AND NOT EXISTS (SELECT 1 FROM event_mirrors m WHERE m.canonical_event_id = s.canonical_event_id AND m.account_id = s.account_id
        AND m.kind = 'origin' AND (m.projected_hash IS NULL OR m.projected_hash = '?'))`,
  knownMirror: `SELECT 1 FROM event_mirrors WHERE account_id = ? AND provider_calendar_id = ? AND provider_event_id = ? AND provider_etag = ?
    AND kind <> 'origin' AND projected_hash IS NOT NULL AND projected_hash <> '?'`,
  unconfirmed: `SELECT canonical_event_id AS id FROM event_mirrors WHERE account_id = ? AND projected_hash = ? AND provider_event_id IS NULL
    AND kind <> 'origin'`,
} as const;

function subjectOf(
  graph: Graph,
  delta: ProviderDelta,
  id: string,
  etag: string | null,
  item: ReadItem | null,
): Subject {
  const { sql } = graph;
  const source = sourceAt(sql, delta.accountId, delta.providerCalendarId, id) ?? null;
  const tagged = item?.tag?.genuine === true ? (item.tag.canonicalEventId as CanonicalEventId) : null;
  const mirrored = mirroredEvent(sql, delta.accountId, id) ?? tagged ?? unconfirmedMirror(graph, delta, item);
  const event = item === null ? null : (eventByUid(sql, item.uid) ?? null);
  const keys = [`id ${id}`];
  if (item !== null) keys.push(`uid ${item.uid}`);
  for (const touched of [source?.canonicalEventId, mirrored, event?.canonicalEventId]) {
    if (touched !== undefined && touched !== null) keys.push(`event ${touched}`);
  }
  return { id, etag, item, source, mirrored, event, keys };
}

/** A server that drops our tag keeps the UID: of blocks whose writing was never confirmed it is the only trace. */
function unconfirmedMirror(
  graph: Graph,
  { accountId }: ProviderDelta,
  item: ReadItem | null,
): CanonicalEventId | null {
  if (item === null || item.tag !== null || !hasMirrorForm(item.uid)) return null;
  const rows = graph.sql
    .exec<{ id: CanonicalEventId }>(deltaStatements.unconfirmed, accountId, UNKNOWN_OUTCOME)
    .toArray();
  const isOf = (canonicalEventId: CanonicalEventId): boolean =>
    mirrorUid({ canonicalEventId, accountId }, graph.vault.keyedHash) === item.uid;
  return rows.find(({ id }) => isOf(id))?.id ?? null;
}

async function applyWave(
  graph: Graph,
  delta: ProviderDelta,
  subjects: readonly Subject[],
  tally: Tally,
): Promise<void> {
  if (subjects.length === 0) return;
  const seen = graph.state.version;
  const ids = subjects.flatMap((subject) =>
    [subject.source?.canonicalEventId, subject.mirrored, subject.event?.canonicalEventId].filter(
      (id) => id !== undefined && id !== null,
    ),
  );
  const events = await loadEvents(graph, ids);
  const changes = await Promise.all(subjects.map((subject) => decide(graph, delta, subject, events, tally)));
  const wanted = changes.filter((change) => change !== null);
  if (wanted.length === 0) return;
  transact(graph, seen, (write) => {
    for (const change of wanted) writeEventChange(graph, write, change);
  });
}

async function decide(
  graph: Graph,
  delta: ProviderDelta,
  subject: Subject,
  events: ReadonlyMap<CanonicalEventId, StoredEvent>,
  tally: Tally,
): Promise<EventChange | null> {
  const { item } = subject;
  const known = knowledgeOf(subject, events, delta);
  const refused = item === null ? null : refusalOf(item, known, events);
  if (refused !== null) {
    tally.rejected.push({ id: subject.id, reason: refused });
    return null;
  }
  // A UID that returns while its deleted event is still remembered takes up the same identity.
  const remembered = subject.event?.deletedAt === null ? undefined : subject.event?.canonicalEventId;
  const base = transitionContext(graph);
  const context: TransitionContext = {
    ...base,
    newEventId: () => remembered ?? newId("evt", graph.clock, graph.random),
  };
  const transition = item === null ? decideGone(known, context) : decidePresent(item, known, context);
  const id = transition.canonicalEventId;
  if (id === null) {
    const isOrphan = transition.outcome === "orphan" && !isMapped(subject, events);
    if (isOrphan) tally.orphans.push({ id: subject.id, etag: subject.etag });
    else tally.unchanged++;
    return null;
  }
  const decided: Decided = {
    canonicalEventId: id,
    before: events.get(id) ?? null,
    transition,
    sourceAtPlace: subject.source,
    actor: `provider:${delta.accountId}`,
  };
  const change = await changeFor(graph, decided, context);
  if (!change.ok) {
    tally.rejected.push({ id: subject.id, reason: change.error });
    return null;
  }
  count(tally, transition);
  return change.value;
}

/** A sentence for the status page: why the item cannot become, or belong to, the event that has its UID here. */
function refusalOf(
  item: ReadItem,
  known: ItemKnowledge,
  events: ReadonlyMap<CanonicalEventId, StoredEvent>,
): string | null {
  const stored = known.event === null ? undefined : events.get(known.event.canonicalEventId);
  if (stored === undefined || known.mirror !== null) return null;
  const kind = item.calendar[2].find((component) => component[0] !== "vtimezone")?.[0].toUpperCase();
  if (kind !== stored.row.component) return "Something of another kind has the UID of this one here.";
  const isLinked = known.source !== null || known.origin !== null;
  return stored.isLocal && !isLinked ? "An event that belongs to no account has the UID of this one." : null;
}

/** One server may be connected twice: then it is the block of the other account. */
function isMapped(subject: Subject, events: ReadonlyMap<CanonicalEventId, StoredEvent>): boolean {
  const event = subject.mirrored === null ? undefined : events.get(subject.mirrored);
  return event?.mirrors.some((row) => row.providerEventId === subject.id) ?? false;
}

function knowledgeOf(
  subject: Subject,
  events: ReadonlyMap<CanonicalEventId, StoredEvent>,
  { accountId, role }: ProviderDelta,
): ItemKnowledge {
  const byMapping = subject.mirrored === null ? undefined : events.get(subject.mirrored);
  const ours = byMapping?.mirrors.filter((row) => row.accountId === accountId && row.kind !== "origin") ?? [];
  const mirror =
    ours.find((row) => row.providerEventId === subject.id) ??
    ours.find((row) => row.providerEventId === null && (row.kind === "overlay") === (role === "overlay")) ??
    null;
  const id = subject.source?.canonicalEventId ?? subject.event?.canonicalEventId;
  const stored = id === undefined ? undefined : events.get(id);
  const event =
    // What happens to the copies that an event left behind on its way into a collection of its own is nothing to it.
    stored === undefined || stored.ical === null || (stored.isLocal && subject.item === null)
      ? null
      : { canonicalEventId: stored.row.canonicalEventId, ical: stored.ical, sources: stored.sources };
  const origin = stored?.mirrors.find((row) => row.accountId === accountId && row.kind === "origin") ?? null;
  return { source: subject.source, mirror, event, origin };
}

function count(tally: Tally, transition: Transition): void {
  switch (transition.outcome) {
    case "created":
      tally.created++;
      return;
    case "updated":
    case "merged":
    case "restored":
    case "overwrite":
      tally.updated++;
      return;
    case "deleted":
      tally.deleted++;
      return;
    case "unchanged":
    case "orphan":
      tally.unchanged++;
      return;
  }
}
