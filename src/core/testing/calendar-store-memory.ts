// A CalendarStore in memory: the fake that protocol tests run over. It keeps the contract and nothing else: no sealing, no index,
// no account behind any calendar, no pruning unless a test asks for it.

import { precondition, type Failure } from "../failure.ts";
import type { CalendarId, CanonicalEventId, UserId } from "../id.ts";
import { readCalendarObject } from "../ical/calendar-object-resource.ts";
import { columnsOf } from "../ical/columns.ts";
import { matchesFilter, type CompFilter } from "../ical/filter.ts";
import { occurrenceRows } from "../ical/occurrence-index.ts";
import { UTC } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type {
  BusyRow,
  CalendarCollection,
  CalendarKind,
  CalendarStore,
  CandidateQuery,
  CollectionPatch,
  ComponentName,
  Member,
  MemberChange,
  Principal,
  TimeSpan,
} from "../ports/calendar-store.ts";
import type { Clock } from "../ports/clock.ts";
import { err, ok, type Result } from "../result.ts";

interface Entry {
  readonly calendarId: CalendarId;
  readonly member: Member;
  readonly createdRevision: number;
  readonly revision: number;
}

interface Tombstone {
  readonly calendarId: CalendarId;
  readonly name: string;
  readonly revision: number;
}

export interface MemoryStore extends CalendarStore {
  /** Forgets tombstones up to a revision, as a pruning pass does. */
  prune(revision: number): void;
  /** Adds a calendar of any kind, which no client can do. */
  addCollection(slug: string, kind: CalendarKind, components: readonly ComponentName[]): CalendarCollection;
}

export interface MemoryStoreOptions {
  readonly principal?: Partial<Principal>;
  readonly clock?: Clock;
}

const ALICE: Principal = {
  userId: "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV" as UserId,
  slug: "alice",
  displayName: "Alice Example",
  emails: ["alice@example.com", "a.example@example.org"],
};

