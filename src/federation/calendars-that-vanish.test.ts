// Calendars that come, go, and move what they hold: nothing stays behind as a ghost, nothing is lost on the way.

import { describe, expect, it } from "vitest";
import { retry } from "./failure.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { reconcile } from "./reconcile.ts";
import { createWorld, event, HOME, overlayOf, property, type World } from "./testing/world.ts";

const DOWN = retry("unreachable", "down");

/** An event in a second calendar of A, and its block in B. */
async function inSecondCalendar(): Promise<{ world: World; second: string }> {
  const world = createWorld();
  const second = world.a.provider.addCalendar("Second");
  world.a.provider.put(`${second}1.ics`, event("1", 9, "Lunch"));
  await world.settle(2);
  expect(world.b.provider.events(overlayOf(world.b))).toHaveLength(1);
  return { world, second };
}

describe("a calendar that is gone", () => {
  it("is cleared, also when the first look at it failed", async () => {
    const { world, second } = await inSecondCalendar();
    world.a.provider.dropCalendar(second);
    world.a.provider.faults.before = (method, id) => (method === "changes" && id === second ? DOWN : null);
    await pull(world.a.context);
    expect(world.graph.events().size).toBe(1);
    world.a.provider.faults.before = () => null;
    await world.settle(2);
    expect(world.graph.events().size).toBe(0);
    expect(world.b.provider.events(overlayOf(world.b))).toEqual([]);
    expect((await world.a.state.calendars()).map((calendar) => calendar.providerCalendarId)).toEqual([HOME]);
  });

  it("is cleared, also when a crash came between seeing that and clearing it", async () => {
    const { world, second } = await inSecondCalendar();
    world.a.provider.dropCalendar(second);
    const graph = {
      ...world.graph,
      applyProviderDelta: () => Promise.reject(new Error("crash")),
    };
    await expect(pull({ ...world.a.context, graph })).rejects.toThrow("crash");
    await world.settle(2);
    expect(world.graph.events().size).toBe(0);
  });

  it("is not taken for gone because a list left it out", async () => {
    const { world, second } = await inSecondCalendar();
    const { connector } = world.a.context;
    const forgetful = {
      ...connector,
      async listCalendars() {
        const listed = await connector.listCalendars();
        return listed.ok ? { ...listed, value: listed.value.filter(({ id }) => id !== second) } : listed;
      },
    };
    world.a.provider.put(`${second}1.ics`, event("1", 14, "Lunch"));
    await pull({ ...world.a.context, connector: forgetful });
    expect(property(world.graph.events().get("1"), "DTSTART")).toBe("20260115T140000Z");
  });

  it("keeps the events that moved to another calendar before", async () => {
    const { world, second } = await inSecondCalendar();
    const before = world.graph.idOf("1");
    const writes = world.b.provider.writes();
    world.a.provider.put(`${HOME}1.ics`, world.a.provider.events(second)[0]?.ical ?? "");
    world.a.provider.dropCalendar(second);
    await world.settle(2);
    expect(world.graph.idOf("1")).toBe(before);
    expect(world.b.provider.writes()).toBe(writes);
  });

  it("lets an event that has to be created in it be created in the default calendar", async () => {
    const { world, second } = await inSecondCalendar();
    world.graph.restoreIn("1", world.a.context.accountId, second);
    world.a.provider.dropCalendar(second);
    world.a.provider.remove(`${second}1.ics`);
    await push(world.a.context);
    await push(world.a.context);
    expect(world.a.provider.events(HOME)).toHaveLength(1);
    await world.settle(2);
    expect(world.graph.events().size).toBe(1);
  });
});

describe("an overlay that is gone", () => {
  it("gets back every block, also when one was written before anybody looked", async () => {
    const world = createWorld();
    world.graph.put("1", event("1", 9, "Lunch"));
    world.graph.put("2", event("2", 12, "Dinner"));
    await world.settle(2);
    expect(world.b.provider.events(overlayOf(world.b))).toHaveLength(2);
    const old = overlayOf(world.b);
    const other = world.b.provider.addCalendar("External Busy");
    world.b.provider.dropCalendar(old);
    world.graph.put("1", event("1", 10, "Lunch"));
    await push(world.b.context);
    await push(world.b.context);
    await world.settle(3);
    const starts = world.b.provider.events(other).map(({ ical }) => property(ical, "DTSTART"));
    expect(starts.map(String).toSorted()).toEqual(["20260115T100000Z", "20260115T120000Z"]);
  });
});

describe("a pass that is cut short", () => {
  it("does not delete what may have moved to a calendar that it did not reach", async () => {
    const { world, second } = await inSecondCalendar();
    const before = world.graph.idOf("1");
    const third = world.a.provider.addCalendar("Third");
    await world.settle(1);
    const [stored] = world.a.provider.events(second);
    world.a.provider.put(`${third}1.ics`, stored?.ical ?? "");
    world.a.provider.remove(`${second}1.ics`);
    world.a.provider.faults.before = (method, id) => (method === "changes" && id === third ? DOWN : null);
    await pull(world.a.context);
    expect(world.graph.idOf("1")).toBe(before);
    world.a.provider.faults.before = () => null;
    await world.settle(2);
    expect(world.graph.idOf("1")).toBe(before);
    expect(world.b.provider.events(overlayOf(world.b))).toHaveLength(1);
  });
});

describe("repair", () => {
  it("reads everything, so that what a cursor missed is found", async () => {
    const world = createWorld();
    world.a.provider.put(`${HOME}1.ics`, event("1", 9, "Lunch"));
    await world.settle(2);
    world.a.provider.put(`${HOME}1.ics`, event("1", 15, "Lunch"));
    world.a.provider.put(`${HOME}2.ics`, event("2", 12, "Dinner"));
    // The server's list of changes forgets both.
    let cursor: string | null = null;
    for (;;) {
      const page = await world.a.context.connector.changes(HOME, cursor);
      if (!page.ok) throw new Error("the provider fails");
      ({ cursor } = page.value);
      if (!page.value.more) break;
    }
    await world.a.state.saveCursor(HOME, cursor);
    await world.settle(2);
    expect(world.graph.events().size).toBe(1);
    await reconcile(world.a.context);
    expect(world.graph.events().size).toBe(2);
    expect(property(world.graph.events().get("1"), "DTSTART")).toBe("20260115T150000Z");
  });
});
