// The wake-up (a Durable Object alarm): the backstop of the outbox, batches of background work, the rolling index, pruning. A lost queue
// message costs a delay, never a change.

import type { AccountId } from "../../core/id.ts";
import { workOneBatch } from "./background.ts";
import { pruneTombstones } from "./changes.ts";
import type { Graph } from "./graph.ts";
import { extendOneBatch, hasOpenSeries } from "./occurrence-window.ts";
import { outboxStatements } from "./outbox.ts";

/** How long a queue message may take before the wake-up sends another. */
export const BACKSTOP_MS = 30_000;
const DAY_MS = 86_400_000;
const BATCHES_MAX = 10;

export interface WakeUp {
  /** Accounts to be looked at now. */
  readonly due: readonly AccountId[];
  /** UTC ms of the next wake-up; null: none is needed. */
  readonly nextAt: number | null;
  /** A batch broke. It is tried again later, and whatever is due leaves all the same. */
  readonly failure: { readonly error: unknown } | null;
}

export async function wakeUp(graph: Graph): Promise<WakeUp> {
  let isDone = false;
  let failure: WakeUp["failure"] = null;
  try {
    isDone = (await inBatches(() => workOneBatch(graph))) && (await inBatches(() => extendOneBatch(graph)));
    pruneTombstones(graph);
  } catch (error) {
    failure = { error };
  }
  const now = graph.clock.now();
  const due: AccountId[] = [];
  let nextAt = isDone ? (hasOpenSeries(graph.sql) ? now + DAY_MS : Infinity) : now;
  if (failure !== null) nextAt = now + BACKSTOP_MS;
  for (const { accountId } of graph.state.accounts) {
    const first = graph.sql
      .exec<{ next_attempt_at: number | null }>(outboxStatements.nextDue, accountId)
      .one().next_attempt_at;
    if (first === null) continue;
    if (first <= now) due.push(accountId);
    nextAt = Math.min(nextAt, Math.max(first, now + BACKSTOP_MS));
  }
  return { due, nextAt: nextAt === Infinity ? null : nextAt, failure };
}

/** True when the work ended within its share of batches. */
export async function inBatches(work: () => Promise<boolean>): Promise<boolean> {
  for (let batch = 0; batch < BATCHES_MAX; batch++) if (!(await work())) return true;
  return false;
}
