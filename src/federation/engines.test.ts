// The pipelines in and out over providers in memory: one behaviour a test.

import { describe, expect, it } from "vitest";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { reconcile } from "./reconcile.ts";
import { A, createWorld, event, HOME, overlayOf, property, type World } from "./testing/world.ts";

const FAILED = { kind: "retry", code: "server-error", retryAfterMs: null, reason: "broken" } as const;

async function created(world = createWorld()): Promise<World> {
  world.graph.put("1", event("1", 9, "Lunch"));
  await world.settle(2);
  return world;
}

function overlayEvent(world: World) {
  const [only, ...more] = world.b.provider.events(overlayOf(world.b));
  expect(more).toEqual([]);
  return only;
}

describe("out", () => {
  it("writes a new event in full to its account and a busy block to the other", async () => {
    const world = await created();
    expect(world.a.provider.events(HOME)[0]?.ical).toContain("SUMMARY:canary Lunch");
    expect(overlayEvent(world)?.ical).toContain("SUMMARY:Busy");
    expect(world.b.provider.sent.join("")).not.toContain("canary");
    expect(world.a.provider.calendars()).toEqual([HOME]);
  });

  it("is quiet when nothing changes", async () => {
    const world = await created();
    const before = [world.a.provider.writes(), world.b.provider.writes()];
    for (let i = 0; i < 10; i++) await world.round();
    expect([world.a.provider.writes(), world.b.provider.writes()]).toEqual(before);
  });

  it("does not double an event whose confirmation was lost", async () => {
    const world = createWorld();
    world.a.provider.faults.after = () => FAILED;
    world.b.provider.faults.after = () => FAILED;
    world.graph.put("1", event("1", 9, "Lunch"));
    await world.round();
    world.a.provider.faults.after = () => null;
    world.b.provider.faults.after = () => null;
    await world.settle();
    expect(world.a.provider.events(HOME)).toHaveLength(1);
    expect(overlayEvent(world)).toBeDefined();
    expect(world.b.provider.calendars()).toHaveLength(2);
    expect([world.a.provider.writes(), world.b.provider.writes()]).toEqual([1, 2]);
  });

  it("survives the crash between the write and its report, and an edit in between", async () => {
    const world = createWorld();
    await world.round();
    world.graph.put("1", event("1", 9, "Lunch"));
    const context = {
      ...world.a.context,
      graph: { ...world.graph, reportWrites: () => Promise.reject(new Error("crash")) },
    };
    await expect(push(context)).rejects.toThrow("crash");
    expect(world.a.provider.writes()).toBe(1);
    world.graph.put("1", event("1", 11, "Dinner"));
    await world.settle();
    expect(world.a.provider.events(HOME)).toHaveLength(1);
    expect(property(world.a.provider.events(HOME)[0]?.ical, "DTSTART")).toBe("20260115T110000Z");
    expect(world.a.provider.events(HOME)[0]?.ical).toContain("Dinner");
  });

  it("takes back what a crashed write may have left when the event is deleted meanwhile", async () => {
    const world = createWorld();
    await world.round();
    world.graph.put("1", event("1", 9, "Lunch"));
    const context = {
      ...world.a.context,
      graph: { ...world.graph, reportWrites: () => Promise.reject(new Error("crash")) },
    };
    await expect(push(context)).rejects.toThrow("crash");
    expect(world.a.provider.writes()).toBe(1);
    world.graph.remove("1");
    await world.settle();
    expect(world.a.provider.events(HOME)).toEqual([]);
    expect(world.graph.events().size).toBe(0);
    expect(world.graph.rows()).toEqual([]);
  });

  it("honours a throttle and does not count it", async () => {
    const world = createWorld();
    await world.round();
    world.a.provider.faults.before = (method) =>
      method === "upsert"
        ? { kind: "retry", code: "throttled", retryAfterMs: 600_000, reason: "slow down" }
        : null;
    for (const uid of ["1", "2", "3", "4", "5", "6"]) world.graph.put(uid, event(uid, 9, "Lunch"));
    const report = await push(world.a.context);
    expect(report.failures).toHaveLength(1);
    expect(world.graph.rows().map((row) => row.attempts)).toEqual(Array(12).fill(0));
    world.a.provider.faults.before = () => null;
    expect((await push(world.a.context)).written).toBe(0);
    world.clock.nowMs += 3_600_000;
    expect((await push(world.a.context)).written).toBe(6);
  });

  it("writes into a new overlay when the user deleted the old one", async () => {
    const world = await created();
    world.b.provider.dropCalendar(overlayOf(world.b));
    await world.settle();
    expect(overlayEvent(world)?.ical).toContain("SUMMARY:Busy");
    expect(world.graph.events().size).toBe(1);
  });

  it("does not write over and over to a server that renders our block in its own way", async () => {
    const world = createWorld();
    world.b.provider.faults.render((ical) => ical.replace("SUMMARY:Busy", "SUMMARY:Belegt"));
    world.b.provider.faults.withholdEtags(true);
    world.graph.put("1", event("1", 9, "Lunch"));
    await world.settle();
    const before = world.b.provider.writes();
    for (let i = 0; i < 10; i++) await world.round();
    expect(world.b.provider.writes()).toBe(before);
    expect(before).toBeLessThan(5);
  });
});

