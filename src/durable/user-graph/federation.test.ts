import { describe, expect, it } from "vitest";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { AccountId } from "../../core/id.ts";
import { addAccount, removeAccount, setEdge } from "./accounts.ts";
import { decideApproval } from "./approvals.ts";
import { workOneBatch } from "./background.ts";
import { readApprovals } from "./deletion-breaker.ts";
import { knownResources, pendingWrites } from "./outbox.ts";
import { reconcileListing } from "./reconcile.ts";
import { pull, push, settle, SimulatedAccount } from "./simulated-provider.ts";
import { readMirrorStatus } from "./status.ts";
import { calendarStore } from "./store.ts";
import { inFreshObject, openTestGraph } from "./testing-graph.ts";
import type { TestGraph } from "./testing-graph.ts";

const A = "acc_A" as AccountId;
const B = "acc_B" as AccountId;

function ical(uid: string, summary: string, start = "20260302T090000Z"): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
  ];
  return [
    ...lines,
    `DTSTART:${start}`,
    "DURATION:PT1H",
    `SUMMARY:${summary}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

interface World {
  readonly graph: TestGraph;
  readonly a: SimulatedAccount;
  readonly b: SimulatedAccount;
  readonly advance: () => void;
  /** Also until the outbox is worked off. */
  readonly rest: () => Promise<number>;
  readonly put: (uid: string, summary: string, start?: string) => Promise<void>;
  readonly remove: (uid: string) => Promise<void>;
  readonly titles: () => Promise<readonly string[]>;
}

function world(run: (world: World) => Promise<void>): Promise<void> {
  return inFreshObject(async ({ storage }) => {
    let now = Date.UTC(2026, 2, 1);
    const graph = await openTestGraph(storage, { now: () => now });
    await addAccount(graph, { accountId: A, provider: "caldav", label: "Work" });
    await addAccount(graph, { accountId: B, provider: "caldav", label: "Home" });
    while (await workOneBatch(graph));
    const a = new SimulatedAccount(A);
    const b = new SimulatedAccount(B);
    const store = calendarStore(graph);
    const unified = store.collection("unified")?.calendarId;
    if (unified === undefined) throw new Error("unified always exists");
    const advance = (): void => {
      now += 7_200_000;
    };
    await run({
      graph,
      a,
      b,
      advance,
      rest: () => settle(graph, [a, b], advance),
      async put(uid, summary, start) {
        const object = readCalendarObject(ical(uid, summary, start));
        if (!object.ok) throw new Error("the test's own object is refused");
        const name = store.memberByUid(unified, uid)?.name ?? `${uid}.ics`;
        const check = () => undefined;
        const outcome = await store.put({
          calendarId: unified,
          name,
          object: object.value,
          check,
          actor: "caldav:test",
        });
        expect(outcome.ok).toBe(true);
      },
      async remove(uid) {
        const name = store.memberByUid(unified, uid)?.name ?? "";
        const outcome = await store.delete({
          calendarId: unified,
          name,
          check: () => undefined,
          actor: "caldav:test",
        });
        expect(outcome.ok).toBe(true);
      },
      async titles() {
        const members = await store.open(
          unified,
          store.members(unified).map((member) => member.name),
        );
        return members.map((member) => titleOf(member?.ical ?? "")).toSorted();
      },
    });
  });
}

function titleOf(text: string): string {
  return /^SUMMARY:(.*)\r$/m.exec(text)?.[1] ?? "";
}

function titlesIn(account: SimulatedAccount, which: "source" | "overlay"): readonly string[] {
  return [...account[which].resources.values()].map((resource) => titleOf(resource.ical)).toSorted();
}

describe("federation of one user", () => {
  it("shows an account's events in unified and blocks their time in the other account", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "Board meeting"));
      await pull(graph, a);
      expect(await titles()).toEqual(["Board meeting"]);
      expect(graph.woken).toContain(B);
      await rest();
      expect(titlesIn(b, "overlay")).toEqual(["Busy"]);
      expect([...b.overlay.resources.values()][0]?.ical).not.toContain("Board");
      expect(titlesIn(a, "overlay")).toEqual([]);
    }));

  it("takes a new event of the unified calendar to the default account in full and to the other as busy", () =>
    world(async ({ a, b, put, rest }) => {
      await put("new", "Dentist");
      await rest();
      expect(titlesIn(a, "source")).toEqual(["Dentist"]);
      expect(titlesIn(b, "overlay")).toEqual(["Busy"]);
      expect([...a.source.resources.values()][0]?.ical).toBe(ical("new", "Dentist"));
    }));

  it("applies a page twice without a second effect (idempotence)", () =>
    world(async ({ graph, a, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "First"));
      expect(await pull(graph, a, true)).toMatchObject([{ created: 1, unchanged: 0 }]);
      const revision = graph.state.owner.revision;
      expect(await pull(graph, a)).toMatchObject([{ created: 0, updated: 0, deleted: 0, unchanged: 1 }]);
      expect(graph.state.owner.revision).toBe(revision);
      expect(await titles()).toEqual(["First"]);
    }));

  it.each([false, true])("answers the echo of its own write with nothing (etag hidden: %s)", (hidesEtag) =>
    world(async ({ graph, a, b, put, rest }) => {
      await put("new", "Dentist");
      await push(graph, a, { hidesEtag });
      await push(graph, b, { hidesEtag });
      const writes = a.writes + b.writes;
      const revision = graph.state.owner.revision;
      await rest();
      await rest();
      expect(a.writes + b.writes).toBe(writes);
      expect(graph.state.owner.revision).toBe(revision);
    }),
  );

  it("writes an edit back to where the event came from and nowhere twice", () =>
    world(async ({ a, b, put, rest, titles }) => {
      b.source.write(b.source.idOf("one"), ical("one", "Old"));
      await rest();
      await put("one", "New");
      await rest();
      expect(titlesIn(b, "source")).toEqual(["New"]);
      expect(titlesIn(a, "source")).toEqual([]);
      expect(await titles()).toEqual(["New"]);
    }));

  it("moves with an edit at the provider", () =>
    world(async ({ a, b, put, rest }) => {
      await put("one", "Talk", "20260302T090000Z");
      await rest();
      a.source.write(a.source.idOf("one"), ical("one", "Talk", "20260303T150000Z"));
      await rest();
      expect(
        [...b.overlay.resources.values()].map((resource) => /DTSTART:(\S+)/.exec(resource.ical)?.[1]),
      ).toEqual(["20260303T150000Z"]);
    }));

  it.each(["client", "provider"])("deletes everywhere when the %s deletes", (who) =>
    world(async ({ a, b, put, remove, rest, titles, graph }) => {
      await put("one", "Gone soon");
      await rest();
      if (who === "client") await remove("one");
      else a.source.remove(a.source.idOf("one"));
      await rest();
      expect([await titles(), titlesIn(a, "source"), titlesIn(b, "overlay")]).toEqual([[], [], []]);
      expect(graph.sql.exec("SELECT count(*) AS n FROM events").one()).toEqual({ n: 0 });
      expect(graph.sql.exec("SELECT count(*) AS n FROM event_mirrors").one()).toEqual({ n: 0 });
    }),
  );

  it("puts a busy block back that somebody changed or deleted by hand", () =>
    world(async ({ b, put, rest }) => {
      await put("one", "Mine");
      await put("two", "Mine too", "20260304T090000Z");
      await rest();
      const [first, second] = [...b.overlay.resources.keys()];
      const text = b.overlay.resources.get(first ?? "")?.ical ?? "";
      b.overlay.write(first ?? "", text.replace("SUMMARY:Busy", "SUMMARY:Hello"));
      b.overlay.remove(second ?? "");
      await rest();
      expect(titlesIn(b, "overlay")).toEqual(["Busy", "Busy"]);
    }));

  it("lets an edit beat a deletion", () =>
    world(async ({ graph, a, put, rest, titles }) => {
      await put("one", "Before");
      await rest();
      a.source.remove(a.source.idOf("one"));
      await put("one", "After");
      await pull(graph, a);
      await rest();
      expect(await titles()).toEqual(["After"]);
      expect(titlesIn(a, "source")).toEqual(["After"]);
    }));

  it("brings an event back that the provider changed while its deletion was waiting", () =>
    world(async ({ a, put, remove, rest, titles }) => {
      await put("one", "Before");
      await rest();
      await remove("one");
      a.source.write(a.source.idOf("one"), ical("one", "Edited there"));
      await rest();
      expect(await titles()).toEqual(["Edited there"]);
      expect(titlesIn(a, "source")).toEqual(["Edited there"]);
    }));

  it("keeps its identity when a UID returns while the deletion is still on its way", () =>
    world(async ({ graph, a, put, remove, rest }) => {
      const idOf = () =>
        graph.sql.exec<{ id: string }>("SELECT canonical_event_id AS id FROM events WHERE uid = 'one'").one()
          .id;
      await put("one", "Before");
      const before = idOf();
      await rest();
      await remove("one");
      await put("one", "Again");
      expect(idOf()).toBe(before);
      await rest();
      expect(titlesIn(a, "source")).toEqual(["Again"]);
    }));

  it("rejects what cannot be read, says so and loses nothing else", () =>
    world(async ({ graph, a, titles }) => {
      a.source.write("/broken.ics", "BEGIN:VCALENDAR\r\nnonsense");
      a.source.write(a.source.idOf("one"), ical("one", "Fine"));
      expect(await pull(graph, a)).toMatchObject([{ created: 1, rejected: [{ id: "/broken.ics" }] }]);
      expect(await titles()).toEqual(["Fine"]);
    }));

  it("treats the same meeting in two accounts as one event", () =>
    world(async ({ a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "Shared"));
      b.source.write(b.source.idOf("one"), ical("one", "Shared"));
      await rest();
      expect(await titles()).toEqual(["Shared"]);
      expect([titlesIn(a, "overlay"), titlesIn(b, "overlay")]).toEqual([[], []]);
      a.source.remove(a.source.idOf("one"));
      await rest();
      expect(await titles()).toEqual(["Shared"]);
      expect(titlesIn(a, "overlay")).toEqual(["Busy"]);
    }));
});

describe("the deletion breaker (invariant G)", () => {
  async function thirty({ a, rest }: World): Promise<readonly string[]> {
    const ids = Array.from({ length: 30 }, (_, index) => a.source.idOf(`e${index}`));
    for (const [index, id] of ids.entries()) a.source.write(id, ical(`e${index}`, `Event ${index}`));
    await rest();
    return ids;
  }

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
});

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
