// The pipeline in, for one account: list the calendars, read each from its cursor, then apply the proven deletions and advance the
// cursors. Whatever is cut off in between is read again; applying twice changes nothing.

import type { AccountStateCalendar } from "../core/ports/account-state.ts";
import type { ConnectorFailure } from "../core/ports/connector.ts";
import type { DeltaOutcome } from "../core/ports/user-graph.ts";
import type { EngineContext } from "./context.ts";
import { findOverlay } from "./overlay.ts";
import { readCalendar, type CalendarRead } from "./read-calendar.ts";

export interface PullReport {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly held: number;
  readonly rejected: number;
  readonly failures: readonly ConnectorFailure[];
}

interface Tally {
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  held: number;
  rejected: number;
}

interface Read {
  readonly calendar: AccountStateCalendar;
  readonly read: CalendarRead;
  readonly rejected: number;
}

export async function pull(context: EngineContext): Promise<PullReport> {
  const tally: Tally = { created: 0, updated: 0, deleted: 0, unchanged: 0, held: 0, rejected: 0 };
  const failures: ConnectorFailure[] = [];
  const listed = await context.connector.listCalendars();
  if (!listed.ok) return { ...tally, failures: [listed.error] };
  await clearGoneCalendars(context, new Set(listed.value.map((calendar) => calendar.id)), tally);
  await context.state.saveListing(listed.value);
  await findOverlay(context, listed.value);

  const reads: Read[] = [];
  for (const calendar of await context.state.calendars()) {
    if (!calendar.selected && calendar.role === "source") continue;
    const rejectedBefore = tally.rejected;
    const read = await readCalendar(context, calendar, (outcome) =>
      absorb(context, calendar, outcome, tally),
    );
    if (read.ok) {
      reads.push({ calendar, read: read.value, rejected: tally.rejected - rejectedBefore });
      continue;
    }
    failures.push(read.error);
    await context.state.savePass(calendar.providerCalendarId, {
      at: context.clock.now(),
      error: read.error.reason,
    });
    if (endsPass(read.error)) break;
  }
  for (const { calendar, read, rejected } of reads) {
    if (read.deletedIds.length > 0)
      await absorb(context, calendar, await applyDeletions(context, calendar, read), tally);
    await context.state.saveCursor(calendar.providerCalendarId, read.cursor);
    await context.state.savePass(calendar.providerCalendarId, {
      at: context.clock.now(),
      error:
        rejected === 0
          ? null
          : `${rejected} objects of this calendar cannot be read and are left as they are.`,
    });
  }
  return { ...tally, failures };
}

/** A calendar that is not listed any more and not found by its id was deleted with all it held: our blocks are written anew elsewhere. */
async function clearGoneCalendars(
  context: EngineContext,
  listed: ReadonlySet<string>,
  tally: Tally,
): Promise<void> {
  for (const calendar of await context.state.calendars()) {
    const id = calendar.providerCalendarId;
    if (listed.has(id)) continue;
    const asked = await context.connector.changes(id, null);
    const isGone = !asked.ok && asked.error.kind === "give-up" && asked.error.code === "not-found";
    if (!isGone) continue;
    const known = await context.graph.knownResources(context.accountId, id);
    const deletedIds = known.map((resource) => resource.providerEventId);
    if (deletedIds.length === 0) continue;
    const read: CalendarRead = { deletedIds, deletionProof: "full-read", cursor: null };
    await absorb(context, calendar, await applyDeletions(context, calendar, read), tally);
  }
}

/** Asking on would fail the same way, or make it worse. */
export function endsPass(failure: ConnectorFailure): boolean {
  switch (failure.kind) {
    case "reauthorize":
      return true;
    case "retry":
      return failure.code === "throttled" || failure.code === "unreachable" || failure.code === "timeout";
    case "resync":
    case "give-up":
      return false;
  }
}

function applyDeletions(
  context: EngineContext,
  calendar: AccountStateCalendar,
  read: CalendarRead,
): Promise<DeltaOutcome> {
  return context.graph.applyProviderDelta({
    accountId: context.accountId,
    providerCalendarId: calendar.providerCalendarId,
    role: calendar.role,
    upserts: [],
    deletedIds: read.deletedIds,
    deletionProof: read.deletionProof,
  });
}

async function absorb(
  context: EngineContext,
  calendar: AccountStateCalendar,
  outcome: DeltaOutcome,
  tally: Tally,
): Promise<void> {
  tally.created += outcome.created;
  tally.updated += outcome.updated;
  tally.deleted += outcome.deleted;
  tally.unchanged += outcome.unchanged;
  tally.held += outcome.heldDeletions;
  tally.rejected += outcome.rejected.length;
  await deleteOrphans(context, calendar.providerCalendarId, outcome);
}

/** Mirrors that nothing wants any more. What cannot be deleted now is found again by the next reconcile. */
export async function deleteOrphans(
  context: EngineContext,
  calendarId: string,
  outcome: DeltaOutcome,
): Promise<number> {
  let deleted = 0;
  for (const { id, etag } of outcome.orphans) {
    const result = await context.connector.delete({ calendarId, id, expectedEtag: etag });
    if (result.ok && result.value.kind !== "conflict") deleted++;
  }
  return deleted;
}
