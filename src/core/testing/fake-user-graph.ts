// A user's graph in memory, as thin over the pure transitions as the real one: it looks up rows, asks, and saves. For simulations of
// the engines. Knows no CalDAV, no seals and no deletion breaker.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  DeltaOutcome,
  KnownResource,
  MirrorKind,
  PendingWrite,
  PolicyEdge,
  ProviderDelta,
  UserGraph,
  WriteReport,
} from "../ports/user-graph.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import { parseCalendar } from "../ical/parse.ts";
import type { KeyedHash } from "../projection/hash.ts";
import { mirrorUid } from "../projection/managed-tag.ts";
import { isDue, newMirrorRow, type MirrorRow, type SourceRow } from "../projection/outbox-row.ts";
import { compilePolicy, type EventPlacement } from "../projection/policy-compiler.ts";
import { applyReport } from "../projection/apply-report.ts";
import { decideGone } from "../projection/decide-gone.ts";
import { decidePresent } from "../projection/decide-present.ts";
import { handOut } from "../projection/hand-out.ts";
import { planMirrors } from "../projection/plan-mirrors.ts";
import { readItem } from "../projection/read-item.ts";
import { reconcileRow } from "../projection/reconcile-row.ts";
import type {
  ItemKnowledge,
  KnownEvent,
  ReadItem,
  Transition,
  TransitionContext,
} from "../projection/transition-shape.ts";
import { assert } from "../assert.ts";

export interface MemoryGraphOptions {
  readonly hash: KeyedHash;
  readonly clock: Clock;
  readonly defaultAccount: AccountId;
  readonly edges: readonly PolicyEdge[];
}

export interface MemoryGraph extends Pick<
  UserGraph,
  "applyProviderDelta" | "knownResources" | "pendingWrites" | "reportWrites" | "reconcileListing"
> {
  /** What a client of the unified calendar does. */
  put(uid: string, ical: string): CanonicalEventId;
  remove(uid: string): void;
  /** As a rejected mass deletion leaves it: nothing is there any more, and it has to be created in that calendar again. */
  restoreIn(uid: string, accountId: AccountId, providerCalendarId: string): void;
  /** uid -> octets. */
  events(): ReadonlyMap<string, string>;
  idOf(uid: string): CanonicalEventId | undefined;
  rows(): readonly MirrorRow[];
  sources(): readonly SourceRow[];
  losses(): readonly string[];
}

interface Place {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly id: string;
}

function rowKey(row: {
  readonly canonicalEventId: string;
  readonly accountId: string;
  readonly kind: MirrorKind;
}): string {
  return `${row.canonicalEventId} ${row.accountId} ${row.kind}`;
}

function sourceKey(place: Place): string {
  return `${place.accountId} ${place.providerCalendarId} ${place.id}`;
}

function parse(ical: string): JCalComponent {
  const calendar = parseCalendar(ical);
  assert(calendar.ok, "what the graph holds parses");
  return calendar.value;
}