describe("in", () => {
  it("takes over what moves at the origin, and moves the block", async () => {
    const world = await created();
    const id = world.a.provider.events(HOME)[0]?.id ?? "";
    world.a.provider.put(id, event("1", 14, "Lunch"));
    await world.settle(2);
    expect(property(world.graph.events().get("1"), "DTSTART")).toBe("20260115T140000Z");
    expect(property(overlayEvent(world)?.ical, "DTSTART")).toBe("20260115T140000Z");
  });

  it("deletes everywhere what is deleted at the origin, or in unified", async () => {
    for (const where of ["origin", "unified"]) {
      const world = await created();
      if (where === "origin") world.a.provider.remove(world.a.provider.events(HOME)[0]?.id ?? "");
      else world.graph.remove("1");
      await world.settle(2);
      expect(world.graph.events().size).toBe(0);
      expect(world.a.provider.events(HOME)).toEqual([]);
      expect(world.b.provider.events(overlayOf(world.b))).toEqual([]);
    }
  });

  it("puts back a block that was moved or deleted by hand", async () => {
    const world = await created();
    const block = overlayEvent(world);
    world.b.provider.put(block?.id ?? "", (block?.ical ?? "").replace("T090000Z", "T200000Z"));
    await world.settle(2);
    expect(property(overlayEvent(world)?.ical, "DTSTART")).toBe("20260115T090000Z");
    world.b.provider.remove(block?.id ?? "");
    await world.settle(2);
    expect(property(overlayEvent(world)?.ical, "DTSTART")).toBe("20260115T090000Z");
    expect(property(world.graph.events().get("1"), "DTSTART")).toBe("20260115T090000Z");
  });

  it("merges an edit of the client with an edit of another client", async () => {
    const world = await created();
    const id = world.a.provider.events(HOME)[0]?.id ?? "";
    const before = world.graph.events().get("1") ?? "";
    world.graph.put("1", before.replace("SUMMARY:canary Lunch", "SUMMARY:canary Dinner"));
    world.a.provider.put(id, before.replace("LOCATION:canary place", "LOCATION:canary harbour"));
    await world.settle(3);
    for (const ical of [world.graph.events().get("1"), world.a.provider.events(HOME)[0]?.ical]) {
      expect(ical).toContain("canary Dinner");
      expect(ical).toContain("canary harbour");
    }
  });

  it.each(["client edits, provider deletes", "client deletes, provider edits"])(
    "edit beats deletion: %s",
    async (what) => {
      const world = await created();
      const id = world.a.provider.events(HOME)[0]?.id ?? "";
      if (what.startsWith("client edits")) {
        world.graph.put("1", event("1", 16, "Edited"));
        world.a.provider.remove(id);
      } else {
        world.graph.remove("1");
        world.a.provider.put(id, event("1", 16, "Edited"));
      }
      await world.settle();
      expect(world.graph.events().get("1")).toContain("Edited");
      expect(world.a.provider.events(HOME)[0]?.ical).toContain("Edited");
      expect(overlayEvent(world)?.ical).toContain("T160000Z");
    },
  );

  it("reads everything again and deletes what is gone when the cursor is lost", async () => {
    const world = await created();
    world.graph.put("2", event("2", 10, "Other"));
    await world.settle(2);
    world.a.provider.remove(world.a.provider.events(HOME)[0]?.id ?? "");
    world.a.provider.faults.forgetCursors();
    await world.settle(2);
    expect([...world.graph.events().keys()]).toEqual(["2"]);
  });

  it("deletes nothing when a full read is cut off, or lists less than there is", async () => {
    const world = await created();
    for (const uid of ["2", "3", "4", "5", "6", "7", "8"]) world.graph.put(uid, event(uid, 10, "Other"));
    await world.settle(2);
    world.a.provider.faults.forgetCursors();
    let calls = 0;
    world.a.provider.faults.before = (method) => (method === "changes" && ++calls > 2 ? FAILED : null);
    await pull(world.a.context);
    expect(world.graph.events().size).toBe(8);
    world.a.provider.faults.before = () => null;
    const empty = {
      ...world.a.context.connector,
      changes: () =>
        Promise.resolve({
          ok: true as const,
          value: { items: [], cursor: "delta:1", more: false, scope: "full" as const },
        }),
    };
    const report = await pull({ ...world.a.context, connector: empty });
    expect(report.failures).toMatchObject([{ code: "bad-response" }]);
    expect(world.graph.events().size).toBe(8);
  });

  it("joins the same meeting of two accounts into one event, and blocks it in neither", async () => {
    const world = createWorld();
    world.a.provider.put(`${HOME}m.ics`, event("m", 9, "Meeting"));
    world.b.provider.put(`${HOME}m.ics`, event("m", 9, "Meeting"));
    await world.settle();
    expect(world.graph.events().size).toBe(1);
    expect(world.a.provider.writes() + world.b.provider.writes()).toBe(0);
    world.a.provider.remove(`${HOME}m.ics`);
    await world.settle();
    expect(world.graph.events().size).toBe(1);
    expect(world.a.provider.events(overlayOf(world.a))).toHaveLength(1);
    world.graph.remove("m");
    await world.settle();
    expect(world.b.provider.events(HOME)).toEqual([]);
    expect(world.a.provider.events(overlayOf(world.a))).toEqual([]);
  });

  it("deletes both copies of a meeting that is deleted in unified", async () => {
    const world = createWorld();
    for (const { provider } of [world.a, world.b]) provider.put(`${HOME}m.ics`, event("m", 9, "Meeting"));
    await world.settle();
    world.graph.remove("m");
    await world.settle();
    expect(world.a.provider.events(HOME)).toEqual([]);
    expect(world.b.provider.events(HOME)).toEqual([]);
    expect(world.graph.events().size + world.graph.sources().length + world.graph.rows().length).toBe(0);
  });

  it("calls off the deletion of a copy when an edit at the origin brings the meeting back", async () => {
    const world = createWorld();
    for (const { provider } of [world.a, world.b]) provider.put(`${HOME}m.ics`, event("m", 9, "Meeting"));
    await world.settle();
    world.graph.remove("m");
    world.a.provider.put(`${HOME}m.ics`, event("m", 16, "Edited"));
    await world.settle();
    expect(world.graph.events().get("m")).toContain("Edited");
    expect(world.b.provider.events(HOME)).toHaveLength(1);
    world.graph.remove("m");
    await world.settle();
    expect(world.b.provider.events(HOME)).toEqual([]);
    expect(world.graph.rows()).toEqual([]);
  });

  it("keeps the event that moves to another place of the same account", async () => {
    const world = await created();
    const before = world.graph.idOf("1");
    const [stored] = world.a.provider.events(HOME);
    world.a.provider.put(`${HOME}other.ics`, stored?.ical ?? "");
    world.a.provider.remove(stored?.id ?? "");
    await world.settle();
    expect(world.graph.idOf("1")).toBe(before);
    world.graph.put("1", event("1", 17, "Later"));
    await world.settle();
    expect(world.a.provider.events(HOME).map((one) => one.id)).toEqual([`${HOME}other.ics`]);
    expect(world.a.provider.events(HOME)[0]?.ical).toContain("Later");
  });

  it("shows a copied block as somebody else's and projects it nowhere", async () => {
    const world = await created();
    const block = overlayEvent(world);
    world.b.provider.put(`${HOME}copy.ics`, (block?.ical ?? "").replace(/^UID:.*$/m, "UID:copied"));
    await world.settle();
    expect(world.graph.events().has("copied")).toBe(true);
    expect(world.a.provider.calendars()).toEqual([HOME]);
  });

  it("names what it cannot read and goes on", async () => {
    const world = createWorld();
    world.a.provider.put(`${HOME}bad.ics`, "BEGIN:VCALENDAR\r\nnonsense");
    world.a.provider.put(`${HOME}good.ics`, event("good", 9, "Good"));
    const report = await pull(world.a.context);
    expect(report).toMatchObject({ created: 1, rejected: 1 });
    expect(world.a.state.errors.get(HOME)).toContain("cannot be read");
  });

  it("stops at refused credentials and changes nothing", async () => {
    const world = await created();
    world.a.provider.faults.before = () => ({ kind: "reauthorize", reason: "no" });
    expect((await pull(world.a.context)).failures).toMatchObject([{ kind: "reauthorize" }]);
    expect(world.graph.events().size).toBe(1);
  });
});

