// For tests: a provider in memory with conditional writes and deltas, and the plainest engines that pull from it and push to it.

import type { AccountId } from "../../core/id.ts";
import type { ProviderEvent } from "../../core/ports/connector.ts";
import type { DeltaOutcome, PendingWrite, WriteReport } from "../../core/ports/user-graph.ts";
import { applyProviderDelta } from "./delta.ts";
import type { Graph } from "./graph.ts";
import { pendingWrites, reportWrites } from "./outbox.ts";

interface Resource {
  readonly etag: string;
  readonly ical: string;
}

export class SimulatedCalendar {
  readonly resources = new Map<string, Resource>();
  /** Every id that changed, in order; the cursor is a position in it. */
  readonly log: string[] = [];
  cursor = 0;
  readonly id: string;
  readonly role: "source" | "overlay";
  #etags = 0;

  constructor(id: string, role: "source" | "overlay") {
    this.id = id;
    this.role = role;
  }

  idOf(uid: string): string {
    return `${this.id}${uid}.ics`;
  }

  write(id: string, ical: string): string {
    const etag = `${this.id}-${++this.#etags}`;
    this.resources.set(id, { etag, ical });
    this.log.push(id);
    return etag;
  }

  remove(id: string): void {
    if (this.resources.delete(id)) this.log.push(id);
  }

  holderOf(uid: string): ProviderEvent | null {
    const held = [...this.resources].find(([, { ical }]) => ical.includes(`\r\nUID:${uid}\r\n`));
    return held === undefined ? null : this.current(held[0]);
  }

  current(id: string): ProviderEvent | null {
    const resource = this.resources.get(id);
    return resource === undefined ? null : { id, ...resource };
  }
}

export class SimulatedAccount {
  readonly accountId: AccountId;
  readonly source: SimulatedCalendar;
  readonly overlay: SimulatedCalendar;
  /** Writes that reached the provider. */
  writes = 0;

  constructor(accountId: AccountId) {
    this.accountId = accountId;
    this.source = new SimulatedCalendar(`/${accountId}/calendar/`, "source");
    this.overlay = new SimulatedCalendar(`/${accountId}/busy/`, "overlay");
  }
}

/** Pulls what changed since the cursor. `forgetful`: applied, but the cursor is lost, as by a crash. */
export async function pull(
  graph: Graph,
  account: SimulatedAccount,
  forgetful = false,
): Promise<readonly DeltaOutcome[]> {
  const outcomes: DeltaOutcome[] = [];
  for (const calendar of [account.source, account.overlay]) {
    const end = calendar.log.length;
    const ids = [...new Set(calendar.log.slice(calendar.cursor, end))];
    if (ids.length === 0) continue;
    const outcome = await applyProviderDelta(graph, {
      accountId: account.accountId,
      providerCalendarId: calendar.id,
      role: calendar.role,
      upserts: ids.flatMap((id) => calendar.current(id) ?? []),
      deletedIds: ids.filter((id) => !calendar.resources.has(id)),
      deletionProof: "tombstone",
    });
    outcomes.push(outcome);
    for (const orphan of outcome.orphans) calendar.remove(orphan.id);
    if (!forgetful) calendar.cursor = end;
  }
  return outcomes;
}

export interface PushFaults {
  /** The write happens, its report is lost. */
  readonly losesReport?: (write: PendingWrite) => boolean;
  readonly fails?: (write: PendingWrite) => boolean;
  /** The provider does not say the etag of what it stored. */
  readonly hidesEtag?: boolean;
}

export async function push(
  graph: Graph,
  account: SimulatedAccount,
  faults: PushFaults = {},
  limit = 20,
): Promise<number> {
  const writes = await pendingWrites(graph, account.accountId, limit);
  const reports: WriteReport[] = [];
  for (const write of writes) {
    if (faults.fails?.(write) === true) {
      const { canonicalEventId, kind } = write;
      reports.push({
        result: "failed",
        canonicalEventId,
        kind,
        code: "unreachable",
        reason: "The server cannot be reached.",
        permanent: false,
        counts: true,
        retryAfterMs: null,
      });
      continue;
    }
    const report = execute(account, write, faults.hidesEtag === true);
    if (faults.losesReport?.(write) !== true) reports.push(report);
  }
  await reportWrites(graph, account.accountId, reports);
  return writes.length;
}

function execute(account: SimulatedAccount, write: PendingWrite, hidesEtag: boolean): WriteReport {
  const calendar = write.kind === "overlay" ? account.overlay : account.source;
  const { canonicalEventId, kind, op } = write;
  const id = write.providerEventId ?? calendar.idOf(write.uid);
  const current = calendar.current(id);
  const place = { canonicalEventId, kind, op, providerCalendarId: calendar.id } as const;
  const done = {
    result: "done",
    ...place,
    providerEventId: id,
    desiredHash: write.desiredHash,
    ical: write.ical,
  } as const;
  if (op === "delete") {
    if (current !== null && current.etag !== write.expectedEtag)
      return { result: "conflict", ...place, current };
    calendar.remove(id);
    account.writes++;
    return { ...done, etag: null };
  }
  const isExpected =
    write.providerEventId === null
      ? current === null
      : current !== null && current.etag === write.expectedEtag;
  if (!isExpected) return { result: "conflict", ...place, current };
  // CALDAV:no-uid-conflict names who holds the UID (RFC 4791 5.3.2.1).
  const holder = calendar.holderOf(write.uid);
  if (holder !== null && holder.id !== id) return { result: "conflict", ...place, current: holder };
  account.writes++;
  const etag = calendar.write(id, write.ical);
  return { ...done, etag: hidesEtag ? null : etag };
}

/** Pulls and pushes until nothing moves. Answers the number of rounds; throws when it never ends. */
export async function settle(
  graph: Graph,
  accounts: readonly SimulatedAccount[],
  advance: () => void,
): Promise<number> {
  for (let round = 1; round <= 40; round++) {
    let moved = 0;
    for (const account of accounts) {
      const before =
        account.source.log.length +
        account.overlay.log.length -
        account.source.cursor -
        account.overlay.cursor;
      await pull(graph, account);
      moved += before + (await push(graph, account));
    }
    advance();
    if (moved === 0) return round;
  }
  throw new Error("the accounts never come to rest");
}
