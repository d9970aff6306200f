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
  readonly isGone: boolean;
  readonly rejected: number;
}

/** `whole`: from nothing instead of from the cursors; what a cursor missed is found. */
export async function pull(
  context: EngineContext,
  options: { readonly whole: boolean } = { whole: false },
): Promise<PullReport> {
  const tally: Tally = { created: 0, updated: 0, deleted: 0, unchanged: 0, held: 0, rejected: 0 };
  const failures: ConnectorFailure[] = [];
  const listed = await context.connector.listCalendars();
  if (!listed.ok) return { ...tally, failures: [listed.error] };
  await context.state.saveListing(listed.value);
  await findOverlay(context, listed.value);

  const listedIds = new Set(listed.value.map((calendar) => calendar.id));
  const reads: Read[] = [];
  for (const calendar of await context.state.calendars()) {
    const isListed = listedIds.has(calendar.providerCalendarId);
    if (!calendar.selected && calendar.role === "source") continue;
    const rejectedBefore = tally.rejected;
    const read = await readCalendar(
      context,
      options.whole ? { ...calendar, cursor: null } : calendar,
      (outcome) => absorb(context, calendar, outcome, tally),
    );
    if (read.ok) {
      reads.push({ calendar, read: read.value, isGone: false, rejected: tally.rejected - rejectedBefore });
      continue;
    }
    if (!isListed && isRefusedForGood(read.error)) {
      reads.push({ calendar, read: await everythingIn(context, calendar), isGone: true, rejected: 0 });
      continue;
    }
    failures.push(read.error);
    await context.state.savePass(calendar.providerCalendarId, {
      at: context.clock.now(),
      error: read.error.reason,
    });
    if (endsPass(read.error)) break;
  }
  const isCut = failures.some(endsPass);
  for (const { calendar, read, isGone, rejected } of reads) {
    // What is gone here may stand in a calendar that was not read: the next pass sees both.
    if (isCut && read.deletedIds.length > 0) continue;
    if (read.deletedIds.length > 0)
      await absorb(context, calendar, await applyDeletions(context, calendar, read), tally);
    if (isGone) {
      await context.state.forgetCalendar(calendar.providerCalendarId);
      continue;
    }
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

/** Of a calendar that is not listed any more: it was deleted, or is not shared any more, with all it holds. */
function isRefusedForGood(failure: ConnectorFailure): boolean {
  return failure.kind === "give-up" && (failure.code === "not-found" || failure.code === "refused");
}

async function everythingIn(context: EngineContext, calendar: AccountStateCalendar): Promise<CalendarRead> {
  const known = await context.graph.knownResources(context.accountId, calendar.providerCalendarId);
  return {
    deletedIds: known.map((resource) => resource.providerEventId),
    deletionProof: "full-read",
    cursor: null,
  };
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
