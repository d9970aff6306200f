// One calendar, from its cursor to now: every page is opened and handed to the graph before the next is asked for. Deletions are
// only collected; the caller applies them when the whole account was read, so that what moved between calendars is not lost on
// the way. A read that the provider cannot continue begins again from nothing and never deletes first.

import type { AccountStateCalendar } from "../core/ports/account-state.ts";
import type { ConnectorFailure, ProviderEvent, ProviderItem } from "../core/ports/connector.ts";
import type { DeltaOutcome, KnownResource, ProviderDelta } from "../core/ports/user-graph.ts";
import { err, ok, type Result } from "../core/result.ts";
import { BATCH_SIZE, type EngineContext } from "./context.ts";
import { retry } from "./failure.ts";
import { chunksOf } from "./in-parallel.ts";

export interface CalendarRead {
  readonly deletedIds: readonly string[];
  readonly deletionProof: ProviderDelta["deletionProof"];
  /** To be saved after the deletions were applied. */
  readonly cursor: string | null;
}

const PAGES_MAX = 10_000;

export async function readCalendar(
  context: EngineContext,
  calendar: AccountStateCalendar,
  onApplied: (outcome: DeltaOutcome) => Promise<void>,
): Promise<Result<CalendarRead, ConnectorFailure>> {
  const read = await readFrom(context, calendar, calendar.cursor, onApplied);
  const mustStartOver = !read.ok && read.error.kind === "resync" && calendar.cursor !== null;
  return mustStartOver ? readFrom(context, calendar, null, onApplied) : read;
}

async function readFrom(
  context: EngineContext,
  calendar: AccountStateCalendar,
  start: string | null,
  onApplied: (outcome: DeltaOutcome) => Promise<void>,
): Promise<Result<CalendarRead, ConnectorFailure>> {
  const id = calendar.providerCalendarId;
  const present = new Set<string>();
  const tombstones = new Set<string>();
  let known: ReadonlyMap<string, KnownResource> | null = null;
  let isFull = false;
  let cursor = start;
  for (let page = 0; page < PAGES_MAX; page++) {
    const changes = await context.connector.changes(id, cursor);
    if (!changes.ok) return changes;
    isFull ||= changes.value.scope === "full";
    for (const item of changes.value.items) {
      // The last word on an id counts, also across pages.
      if (item.op === "present") tombstones.delete(item.id);
      else present.delete(item.id);
      (item.op === "present" ? present : tombstones).add(item.id);
    }
    if (changes.value.items.length > 0) {
      known ??= await knownIn(context, id);
      const applied = await applyItems(context, calendar, changes.value.items, known, onApplied);
      if (!applied.ok) return applied;
    }
    cursor = changes.value.cursor;
    if (changes.value.more) continue;
    if (!isFull) return ok({ deletedIds: [...tombstones], deletionProof: "tombstone", cursor });
    known ??= await knownIn(context, id);
    const absent = [...known.keys()].filter((knownId) => !present.has(knownId));
    const proven = await proveAbsent(context, id, absent);
    return proven.ok ? ok({ deletedIds: absent, deletionProof: "full-read", cursor }) : proven;
  }
  return err(retry("bad-response", "The server's list of changes does not end."));
}

async function knownIn(
  context: EngineContext,
  calendarId: string,
): Promise<ReadonlyMap<string, KnownResource>> {
  const known = await context.graph.knownResources(context.accountId, calendarId);
  return new Map(known.map((resource) => [resource.providerEventId, resource]));
}

async function applyItems(
  context: EngineContext,
  calendar: AccountStateCalendar,
  items: readonly ProviderItem[],
  known: ReadonlyMap<string, KnownResource>,
  onApplied: (outcome: DeltaOutcome) => Promise<void>,
): Promise<Result<null, ConnectorFailure>> {
  const complete: ProviderEvent[] = [];
  const unopened: string[] = [];
  for (const item of items) {
    if (item.op === "deleted") continue;
    const isKnown = item.etag !== null && known.get(item.id)?.etag === item.etag;
    if (isKnown) continue;
    if (item.ical === undefined) unopened.push(item.id);
    else complete.push({ id: item.id, etag: item.etag, ical: item.ical });
  }
  for (const batch of chunksOf(complete, BATCH_SIZE))
    await onApplied(await applyUpserts(context, calendar, batch));
  for (const ids of chunksOf(unopened, BATCH_SIZE)) {
    const opened = await context.connector.get(calendar.providerCalendarId, ids);
    if (!opened.ok) return opened;
    if (opened.value.length > 0) await onApplied(await applyUpserts(context, calendar, opened.value));
  }
  return ok(null);
}

export function applyUpserts(
  context: EngineContext,
  calendar: Pick<AccountStateCalendar, "providerCalendarId" | "role">,
  upserts: readonly ProviderEvent[],
): Promise<DeltaOutcome> {
  return context.graph.applyProviderDelta({
    accountId: context.accountId,
    providerCalendarId: calendar.providerCalendarId,
    role: calendar.role,
    upserts,
    deletedIds: [],
    deletionProof: "tombstone",
  });
}

/** A list that left something out is no proof: what it does not name must not be there when asked for by name. */
async function proveAbsent(
  context: EngineContext,
  calendarId: string,
  absent: readonly string[],
): Promise<Result<null, ConnectorFailure>> {
  for (const ids of chunksOf(absent, BATCH_SIZE)) {
    const found = await context.connector.get(calendarId, ids);
    if (!found.ok) return found;
    if (found.value.length > 0)
      return err(retry("bad-response", "The server's list of the calendar is not complete."));
  }
  return ok(null);
}
