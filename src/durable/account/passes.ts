// One pass over an account: what the engines do, judged into the account's health and its next wake-up.
// Runs under the account's lease.

import type { ReconcileReport, SyncReport } from "../../core/ports/account.ts";
import type { AccountState } from "../../core/ports/account-state.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Connector, ConnectorFailure } from "../../core/ports/connector.ts";
import type { Random } from "../../core/ports/random.ts";
import type { UserGraph } from "../../core/ports/user-graph.ts";
import { pull } from "../../federation/pull.ts";
import { push, type PushReport } from "../../federation/push.ts";
import { reconcile } from "../../federation/reconcile.ts";
import type { SealedCodec } from "../sql/sealed.ts";
import { judge, type Verdict } from "./health.ts";
import { readAccount, saveVerdict, saveWriting } from "./record.ts";
import type { AccountRecord } from "./record.ts";

/** A pass that is cut off is taken up again after this long. */
const CRASH_BACKSTOP_MS = 60_000;

const CONFLICT_MS = 1_000;

const BROKEN: Verdict = {
  health: "yellow",
  message: "Synchronising this account failed here, not at its server. It is tried again by itself.",
  needsReconnect: false,
  waitMs: 0,
};

export interface Workplace {
  readonly storage: DurableObjectStorage;
  readonly codec: SealedCodec;
  readonly account: AccountRecord;
  readonly connector: Connector;
  readonly graph: UserGraph;
  readonly state: AccountState;
  readonly clock: Clock;
  readonly random: Random;
}

export const nothingDone: SyncReport = {
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  written: 0,
  failed: 0,
  held: 0,
};

/** Pull, then push: what arrived may have to leave to this same account. */
export function syncPass(place: Workplace): Promise<SyncReport> {
  return guarded(place, async () => {
    const pulled = await pull(engineContext(place));
    const pushed = await write(place);
    await conclude(place, [...pulled.failures, ...pushed.failures]);
    return {
      created: pulled.created,
      updated: pulled.updated,
      deleted: pulled.deleted,
      unchanged: pulled.unchanged,
      held: pulled.held,
      written: pushed.written,
      failed: pushed.failed,
    };
  });
}

/** Writes that were cut off are looked for first: what they created may have moved meanwhile, and would be created again. */
export function pushPass(place: Workplace): Promise<SyncReport> {
  if (place.account.isWriting) return syncPass(place);
  return guarded(place, async (next) => {
    const { storage, clock } = place;
    const pushed = await write(place);
    if (pushed.failures.length > 0) await conclude(place, pushed.failures);
    // Somebody was faster there, or has taken it away: a whole pass finds out what happened.
    else if (pushed.conflicts > 0) await storage.setAlarm(clock.now() + CONFLICT_MS);
    // That writing works says nothing about reading: what the last whole pass found stands, and so does its next attempt.
    else if (next === null) await storage.deleteAlarm();
    else await storage.setAlarm(next);
    return { ...nothingDone, written: pushed.written, failed: pushed.failed };
  });
}

export function reconcilePass(place: Workplace): Promise<ReconcileReport> {
  return guarded(place, async () => {
    const { failures, ...report } = await reconcile(engineContext(place));
    const pushed = await write(place);
    await conclude(place, [...failures, ...pushed.failures]);
    return report;
  });
}

async function write(place: Workplace): Promise<PushReport> {
  saveWriting(place.storage.sql, true);
  const pushed = await push(engineContext(place));
  saveWriting(place.storage.sql, false);
  return pushed;
}

/** `next`: the wake-up that was set before, UTC ms. A pass that breaks is seen in the status, and taken up again. */
async function guarded<T>(place: Workplace, work: (next: number | null) => Promise<T>): Promise<T> {
  const { storage, codec, clock } = place;
  const next = await storage.getAlarm();
  await storage.setAlarm(clock.now() + CRASH_BACKSTOP_MS);
  try {
    return await work(next);
  } catch (error) {
    await saveVerdict(storage.sql, codec, BROKEN, place.account.attempts + 1, clock.now());
    throw error;
  }
}

function engineContext({ account, connector, graph, state, clock, random }: Workplace) {
  return { accountId: account.accountId, connector, graph, state, clock, random };
}

async function conclude(place: Workplace, failures: readonly ConnectorFailure[]): Promise<void> {
  const { storage, codec, clock, random } = place;
  const before = (await readAccount(storage.sql, codec)) ?? place.account;
  const attempts = failures.length === 0 ? 0 : before.attempts + 1;
  const jitter = ((random.bytes(2)[0] ?? 0) * 256 + (random.bytes(2)[1] ?? 0)) / 65_536;
  const verdict = judge(failures, attempts, jitter);
  const now = clock.now();
  await saveVerdict(storage.sql, codec, verdict, attempts, now);
  // Proven bad credentials wait for the user. The outbox has a wake-up of its own.
  if (verdict.health === "green" || verdict.needsReconnect) await storage.deleteAlarm();
  else await storage.setAlarm(now + Math.max(verdict.waitMs, 1_000));
}