/** A store with the two calendars that always exist. */
export function memoryCalendarStore(options: MemoryStoreOptions = {}): MemoryStore {
  const principal = { ...ALICE, ...options.principal };
  const clock = options.clock ?? { now: () => 1_767_225_600_000 };
  const entries = new Map<string, Entry>();
  let collections: CalendarCollection[] = [];
  let tombstones: Tombstone[] = [];
  let goneCollections: { readonly slug: string; readonly revision: number }[] = [];
  const dead = new Map<string, ReadonlyMap<string, string>>();
  let revision = 0;
  let floor = 0;
  let ids = 0;

  const membersOf = (calendarId: CalendarId): Entry[] =>
    Array.from(entries.values()).filter((entry) => entry.calendarId === calendarId);
  const byId = (calendarId: CalendarId): CalendarCollection | undefined =>
    collections.find((one) => one.calendarId === calendarId);

  function newId(prefix: string): string {
    return `${prefix}_${String(++ids).padStart(26, "0")}`;
  }

  function revise(calendarId: CalendarId | null): number {
    revision++;
    collections = collections.map((one) => (one.calendarId === calendarId ? { ...one, revision } : one));
    return revision;
  }

  function addCollection(
    slug: string,
    kind: CalendarKind,
    components: readonly ComponentName[],
    patch: CollectionPatch = {},
  ): CalendarCollection {
    const collection: CalendarCollection = {
      calendarId: newId("cal") as CalendarId,
      slug,
      kind,
      accountId: null,
      displayName: patch.displayName ?? slug,
      description: patch.description ?? null,
      color: patch.color ?? null,
      sortOrder: patch.sortOrder ?? null,
      timeZone: patch.timeZone ?? null,
      components,
      transparency: patch.transparency ?? "opaque",
      revision: ++revision,
      createdAt: clock.now(),
    };
    collections = [...collections, collection];
    goneCollections = goneCollections.filter((gone) => gone.slug !== slug);
    setDead(collection.calendarId, patch);
    return collection;
  }

  function setDead(target: string, { dead: changes }: CollectionPatch): void {
    if (changes === undefined) return;
    const properties = new Map(dead.get(target));
    for (const [name, value] of changes) {
      if (value === null) properties.delete(name);
      else properties.set(name, value);
    }
    dead.set(target, properties);
  }

  function uidHolder(uid: string): Entry | undefined {
    return Array.from(entries.values()).find((entry) => entry.member.uid === uid);
  }

  function hrefOf({ calendarId, member }: Entry): string {
    return `${byId(calendarId)?.slug ?? ""}/${member.name}`;
  }

  function isKnown(since: number): boolean {
    return since === 0 || (since >= floor && since <= revision);
  }

  addCollection("unified", "unified", ["VEVENT"], { displayName: "Unified" });
  addCollection("tasks", "tasks", ["VTODO"], { displayName: "Tasks" });

  return {
    prune(upTo) {
      floor = upTo;
      tombstones = tombstones.filter((gone) => gone.revision > upTo);
      goneCollections = goneCollections.filter((gone) => gone.revision > upTo);
    },
    addCollection: (slug, kind, components) => addCollection(slug, kind, components),

    principal: () => principal,
    historyEpoch: () => "memory",
    revision: () => revision,
    collections: () =>
      collections.toSorted(
        (a, b) =>
          Number(b.kind === "unified") - Number(a.kind === "unified") ||
          (a.sortOrder ?? 1_000_000) - (b.sortOrder ?? 1_000_000),
      ),
    collection: (slug) => collections.find((one) => one.slug === slug),
    deadProperties: (target) => dead.get(target) ?? new Map(),
    members: (calendarId) => membersOf(calendarId).map(({ member }) => member),
    member: (calendarId, name) => entries.get(keyOf(calendarId, name))?.member,
    memberByUid: (calendarId, uid) => membersOf(calendarId).find(({ member }) => member.uid === uid)?.member,
    open: async (calendarId, names) => names.map((name) => entries.get(keyOf(calendarId, name))?.member),
    candidates(calendarId, query) {
      const members = membersOf(calendarId)
        .map(({ member }) => member)
        .filter(({ component }) => query.component === null || component === query.component);
      if (query.span === null) return { certain: members, possible: [] };
      const judged = members.map((member) => ({ member, is: overlap(member, query) }));
      return {
        certain: judged.filter(({ is }) => is === "certain").map(({ member }) => member),
        possible: judged.filter(({ is }) => is === "possible").map(({ member }) => member),
      };
    },
    busy: async (calendarId, span) =>
      membersOf(calendarId)
        .flatMap(({ member }) => busyRows(member, span))
        .toSorted((a, b) => a.start - b.start),
    changesSince(calendarId, since, limit) {
      const collection = byId(calendarId);
      if (collection === undefined || !isKnown(since)) return undefined;
      const present = membersOf(calendarId)
        .filter((entry) => entry.revision > since)
        .map((entry) => ({
          revision: entry.revision,
          change: change(entry.member.name, entry.createdRevision > since ? "created" : "updated"),
        }));
      const gone = tombstones
        .filter((one) => since > 0 && one.calendarId === calendarId && one.revision > since)
        .map((one) => ({ revision: one.revision, change: change(one.name, "deleted") }));
      const all = [...present, ...gone].toSorted((a, b) => a.revision - b.revision);
      const page = all.slice(0, limit);
      const truncated = page.length < all.length;
      const last = page.at(-1)?.revision ?? collection.revision;
      return {
        changes: page.map((entry) => entry.change),
        revision: truncated ? last : Math.max(collection.revision, since),
        truncated,
      };
    },
    deletedCollectionsSince(since) {
      if (!isKnown(since)) return undefined;
      if (since === 0) return [];
      return goneCollections.filter((gone) => gone.revision > since).map(({ slug }) => slug);
    },

    async put({ calendarId, name, object, check }) {
      const entry = entries.get(keyOf(calendarId, name));
      const refused = check(entry?.member) ?? conflict(entry, object.uid);
      if (refused !== undefined) return err(refused);
      const at = revise(calendarId);
      tombstones = tombstones.filter((gone) => gone.calendarId !== calendarId || gone.name !== name);
      const now = clock.now();
      const member: Member = {
        name,
        canonicalEventId: entry?.member.canonicalEventId ?? (newId("evt") as CanonicalEventId),
        uid: object.uid,
        etag: `r${at}`,
        scheduleTag: null,
        component: object.component,
        size: utf8Length(object.text),
        createdAt: entry?.member.createdAt ?? now,
        updatedAt: now,
        ical: object.text,
      };
      entries.set(keyOf(calendarId, name), {
        calendarId,
        member,
        createdRevision: entry?.createdRevision ?? at,
        revision: at,
      });
      return ok({ created: entry === undefined, etag: member.etag, scheduleTag: null });
    },
    async delete({ calendarId, name, check }) {
      const entry = entries.get(keyOf(calendarId, name));
      const refused = check(entry?.member);
      if (refused !== undefined) return err(refused);
      if (entry === undefined) return err({ kind: "not-found", reason: "There is no such object." });
      entries.delete(keyOf(calendarId, name));
      tombstones.push({ calendarId, name, revision: revise(calendarId) });
      return ok(null);
    },
    async createCollection(request) {
      if (collections.some(({ slug }) => slug === request.slug)) {
        return err(precondition("resource-must-be-null", "There is already a collection of this name."));
      }
      if (collections.length >= limits.calendarsPerUserMax) {
        return err({ kind: "insufficient-storage", reason: "There are too many calendars." });
      }
      return ok(addCollection(request.slug, "local", request.components, request));
    },
    async patchCollection(target, patch): Promise<Result<null, Failure>> {
      if (target !== "home" && target !== "principal") {
        if (byId(target) === undefined)
          return err({ kind: "not-found", reason: "There is no such calendar." });
        const { dead: _dead, ...live } = patch;
        const given = Object.fromEntries(Object.entries(live).filter(([, value]) => value !== undefined));
        collections = collections.map((one) => (one.calendarId === target ? { ...one, ...given } : one));
      }
      setDead(target, patch);
      revise(target === "home" || target === "principal" ? null : target);
      return ok(null);
    },
    async deleteCollection(calendarId) {
      const collection = byId(calendarId);
      if (collection === undefined) return err({ kind: "not-found", reason: "There is no such calendar." });
      if (collection.kind !== "local" && collection.kind !== "subscribed") {
        return err({ kind: "forbidden", reason: `The ${collection.slug} calendar always exists.` });
      }
      for (const { member } of membersOf(calendarId)) entries.delete(keyOf(calendarId, member.name));
      collections = collections.filter((one) => one !== collection);
      dead.delete(calendarId);
      goneCollections.push({ slug: collection.slug, revision: revise(null) });
      return ok(null);
    },
  };

  function conflict(entry: Entry | undefined, uid: string): Failure | undefined {
    if (entry !== undefined && entry.member.uid !== uid) {
      return precondition("no-uid-conflict", "The resource holds another UID.", hrefOf(entry));
    }
    const holder = uidHolder(uid);
    return holder === undefined || holder === entry
      ? undefined
      : precondition("no-uid-conflict", "Another resource holds this UID.", hrefOf(holder));
  }
}

