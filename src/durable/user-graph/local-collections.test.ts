// What stands in a collection of its own belongs to no account: it is not written there, and nothing there is linked to it.

import { describe, expect, it } from "vitest";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { setEdge } from "./accounts.ts";
import { workOneBatch } from "./background.ts";
import { pull, push } from "./simulated-provider.ts";
import { calendarStore } from "./store.ts";
import { A, B, ical, titlesIn, world } from "./testing-world.ts";
import type { World } from "./testing-world.ts";

async function privateCalendar({ graph }: World) {
  const store = calendarStore(graph);
  const made = await store.createCollection({ slug: "private", components: ["VEVENT"] }, "caldav:test");
  if (!made.ok) throw new Error("the collection is refused");
  return made.value.calendarId;
}

async function putInto({ graph }: World, slug: string, name: string, text: string) {
  const store = calendarStore(graph);
  const calendarId = store.collection(slug)?.calendarId;
  const object = readCalendarObject(text);
  if (calendarId === undefined || !object.ok) throw new Error("the test's own object is refused");
  return store.put({ calendarId, name, object: object.value, check: () => undefined, actor: "caldav:test" });
}

async function textIn({ graph }: World, slug: string, name: string): Promise<string> {
  const store = calendarStore(graph);
  const calendarId = store.collection(slug)?.calendarId;
  if (calendarId === undefined) throw new Error("no such collection");
  const [member] = await store.open(calendarId, [name]);
  return member?.ical ?? "";
}

function task(uid: string, title: string): string {
  return ical(uid, title).replaceAll("VEVENT", "VTODO");
}

describe("a collection of its own", () => {
  it.each([true, false])(
    "keeps an event that is moved into it from unified (deleted there: %s)",
    (isDeleted) =>
      world(async (w) => {
        await privateCalendar(w);
        await w.put("one", "Secret");
        await w.rest();
        expect(titlesIn(w.a, "source")).toEqual(["Secret"]);
        await w.remove("one");
        if (isDeleted) await push(w.graph, w.b);
        expect((await putInto(w, "private", "one.ics", ical("one", "Secret plan"))).ok).toBe(true);
        await w.rest();
        await setEdge(w.graph, { from: A, to: B, detail: "FULL", kind: "OVERLAY", enabled: true });
        await setEdge(w.graph, { from: "canonical", to: B, detail: "FULL", kind: "OVERLAY", enabled: true });
        while (await workOneBatch(w.graph));
        await w.rest();
        expect([titlesIn(w.a, "source"), titlesIn(w.b, "source")]).toEqual([[], []]);
        expect([titlesIn(w.a, "overlay"), titlesIn(w.b, "overlay")]).toEqual([[], []]);
        expect(await textIn(w, "private", "one.ics")).toBe(ical("one", "Secret plan"));
        expect(w.graph.sql.exec("SELECT count(*) AS n FROM event_sources").one()).toEqual({ n: 0 });
        expect(w.graph.sql.exec("SELECT count(*) AS n FROM event_mirrors").one()).toEqual({ n: 0 });
      }),
  );

  it("is not linked to an event of an account that has the same UID, which is named as not taken over", () =>
    world(async (w) => {
      await privateCalendar(w);
      await putInto(w, "private", "one.ics", ical("one", "Secret"));
      w.a.source.write(w.a.source.idOf("one"), ical("one", "At work"));
      const [outcome] = await pull(w.graph, w.a);
      expect(outcome).toMatchObject({ created: 0, updated: 0, rejected: [{ id: w.a.source.idOf("one") }] });
      await putInto(w, "private", "one.ics", ical("one", "Secret plan"));
      await w.rest();
      expect(titlesIn(w.a, "source")).toEqual(["At work"]);
      expect(await textIn(w, "private", "one.ics")).toBe(ical("one", "Secret plan"));
      expect(w.b.overlay.resources.size).toBe(0);
    }));

  it("does not mix an event with a task of the same UID", () =>
    world(async (w) => {
      await putInto(w, "tasks", "one.ics", task("one", "Buy milk"));
      w.a.source.write(w.a.source.idOf("one"), ical("one", "At work"));
      expect(await pull(w.graph, w.a)).toMatchObject([{ rejected: [{ id: w.a.source.idOf("one") }] }]);
      await w.rest();
      expect(await textIn(w, "tasks", "one.ics")).toBe(task("one", "Buy milk"));
      expect(titlesIn(w.a, "source")).toEqual(["At work"]);
    }));

  it("of tasks is projected nowhere, and an account's task is written back to it alone", () =>
    world(async (w) => {
      await putInto(w, "tasks", "own.ics", task("own", "Own"));
      w.a.source.write(w.a.source.idOf("theirs"), task("theirs", "Theirs"));
      await w.rest();
      await putInto(w, "tasks", "theirs.ics", task("theirs", "Done by me"));
      await w.rest();
      expect(titlesIn(w.a, "source")).toEqual(["Done by me"]);
      expect([titlesIn(w.b, "source"), titlesIn(w.a, "overlay"), titlesIn(w.b, "overlay")]).toEqual([
        [],
        [],
        [],
      ]);
    }));
});
