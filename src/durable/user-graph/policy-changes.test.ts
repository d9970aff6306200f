// What a change of policy does to the copies that exist, whatever was on its way when it changed.

import { describe, expect, it } from "vitest";
import type { DetailLevel, EdgeCalendarKind } from "../../core/ports/user-graph.ts";
import { addAccount, removeAccount, setEdge } from "./accounts.ts";
import type { AccountId } from "../../core/id.ts";
import { workOneBatch } from "./background.ts";
import { pendingWrites, reportWrites } from "./outbox.ts";
import { pull, push, settle, SimulatedAccount } from "./simulated-provider.ts";
import { openTestGraph } from "./testing-graph.ts";
import { A, B, ical, titlesIn, world } from "./testing-world.ts";
import type { World } from "./testing-world.ts";

async function edge(
  { graph }: World,
  detail: DetailLevel,
  kind: EdgeCalendarKind,
  enabled = true,
): Promise<void> {
  await setEdge(graph, { from: A, to: B, detail, kind, enabled });
  while (await workOneBatch(graph));
}

async function one(w: World): Promise<void> {
  w.a.source.write(w.a.source.idOf("one"), ical("one", "Board meeting"));
  await w.rest();
}

const everything = ({ a, b }: World) => [
  titlesIn(a, "source"),
  titlesIn(a, "overlay"),
  titlesIn(b, "source"),
  titlesIn(b, "overlay"),
];

describe("an edge that changes", () => {
  it("from BUSY to FULL and back leaves nothing of the detail, in one object all the while", () =>
    world(async (w) => {
      await one(w);
      const [id] = [...w.b.overlay.resources.keys()];
      await edge(w, "FULL", "OVERLAY");
      await w.rest();
      expect(titlesIn(w.b, "overlay")).toEqual(["Board meeting"]);
      await edge(w, "BUSY", "OVERLAY");
      await w.rest();
      expect(titlesIn(w.b, "overlay")).toEqual(["Busy"]);
      expect([...w.b.overlay.resources.keys()]).toEqual([id]);
    }));

  it("back and forth before anything was written writes nothing", () =>
    world(async (w) => {
      await one(w);
      const writes = w.b.writes;
      await edge(w, "FULL", "OVERLAY");
      await edge(w, "BUSY", "OVERLAY");
      await w.rest();
      expect([w.b.writes, titlesIn(w.b, "overlay")]).toEqual([writes, ["Busy"]]);
    }));

  it.each([false, true])(
    "while the wider payload is on its way ends at the narrower one (report lost: %s)",
    (lost) =>
      world(async (w) => {
        await one(w);
        await edge(w, "FULL", "OVERLAY");
        const [write] = await pendingWrites(w.graph, B, 10);
        if (write?.op !== "upsert") throw new Error("nothing is due");
        const id = write.providerEventId ?? "";
        const etag = w.b.overlay.write(id, write.ical);
        await edge(w, "BUSY", "OVERLAY");
        if (!lost) {
          const { canonicalEventId, kind, op, desiredHash } = write;
          const place = { providerCalendarId: w.b.overlay.id, providerEventId: id, etag };
          const report = {
            result: "done",
            canonicalEventId,
            kind,
            op,
            ...place,
            desiredHash,
            ical: write.ical,
          } as const;
          await reportWrites(w.graph, B, [report]);
        }
        await w.rest();
        expect(titlesIn(w.b, "overlay")).toEqual(["Busy"]);
      }),
  );

  it("from OVERLAY to MIRROR moves the copies, and back", () =>
    world(async (w) => {
      await one(w);
      await edge(w, "TITLE", "MIRROR");
      await w.rest();
      expect(everything(w)).toEqual([["Board meeting"], [], ["Board meeting"], []]);
      await edge(w, "TITLE", "OVERLAY");
      await w.rest();
      expect(everything(w)).toEqual([["Board meeting"], [], [], ["Board meeting"]]);
      expect(await w.titles()).toEqual(["Board meeting"]);
    }));

  it("from OVERLAY to MIRROR with every report lost doubles nothing", () =>
    world(async (w) => {
      w.a.source.write(w.a.source.idOf("one"), ical("one", "Board meeting"));
      await pull(w.graph, w.a);
      await push(w.graph, w.b, { losesReport: () => true });
      await edge(w, "TITLE", "MIRROR");
      await push(w.graph, w.b, { losesReport: () => true });
      w.advance();
      await w.rest();
      expect(everything(w)).toEqual([["Board meeting"], [], ["Board meeting"], []]);
      expect(await w.titles()).toEqual(["Board meeting"]);
    }));

  it("to disabled takes every copy away, also one whose writing was never confirmed", () =>
    world(async (w) => {
      w.a.source.write(w.a.source.idOf("one"), ical("one", "Board meeting"));
      await pull(w.graph, w.a);
      await push(w.graph, w.b, { losesReport: () => true });
      expect(w.b.overlay.resources.size).toBe(1);
      await edge(w, "BUSY", "OVERLAY", false);
      await w.rest();
      expect(everything(w)).toEqual([["Board meeting"], [], [], []]);
      await edge(w, "BUSY", "OVERLAY");
      await w.rest();
      expect(titlesIn(w.b, "overlay")).toEqual(["Busy"]);
    }));
});

