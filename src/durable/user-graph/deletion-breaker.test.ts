import { describe, expect, it } from "vitest";
import { decideApproval } from "./approvals.ts";
import { readApprovals } from "./deletion-breaker.ts";
import { applyProviderDelta } from "./delta.ts";
import { pendingWrites } from "./outbox.ts";
import { pull, push } from "./simulated-provider.ts";
import { A, ical, titlesIn, world } from "./testing-world.ts";
import type { World } from "./testing-world.ts";

async function thirty({ a, rest }: World): Promise<readonly string[]> {
  const ids = Array.from({ length: 30 }, (_, index) => a.source.idOf(`e${index}`));
  for (const [index, id] of ids.entries()) a.source.write(id, ical(`e${index}`, `Event ${index}`));
  await rest();
  return ids;
}

describe("the deletion breaker (invariant G)", () => {
  it("holds a mass deletion and applies it when approved", () =>
    world(async (w) => {
      for (const id of await thirty(w)) w.a.source.remove(id);
      expect(await pull(w.graph, w.a, true)).toMatchObject([{ deleted: 0, heldDeletions: 30 }]);
      expect(await pull(w.graph, w.a)).toMatchObject([{ deleted: 0, heldDeletions: 30 }]);
      expect((await w.titles()).length).toBe(30);
      const [approval, ...others] = readApprovals(w.graph.sql);
      expect(approval).toMatchObject({ accountId: A, kind: "mass-deletion", events: 30 });
      expect(others).toEqual([]);
      if (approval === undefined) return;
      expect(await decideApproval(w.graph, approval.approvalId, "approve")).toBe(true);
      expect(await decideApproval(w.graph, approval.approvalId, "approve")).toBe(false);
      await w.rest();
      expect(await w.titles()).toEqual([]);
      expect(titlesIn(w.b, "overlay")).toEqual([]);
      expect(readApprovals(w.graph.sql)).toEqual([]);
    }));

  it("creates the events again when rejected", () =>
    world(async (w) => {
      for (const id of await thirty(w)) w.a.source.remove(id);
      await pull(w.graph, w.a);
      const [approval] = readApprovals(w.graph.sql);
      if (approval === undefined) throw new Error("nothing was held");
      await decideApproval(w.graph, approval.approvalId, "reject");
      await w.rest();
      await w.rest();
      expect(w.a.source.resources.size).toBe(30);
      expect((await w.titles()).length).toBe(30);
    }));

  it("counts deletions that come one by one as one pass", () =>
    world(async (w) => {
      let deleted = 0;
      let held = 0;
      for (const id of await thirty(w)) {
        w.a.source.remove(id);
        for (const outcome of await pull(w.graph, w.a)) {
          deleted += outcome.deleted;
          held += outcome.heldDeletions;
        }
      }
      expect(deleted).toBe(20);
      expect(held).toBe(10);
    }));

  it("forgets a held deletion when the event is there again", () =>
    world(async (w) => {
      const ids = await thirty(w);
      for (const id of ids) w.a.source.remove(id);
      await pull(w.graph, w.a);
      for (const [index, id] of ids.entries()) w.a.source.write(id, ical(`e${index}`, `Event ${index}`));
      await pull(w.graph, w.a);
      expect(readApprovals(w.graph.sql)).toEqual([]);
    }));

  it.each(["approve", "reject"] as const)("keeps an edit that was made meanwhile (%s)", (decision) =>
    world(async (w) => {
      for (const id of await thirty(w)) w.a.source.remove(id);
      await pull(w.graph, w.a);
      await w.put("e0", "Edited");
      await push(w.graph, w.a);
      const [approval] = readApprovals(w.graph.sql);
      if (approval === undefined) throw new Error("nothing was held");
      await decideApproval(w.graph, approval.approvalId, decision);
      await w.rest();
      await w.rest();
      const left =
        decision === "approve" ? ["Edited"] : expect.arrayContaining(["Edited", "Event 1", "Event 29"]);
      expect(await w.titles()).toEqual(left);
      expect(titlesIn(w.a, "source")).toEqual(await w.titles());
    }),
  );

  it("does not wait for approval with what is there again, where only a write of ours has met it", () =>
    world(async (w) => {
      const ids = await thirty(w);
      const [first] = ids;
      const before = w.a.source.resources.get(first ?? "");
      for (const id of ids) w.a.source.remove(id);
      await pull(w.graph, w.a);
      if (first === undefined || before === undefined) throw new Error("there are thirty");
      w.a.source.resources.set(first, before);
      await w.put("e0", "Edited");
      await push(w.graph, w.a);
      expect(titlesIn(w.a, "source")).toEqual(["Edited"]);
      const [approval] = readApprovals(w.graph.sql);
      expect(approval?.events).toBe(29);
      if (approval === undefined) return;
      await decideApproval(w.graph, approval.approvalId, "approve");
      expect(await w.titles()).toEqual(["Edited"]);
    }));

  it("does not create again, when rejected, what stands in another calendar of the account", () =>
    world(async (w) => {
      const ids = await thirty(w);
      await applyProviderDelta(w.graph, {
        accountId: A,
        providerCalendarId: "/acc_A/other/",
        role: "source",
        upserts: ids.map((_, index) => ({
          id: `/acc_A/other/e${index}.ics`,
          etag: `o${index}`,
          ical: ical(`e${index}`, `Event ${index}`),
        })),
        deletedIds: [],
        deletionProof: "tombstone",
      });
      for (const id of ids) w.a.source.remove(id);
      await pull(w.graph, w.a);
      const [approval] = readApprovals(w.graph.sql);
      if (approval === undefined) throw new Error("nothing was held");
      await decideApproval(w.graph, approval.approvalId, "reject");
      expect(await pendingWrites(w.graph, A, 100)).toEqual([]);
      expect((await w.titles()).length).toBe(30);
    }));
});