function keyOf(calendarId: CalendarId, name: string): string {
  return `${calendarId} ${name}`;
}

function change(name: string, op: MemberChange["op"]): MemberChange {
  return { name, op };
}

function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

function overlap(member: Member, { span }: CandidateQuery): "certain" | "possible" | "none" {
  const object = readCalendarObject(member.ical);
  if (!object.ok || columnsOf(object.value, UTC).isFloating) return "possible";
  return matchesFilter(object.value, spanFilter(member.component, span), UTC) ? "certain" : "none";
}

function spanFilter(name: ComponentName, timeRange: TimeSpan | null): CompFilter {
  const inner = { name, isNotDefined: false, timeRange, compFilters: [], propFilters: [] };
  return { name: "VCALENDAR", isNotDefined: false, timeRange: null, compFilters: [inner], propFilters: [] };
}

function busyRows(member: Member, span: { readonly start: number; readonly end: number }): BusyRow[] {
  const object = readCalendarObject(member.ical);
  const rows = object.ok ? occurrenceRows(object.value, span, UTC, limits.occurrenceRowsMax) : object;
  if (!rows.ok) return [];
  return rows.value.rows.flatMap(({ start, end, busyKind }) =>
    busyKind === "FREE" || end <= span.start || start >= span.end ? [] : [{ start, end, kind: busyKind }],
  );
}
