// One synchronous transaction per write. Revisions are handed out inside it, one to every changed member, and recorded with it;
// the memory of the object changes only when the transaction has committed. Runs inside the lane (lane.ts): a state that moved since
// `seen` is a broken invariant, not an expected failure.

import { assert } from "../../core/assert.ts";
import type { AccountId } from "../../core/id.ts";
import type { Graph, GraphState } from "./graph.ts";

export interface Write {
  readonly nowMs: number;
  /** The next revision, given to a member of (or a change to) a collection; null for a change of the home or principal. */
  revise(calendarKey: number | null): number;
  /** Accounts that have writes due after this commit. */
  readonly due: Set<AccountId>;
  /** A write is due at that time. */
  wakeBy(at: number): void;
  countEvents(difference: number): void;
  /** Runs after the commit, in the same turn. */
  afterCommit(change: (state: GraphState) => void): void;
}

export function transact<T>(graph: Graph, seenVersion: number, run: (write: Write) => T): T {
  const { state, sql } = graph;
  let revision = state.owner.revision;
  let live = 0;
  const revised = new Map<number, number>();
  const changes: ((state: GraphState) => void)[] = [];
  const due = new Set<AccountId>();
  let wakeAt = Infinity;
  const write: Write = {
    nowMs: graph.clock.now(),
    due,
    wakeBy(at) {
      wakeAt = Math.min(wakeAt, at);
    },
    revise(calendarKey) {
      revision++;
      if (calendarKey !== null) revised.set(calendarKey, revision);
      return revision;
    },
    countEvents(difference) {
      live += difference;
    },
    afterCommit(change) {
      changes.push(change);
    },
  };
  const result = graph.storage.transactionSync(() => {
    assert(state.version === seenVersion, "what a write was prepared from has not changed when it commits");
    const answer = run(write);
    if (revision !== state.owner.revision) {
      sql.exec("UPDATE owner SET revision = ? WHERE only = 1", revision);
      for (const [calendarKey, last] of revised) {
        sql.exec("UPDATE calendars SET revision = ? WHERE calendar_key = ?", last, calendarKey);
      }
    }
    return answer;
  });
  state.version++;
  state.liveEvents += live;
  if (revision !== state.owner.revision) {
    state.owner = { ...state.owner, revision };
    if (revised.size > 0) {
      state.collections = state.collections.map((collection) => {
        const last = revised.get(collection.calendarKey);
        return last === undefined ? collection : { ...collection, revision: last };
      });
    }
  }
  for (const change of changes) change(state);
  if (due.size > 0 || wakeAt !== Infinity) graph.wake(due, wakeAt);
  return result;
}