describe("an account", () => {
  it("that is removed and added again under another id doubles nothing", () =>
    world(async (w) => {
      await one(w);
      await w.put("two", "Made here");
      await w.rest();
      await removeAccount(w.graph, B);
      while (await workOneBatch(w.graph));
      const again = new SimulatedAccount("acc_B2" as AccountId);
      for (const [from, to] of [
        [w.b.source, again.source],
        [w.b.overlay, again.overlay],
      ] as const)
        for (const [id, { ical: text }] of from.resources) to.write(id, text);
      await addAccount(w.graph, { accountId: again.accountId, provider: "caldav", label: "Home" });
      while (await workOneBatch(w.graph));
      await settle(w.graph, [w.a, again], w.advance);
      expect(await w.titles()).toEqual(["Board meeting", "Made here"]);
      expect(titlesIn(again, "overlay")).toEqual(["Busy", "Busy"]);
      expect(titlesIn(w.a, "overlay")).toEqual([]);
    }));

  it("that was the default one leaves what only unified has, and its heir takes what is new", () =>
    world(async (w) => {
      await w.put("never-written", "Never written");
      await removeAccount(w.graph, A);
      while (await workOneBatch(w.graph));
      await w.put("new", "New");
      await settle(w.graph, [w.b], w.advance);
      expect(await w.titles()).toEqual(["Never written", "New"]);
      expect(titlesIn(w.b, "source")).toEqual(["New"]);
      expect(titlesIn(w.b, "overlay")).toEqual(["Busy"]);
    }));
});

describe("the outbox", () => {
  it("asks a server that refuses a new object as one that exists more and more seldom", () =>
    world(async ({ graph, put, advance }) => {
      await put("one", "One");
      let handedOut = 0;
      for (let round = 0; round < 20; round++) {
        const writes = await pendingWrites(graph, A, 10);
        handedOut += writes.length;
        const reports = writes.map(({ canonicalEventId, kind, op }) => {
          const place = { providerCalendarId: "/acc_A/calendar/", current: null };
          return { result: "conflict", canonicalEventId, kind, op, ...place } as const;
        });
        await reportWrites(graph, A, reports);
      }
      expect(handedOut).toBe(2);
      advance();
      expect((await pendingWrites(graph, A, 10)).length).toBe(1);
    }));

  it("takes nothing away that it cannot read any more, and says so", () =>
    world(async (w) => {
      await one(w);
      const { sql, vault, storage } = w.graph;
      const row = sql
        .exec<{ id: string; key: number }>("SELECT canonical_event_id AS id, event_key AS key FROM events")
        .one();
      const sealed = await vault.seal({ column: "event_contents.ical", row: row.id }, "not iCalendar");
      sql.exec("UPDATE event_contents SET ical = ? WHERE event_key = ?", sealed, row.key);
      const graph = await openTestGraph(storage, { now: w.graph.clock.now });
      await setEdge(graph, { from: A, to: B, detail: "BUSY", kind: "OVERLAY", enabled: false });
      while (await workOneBatch(graph));
      sql.exec("UPDATE event_mirrors SET desired_hash = 'other'");
      await settle(graph, [w.a, w.b], w.advance).catch(() => undefined);
      expect(everything(w)).toEqual([["Board meeting"], [], [], ["Busy"]]);
    }));
});
