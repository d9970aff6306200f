// Events that bear a tag of ours and that no mapping knows (invariant A): somebody else's blocks, copies of ours, and our own ones of
// which the confirmation, or the tag, was lost.

import { describe, expect, it } from "vitest";
import type { AccountId } from "../../core/id.ts";
import { addAccount, removeAccount, setEdge } from "./accounts.ts";
import { decideApproval } from "./approvals.ts";
import { workOneBatch } from "./background.ts";
import { readApprovals } from "./deletion-breaker.ts";
import { applyProviderDelta } from "./delta.ts";
import { pull, push } from "./simulated-provider.ts";
import { A, B, ical, titlesIn, world } from "./testing-world.ts";

function foreign(uid: string, title: string): string {
  const tags = ["X-T-MINUS-SERVICE:t-minus", "X-T-MINUS-MANAGED:of-another-key", "X-T-MINUS-EVENT:evt_other"];
  return ical(uid, title).replace("END:VEVENT", `${tags.join("\r\n")}\r\nEND:VEVENT`);
}

const withoutTags = (text: string): string => text.replaceAll(/^X-T-MINUS-.*\r\n/gm, "");

describe("what another installation manages", () => {
  it("is shown, projected nowhere, and left alone at the provider, whatever happens to the policy", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), foreign("one", "Busy elsewhere"));
      await rest();
      for (const from of [A, "canonical"] as const)
        await setEdge(graph, { from, to: B, detail: "FULL", kind: "MIRROR", enabled: true });
      while (await workOneBatch(graph));
      await rest();
      a.source.write(a.source.idOf("one"), foreign("one", "Busy later"));
      await rest();
      expect(await titles()).toEqual(["Busy later"]);
      expect(titlesIn(a, "source")).toEqual(["Busy later"]);
      expect([titlesIn(b, "source"), titlesIn(b, "overlay")]).toEqual([[], []]);
      expect(a.writes + b.writes).toBe(0);
      expect(graph.sql.exec("SELECT origin_account_id AS origin FROM events").one()).toEqual({ origin: A });
    }));

  it("stays with the account that also has it when its own account is removed", () =>
    world(async ({ graph, a, b, put, rest, titles }) => {
      a.source.write(a.source.idOf("one"), foreign("one", "Busy"));
      b.source.write(b.source.idOf("one"), foreign("one", "Busy"));
      await rest();
      await removeAccount(graph, A);
      while (await workOneBatch(graph));
      await rest();
      await put("one", "Edited");
      await rest();
      expect(titlesIn(b, "source")).toEqual(["Edited"]);
      expect(await titles()).toEqual(["Edited"]);
    }));

  it("is created again and still projected nowhere when its mass deletion is rejected", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      const uids = Array.from({ length: 30 }, (_, index) => `f${index}`);
      for (const uid of uids) a.source.write(a.source.idOf(uid), foreign(uid, uid));
      await rest();
      for (const uid of uids) a.source.remove(a.source.idOf(uid));
      await pull(graph, a);
      const [approval] = readApprovals(graph.sql);
      if (approval === undefined) throw new Error("nothing was held");
      await decideApproval(graph, approval.approvalId, "reject");
      await rest();
      await rest();
      await rest();
      expect((await titles()).length).toBe(30);
      expect(a.source.resources.size).toBe(30);
      expect([titlesIn(b, "source"), titlesIn(b, "overlay")]).toEqual([[], []]);
    }));
});

describe("a block of ours", () => {
  it("never takes the place of an event that a person made from a copy of it", () =>
    world(async ({ graph, b, put, rest }) => {
      await put("one", "Mine");
      await rest();
      const [id, block] = [...b.overlay.resources][0] ?? [];
      if (id === undefined || block === undefined) throw new Error("there is no block");
      const own = (title: string): string =>
        block.ical.replace(/^UID:.*$/m, "UID:copied").replace("SUMMARY:Busy", `SUMMARY:${title}`);
      b.source.write("/acc_B/calendar/copied.ics", own("Dentist"));
      await rest();
      b.overlay.remove(id);
      await pull(graph, b);
      b.source.write("/acc_B/calendar/copied.ics", own("Dentist at nine"));
      await pull(graph, b);
      const mapped = graph.sql.exec(
        "SELECT 1 FROM event_mirrors WHERE kind <> 'origin' AND provider_event_id LIKE '%copied.ics'",
      );
      expect(mapped.toArray()).toEqual([]);
      await rest();
      expect(titlesIn(b, "source")).toEqual(["Dentist at nine"]);
      expect(titlesIn(b, "overlay")).toEqual(["Busy"]);
    }));

  it("is known by its UID where the server drops the tag and the confirmation was lost", () =>
    world(async ({ graph, a, b, put, rest, titles }) => {
      await put("one", "Mine");
      await push(graph, b, { losesReport: () => true });
      for (const [id, { ical: text }] of b.overlay.resources) b.overlay.write(id, withoutTags(text));
      await rest();
      expect(await titles()).toEqual(["Mine"]);
      expect([titlesIn(a, "overlay"), titlesIn(b, "overlay")]).toEqual([[], ["Busy"]]);
    }));

  it("is not multiplied where the server drops the tag and nobody knows its UID any more", () =>
    world(async ({ graph, a, b, put, rest, titles }) => {
      await put("one", "Mine");
      await rest();
      const [block] = [...b.overlay.resources.values()];
      await removeAccount(graph, B);
      while (await workOneBatch(graph));
      a.source.write("/acc_A/calendar/stray.ics", withoutTags(block?.ical ?? ""));
      await rest();
      expect((await titles()).toSorted()).toEqual(["Busy", "Mine"]);
      const strays = graph.sql
        .exec("SELECT role FROM event_sources WHERE provider_event_id LIKE '%stray.ics'")
        .one();
      expect(strays).toEqual({ role: "foreign" });
    }));

  it("is left alone where the same server is connected twice: it is wanted there", () =>
    world(async ({ graph, b, put, rest }) => {
      await put("one", "Mine");
      await rest();
      const twin = "acc_C" as AccountId;
      await addAccount(graph, { accountId: twin, provider: "caldav", label: "Home again" });
      const upserts = [...b.overlay.resources].map(([id, resource]) => ({ id, ...resource }));
      const delta = {
        accountId: twin,
        providerCalendarId: b.overlay.id,
        role: "overlay",
        deletedIds: [],
      } as const;
      const outcome = await applyProviderDelta(graph, { ...delta, upserts, deletionProof: "tombstone" });
      expect([upserts.length, outcome.orphans]).toEqual([1, []]);
    }));
});