export function createMemoryGraph(options: MemoryGraphOptions): MemoryGraph {
  const { hash, clock } = options;
  const policy = compilePolicy(options.edges);
  const events = new Map<CanonicalEventId, string>();
  const uids = new Map<CanonicalEventId, string>();
  const rows = new Map<string, MirrorRow>();
  const sources = new Map<string, SourceRow>();
  const losses: string[] = [];
  let nextId = 0;

  function context(): TransitionContext {
    return {
      hash,
      nowMs: clock.now(),
      newEventId: () => `evt_${String(++nextId).padStart(6, "0")}` as CanonicalEventId,
    };
  }

  const rowsOf = (id: CanonicalEventId): MirrorRow[] =>
    [...rows.values()].filter((row) => row.canonicalEventId === id);
  const sourcesOf = (id: CanonicalEventId): SourceRow[] =>
    [...sources.values()].filter((source) => source.canonicalEventId === id);

  function idOf(uid: string, mustLive: boolean): CanonicalEventId | undefined {
    for (const [id, known] of uids) if (known === uid && (!mustLive || events.has(id))) return id;
    return undefined;
  }

  function eventOf(id: CanonicalEventId | undefined): KnownEvent | null {
    const ical = id === undefined ? undefined : events.get(id);
    return id === undefined || ical === undefined
      ? null
      : { canonicalEventId: id, ical, sources: sourcesOf(id) };
  }

  function placementOf(id: CanonicalEventId): EventPlacement {
    const held = sourcesOf(id);
    const own = held.find((source) => source.role !== "copy");
    const origin = own?.accountId ?? options.defaultAccount;
    return {
      origin,
      sourceAccounts: [origin, ...held.map((source) => source.accountId)],
      projectable: own?.role !== "foreign",
    };
  }

  function replan(id: CanonicalEventId): void {
    const ical = events.get(id);
    const event = ical === undefined ? null : { calendar: parse(ical), placement: placementOf(id) };
    for (const row of planMirrors(id, event, policy, rowsOf(id), context(), sourcesOf(id)))
      rows.set(rowKey(row), row);
    if (event !== null) return;
    for (const row of rowsOf(id))
      if (row.state === "TOMBSTONED" && row.projectedHash === null) rows.delete(rowKey(row));
    if (rowsOf(id).length === 0) uids.delete(id);
  }

  function save(transition: Transition, place: Place | null, uid: string | null): void {
    const id = transition.canonicalEventId;
    if (id === null) return;
    if (transition.ical !== null) {
      events.set(id, transition.ical);
      if (uid !== null) uids.set(id, uid);
    }
    if (transition.removeSource && place !== null) sources.delete(sourceKey(place));
    const { source, mirror, promoted } = transition;
    if (source !== null) sources.set(sourceKey({ ...source, id: source.providerEventId }), source);
    if (mirror !== null) rows.set(rowKey(mirror), mirror);
    if (promoted !== null) {
      sources.set(sourceKey({ ...promoted.source, id: promoted.source.providerEventId }), promoted.source);
      rows.set(rowKey(promoted.origin), promoted.origin);
    }
    if (transition.removeEvent) events.delete(id);
    for (const loss of transition.losses) losses.push(loss.value);
    replan(id);
  }

  function knowledge(place: Place, item: ReadItem | null): ItemKnowledge {
    const source = sources.get(sourceKey(place)) ?? null;
    const ours = [...rows.values()].filter(
      (row) => row.accountId === place.accountId && row.kind !== "origin",
    );
    const tagged = item?.tag?.genuine === true ? item.tag.canonicalEventId : null;
    const mirror =
      ours.find((row) => row.providerEventId === place.id) ??
      ours.find(
        (row) =>
          row.providerEventId === null &&
          (row.canonicalEventId === tagged || item?.uid === mirrorUid(row, hash)),
      ) ??
      null;
    const byUid = item === null ? undefined : (idOf(item.uid, true) ?? idOf(item.uid, false));
    const id = source?.canonicalEventId ?? byUid;
    const origin =
      id === undefined
        ? undefined
        : rows.get(rowKey({ canonicalEventId: id, accountId: place.accountId, kind: "origin" }));
    return { source, mirror, event: eventOf(id), origin: origin ?? null };
  }

  function applyProviderDelta(delta: ProviderDelta): Promise<DeltaOutcome> {
    const tally = { created: 0, updated: 0, deleted: 0, unchanged: 0, heldDeletions: 0 };
    const rejected: { id: string; reason: string }[] = [];
    const orphans: { id: string; etag: string | null }[] = [];
    for (const upsert of delta.upserts) {
      const item = readItem(delta, upsert, hash);
      if (!item.ok) {
        rejected.push({ id: upsert.id, reason: item.error });
        continue;
      }
      const place = { ...delta, id: upsert.id };
      const transition = decidePresent(item.value, knowledge(place, item.value), context());
      save(transition, place, item.value.uid);
      if (transition.outcome === "orphan") orphans.push({ id: upsert.id, etag: upsert.etag });
      else if (transition.outcome === "created") tally.created++;
      else if (transition.outcome === "unchanged") tally.unchanged++;
      else tally.updated++;
    }
    for (const id of delta.deletedIds) {
      const place = { ...delta, id };
      const transition = decideGone(knowledge(place, null), context());
      save(transition, place, null);
      if (transition.outcome === "deleted") tally.deleted++;
    }
    return Promise.resolve({ ...tally, rejected, orphans });
  }

  function knownResources(
    accountId: AccountId,
    providerCalendarId: string,
  ): Promise<readonly KnownResource[]> {
    const known: KnownResource[] = [];
    for (const row of rows.values())
      if (
        row.kind !== "origin" &&
        row.accountId === accountId &&
        row.providerCalendarId === providerCalendarId &&
        row.providerEventId !== null
      )
        known.push({ providerEventId: row.providerEventId, etag: row.etag, ours: true });
    for (const source of sources.values())
      if (source.accountId === accountId && source.providerCalendarId === providerCalendarId)
        known.push({ providerEventId: source.providerEventId, etag: source.etag, ours: false });
    return Promise.resolve(known);
  }

  function pendingWrites(accountId: AccountId, limit: number): Promise<readonly PendingWrite[]> {
    const writes: PendingWrite[] = [];
    for (const row of rows.values()) {
      if (writes.length >= limit) break;
      if (row.accountId !== accountId || !isDue(row, clock.now())) continue;
      const ical = events.get(row.canonicalEventId);
      const canonical = ical === undefined ? null : { ical, calendar: parse(ical) };
      const uid = uids.get(row.canonicalEventId) ?? "";
      const handed = handOut(row, canonical, uid, policy, placementOf(row.canonicalEventId), context());
      rows.set(rowKey(row), handed.row);
      if (handed.write === null) replan(row.canonicalEventId);
      else writes.push(handed.write);
    }
    return Promise.resolve(writes);
  }

  function reportWrites(accountId: AccountId, reports: readonly WriteReport[]): Promise<void> {
    for (const report of reports) {
      const row = rows.get(rowKey({ ...report, accountId }));
      if (row === undefined) continue;
      const event = eventOf(row.canonicalEventId);
      const id = report.result === "done" ? report.providerEventId : row.providerEventId;
      const place =
        report.result === "failed" || id === null
          ? null
          : { accountId, providerCalendarId: report.providerCalendarId, id };
      save(applyReport(report, row, event, context()), place, uids.get(row.canonicalEventId) ?? null);
    }
    return Promise.resolve();
  }

  const reconcileListing: UserGraph["reconcileListing"] = ({ accountId, providerCalendarId, present }) => {
    const listed = new Map(present.map((resource) => [resource.id, resource]));
    const found = { missing: 0, drifted: 0 };
    for (const row of rows.values()) {
      if (row.accountId !== accountId || row.providerCalendarId !== providerCalendarId) continue;
      const contradiction = reconcileRow(row, listed.get(row.providerEventId ?? "") ?? null, clock.now());
      if (contradiction === null) continue;
      found[contradiction.found]++;
      rows.set(rowKey(row), contradiction.row);
    }
    const known = new Set([
      ...[...rows.values()].filter((row) => row.accountId === accountId).map((row) => row.providerEventId),
      ...[...sources.values()]
        .filter((source) => source.accountId === accountId)
        .map((source) => source.providerEventId),
    ]);
    return Promise.resolve({ ...found, orphanIds: [...listed.keys()].filter((id) => !known.has(id)) });
  };

  return {
    applyProviderDelta,
    knownResources,
    pendingWrites,
    reportWrites,
    reconcileListing,
    put(uid, ical) {
      const id = idOf(uid, true) ?? idOf(uid, false) ?? context().newEventId();
      events.set(id, ical);
      uids.set(id, uid);
      replan(id);
      return id;
    },
    remove(uid) {
      const id = idOf(uid, true);
      if (id === undefined) return;
      events.delete(id);
      replan(id);
    },
    restoreIn(uid, accountId, providerCalendarId) {
      const id = idOf(uid, true);
      if (id === undefined) return;
      for (const [key, source] of sources) if (source.canonicalEventId === id) sources.delete(key);
      const row = { ...newMirrorRow(id, accountId, "origin"), providerCalendarId };
      rows.set(rowKey(row), row);
      replan(id);
    },
    events: () => new Map([...events].map(([id, ical]) => [uids.get(id) ?? id, ical])),
    idOf: (uid) => idOf(uid, true),
    rows: () => [...rows.values()],
    sources: () => [...sources.values()],
    losses: () => losses,
  };
}
