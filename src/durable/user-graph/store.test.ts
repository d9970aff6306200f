// The contract of every calendar store, over the database of a real Durable Object.

import { calendarStoreContract } from "../../core/testing/calendar-store-contract.ts";
import { calendarStore } from "./store.ts";
import { inFreshObject, openTestGraph } from "./testing-graph.ts";

let current: DurableObjectState | undefined;

calendarStoreContract(
  async () => {
    if (current === undefined) throw new Error("a store is made inside its object");
    // 2026-03-01: the index window lies around the contract's dates.
    return calendarStore(await openTestGraph(current.storage, { now: () => Date.UTC(2026, 2, 1) }));
  },
  (body) =>
    inFreshObject(async (state) => {
      current = state;
      await body();
    }),
);
