import { describe, expect, it } from "vitest";
import { removeAccount, setEdge } from "./accounts.ts";
import { workOneBatch } from "./background.ts";
import { knownResources, pendingWrites } from "./outbox.ts";
import { reconcileListing } from "./reconcile.ts";
import { push, settle } from "./simulated-provider.ts";
import { readMirrorStatus } from "./status.ts";
import { openTestGraph } from "./testing-graph.ts";
import { A, B, ical, titlesIn, world } from "./testing-world.ts";

describe("policy and accounts", () => {
  it("recompiles in batches when an edge changes, also after a restart in between", () =>
    world(async ({ graph, a, b, rest }) => {
      for (let index = 0; index < 120; index++)
        a.source.write(a.source.idOf(`e${index}`), ical(`e${index}`, `Event ${index}`));
      for (let round = 0; round < 12; round++) await rest();
      expect(new Set(titlesIn(b, "overlay"))).toEqual(new Set(["Busy"]));
      expect(b.overlay.resources.size).toBe(120);
      await setEdge(graph, { from: A, to: B, detail: "TITLE", kind: "OVERLAY", enabled: true });
      expect(await workOneBatch(graph)).toBe(true);
      const again = await openTestGraph(graph.storage, { now: graph.clock.now });
      while (await workOneBatch(again));
      const writes = await pendingWrites(again, B, 1_000);
      expect(writes.length).toBe(120);
      expect(writes.every((write) => write.ical.includes("SUMMARY:Event"))).toBe(true);
    }));

  it("takes busy blocks away when an edge is switched off", () =>
    world(async ({ graph, a, b, rest }) => {
      a.source.write(a.source.idOf("one"), ical("one", "Event"));
      await rest();
      await setEdge(graph, { from: A, to: B, detail: "BUSY", kind: "OVERLAY", enabled: false });
      while (await workOneBatch(graph));
      await rest();
      expect(titlesIn(b, "overlay")).toEqual([]);
      expect(titlesIn(a, "source")).toEqual(["Event"]);
    }));

  it("lets the events leave that only a removed account had", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      a.source.write(a.source.idOf("mine"), ical("mine", "Only A"));
      a.source.write(a.source.idOf("both"), ical("both", "Both"));
      b.source.write(b.source.idOf("both"), ical("both", "Both"));
      await rest();
      await removeAccount(graph, A);
      while (await workOneBatch(graph));
      await settle(graph, [b], () => undefined).catch(() => undefined);
      expect(await titles()).toEqual(["Both"]);
      expect(titlesIn(b, "source")).toEqual(["Both"]);
      expect(titlesIn(b, "overlay")).toEqual([]);
      expect(graph.state.accounts.map((account) => [account.accountId, account.isDefault])).toEqual([
        [B, true],
      ]);
      expect(graph.sql.exec("SELECT count(*) AS n FROM event_mirrors WHERE account_id = ?", A).one()).toEqual(
        { n: 0 },
      );
      expect(graph.sql.exec("SELECT count(*) AS n FROM event_sources WHERE account_id = ?", A).one()).toEqual(
        { n: 0 },
      );
    }));

  it("reports what is missing, drifted and unknown in an overlay, and repairs it", () =>
    world(async ({ graph, b, put, rest }) => {
      for (const uid of ["one", "two", "three"]) await put(uid, uid);
      await rest();
      const [missing, drifted] = [...b.overlay.resources.keys()];
      b.overlay.resources.delete(missing ?? "");
      b.overlay.resources.set(drifted ?? "", { etag: "other", ical: ical("x", "Other") });
      b.overlay.resources.set("/stray.ics", { etag: "s", ical: ical("stray", "Stray") });
      const present = [...b.overlay.resources].map(([id, { etag }]) => ({ id, etag }));
      const listing = { accountId: B, providerCalendarId: b.overlay.id, role: "overlay", present } as const;
      expect(await reconcileListing(graph, listing)).toEqual({
        missing: 1,
        drifted: 1,
        orphanIds: ["/stray.ics"],
      });
      await push(graph, b);
      await push(graph, b);
      expect(b.overlay.resources.has(missing ?? "")).toBe(true);
    }));

  it("shows pending, active and failed writes and what went wrong", () =>
    world(async ({ graph, b, put, rest, advance }) => {
      await put("one", "One");
      expect((await readMirrorStatus(graph)).map(({ accountId, pending }) => [accountId, pending])).toEqual([
        [A, 1],
        [B, 1],
      ]);
      await push(graph, b, { fails: () => true });
      const status = (await readMirrorStatus(graph)).find(({ accountId }) => accountId === B);
      expect(status).toMatchObject({
        pending: 1,
        active: 0,
        errors: [{ error: "The server cannot be reached." }],
      });
      expect(status?.nextAttemptAt).toBeGreaterThan(graph.clock.now());
      expect(await pendingWrites(graph, B, 10)).toEqual([]);
      advance();
      await rest();
      expect(
        (await readMirrorStatus(graph)).map(({ pending, active, failed }) => [pending, active, failed]),
      ).toEqual([
        [0, 1, 0],
        [0, 1, 0],
      ]);
      expect(knownResources(graph.sql, B, b.overlay.id)).toMatchObject([{ ours: true }]);
    }));
});
