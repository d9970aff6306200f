// The pipeline out, for one account: drains the outbox until nothing is due. A row is handed out a few times at most in one pass (the
// first answer may be a conflict, and the merge is written next); a provider that asks us to wait, refuses the credentials or is
// gone ends the pass, and what was handed out but not tried is given back.

import type { ConnectorFailure } from "../core/ports/connector.ts";
import type { PendingWrite } from "../core/ports/user-graph.ts";
import type { EngineContext } from "./context.ts";
import { giveUp } from "./failure.ts";
import { inParallel } from "./in-parallel.ts";
import { ensureOverlay } from "./overlay.ts";
import { endsPass } from "./pull.ts";
import { conflict, failed, writeOne, type Written } from "./write-one.ts";

export interface PushReport {
  readonly written: number;
  readonly conflicts: number;
  readonly failed: number;
  readonly failures: readonly ConnectorFailure[];
}

const PARALLEL_MAX = 4;
const HANDED_OUT_MAX = 40;
const TRIES_A_PASS_MAX = 4;

interface Pass {
  readonly context: EngineContext;
  overlay: Promise<string | ConnectorFailure> | null;
  overlayIsStale: boolean;
  stop: ConnectorFailure | null;
}

export async function push(context: EngineContext): Promise<PushReport> {
  const pass: Pass = { context, overlay: null, overlayIsStale: false, stop: null };
  const tries = new Map<string, number>();
  const failures: ConnectorFailure[] = [];
  const report = { written: 0, conflicts: 0, failed: 0 };
  while (pass.stop === null) {
    const writes = await context.graph.pendingWrites(context.accountId, HANDED_OUT_MAX);
    if (writes.length === 0) break;
    const results = await inParallel(writes, PARALLEL_MAX, (write) => attempt(pass, write));
    await context.graph.reportWrites(
      context.accountId,
      results.map((result) => result.report),
    );
    for (const result of results) {
      if (result.report.result === "done") report.written++;
      else if (result.report.result === "conflict") report.conflicts++;
      else report.failed++;
      if (result.failure !== null) failures.push(result.failure);
    }
    if (writes.some((write) => countTry(tries, write) >= TRIES_A_PASS_MAX)) break;
  }
  return { ...report, failures: distinct(failures) };
}

async function attempt(pass: Pass, write: PendingWrite): Promise<Written> {
  if (pass.stop !== null) return notTried(write, pass.stop);
  const calendarId = await calendarOf(pass, write);
  if (typeof calendarId !== "string") return failed(write, calendarId);
  const written = await writeOne(pass.context.connector, write, calendarId);
  const { failure } = written;
  if (failure === null) return written;
  if (endsPass(failure)) pass.stop ??= failure;
  const calendarIsGone = failure.kind === "give-up" && failure.code === "not-found";
  if (!calendarIsGone) return written;
  if (write.kind !== "overlay") {
    // Nothing of it exists yet: it may as well be created in the default calendar.
    const isNew = write.providerEventId === null && write.providerCalendarId !== null;
    return isNew ? conflict(write, calendarId, null) : written;
  }
  // The user deleted the overlay calendar: the block is written again, into a new one.
  pass.overlay = null;
  pass.overlayIsStale = true;
  return conflict(write, calendarId, null);
}

async function calendarOf(pass: Pass, write: PendingWrite): Promise<string | ConnectorFailure> {
  if (write.providerCalendarId !== null) return write.providerCalendarId;
  if (write.kind === "overlay") return overlayOf(pass);
  const calendars = await pass.context.state.calendars();
  const writable = calendars.filter((calendar) => calendar.writable && calendar.role === "source");
  const target = writable.find((calendar) => calendar.primary) ?? writable[0];
  return (
    target?.providerCalendarId ?? giveUp("refused", "The account has no calendar that can be written to.")
  );
}

/** Asked for once a pass, however many blocks wait for it. */
function overlayOf(pass: Pass): Promise<string | ConnectorFailure> {
  pass.overlay ??= ensureOverlay(pass.context, pass.overlayIsStale).then((overlay) =>
    overlay.ok ? overlay.value : overlay.error,
  );
  return pass.overlay;
}

/** Given back: nothing was sent, nothing is counted. */
function notTried(write: PendingWrite, stop: ConnectorFailure): Written {
  const { report } = failed(write, stop);
  return {
    report: report.result === "failed" ? { ...report, counts: false, permanent: false } : report,
    failure: null,
  };
}

function countTry(tries: Map<string, number>, write: PendingWrite): number {
  const key = `${write.canonicalEventId} ${write.kind}`;
  const count = (tries.get(key) ?? 0) + 1;
  tries.set(key, count);
  return count;
}

/** One of each kind and code: the account's health is about kinds. */
function distinct(failures: readonly ConnectorFailure[]): readonly ConnectorFailure[] {
  return [...new Map(failures.map((failure) => [`${failure.kind} ${failure.reason}`, failure])).values()];
}