describe("reconcile", () => {
  it("finds nothing when all is well, twice", async () => {
    const world = await created();
    for (let i = 0; i < 2; i++)
      expect(await reconcile(world.b.context)).toEqual({
        missing: 0,
        drifted: 0,
        orphansDeleted: 0,
        failures: [],
      });
  });

  it("deletes blocks that nothing wants, but no event that somebody made in the overlay calendar", async () => {
    const world = await created();
    const overlay = overlayOf(world.b);
    const block = overlayEvent(world);
    world.b.provider.put(`${overlay}orphan.ics`, block?.ical ?? "");
    world.b.provider.put(`${overlay}mine.ics`, event("mine", 12, "Own"));
    await world.settle();
    await reconcile(world.b.context);
    expect(
      world.b.provider
        .events(overlay)
        .map((one) => one.id)
        .toSorted(),
    ).toEqual([String(block?.id), `${overlay}mine.ics`].toSorted());
    expect(world.graph.events().has("mine")).toBe(true);
  });

  it("brings back what vanished without a word", async () => {
    const world = await created();
    const row = world.graph.rows().find((one) => one.kind === "overlay");
    const found = await world.graph.reconcileListing({
      accountId: row?.accountId ?? A,
      providerCalendarId: overlayOf(world.b),
      role: "overlay",
      present: [],
    });
    expect(found.missing).toBe(1);
    await world.settle();
    expect(overlayEvent(world)).toBeDefined();
  });
});
