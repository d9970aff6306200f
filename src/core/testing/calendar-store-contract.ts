// What every CalendarStore does, as tests. Run over the fake here and over the Durable Object's store in src/durable/user-graph.
// The protocol layer relies on nothing that is not asserted here.

import { describe, expect, it as test } from "vitest";
import type { CalendarStore } from "../ports/calendar-store.ts";
import { readingContract } from "./calendar-store-reading-contract.ts";
import { calendarOf, clauseOf, event, onlyNew, put, remove, valueOf } from "./calendar-store-samples.ts";

/**
 * `makeStore` gives a fresh store of a user with the calendars `unified` (VEVENT) and `tasks` (VTODO) and nothing in them.
 * `within` runs the body of a test: a store whose reads are synchronous may only be asked inside its own Durable Object.
 */
export function calendarStoreContract(
  makeStore: () => Promise<CalendarStore>,
  within: (body: () => Promise<void>) => Promise<void> = (body) => body(),
): void {
  function it(name: string, body: () => Promise<void>): void {
    test(name, () => within(body));
  }
  describe("collections", () => {
    it("begins with unified first and a task list", async () => {
      const store = await makeStore();
      expect(store.collections().map(({ slug }) => slug)).toEqual(["unified", "tasks"]);
      expect(store.collection("unified")?.components).toEqual(["VEVENT"]);
      expect(store.collection("tasks")?.components).toEqual(["VTODO"]);
      expect(store.collection("nothing")).toBeUndefined();
    });

    it("creates a local collection with everything that was asked for", async () => {
      const store = await makeStore();
      const before = store.revision();
      const created = valueOf(
        await store.createCollection(
          {
            slug: "work",
            components: ["VEVENT", "VTODO"],
            displayName: "Work",
            description: "Täglich",
            color: "#FF2968FF",
            sortOrder: 7,
            timeZone: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            transparency: "transparent",
            dead: new Map([["{urn:x}a", '<a xmlns="urn:x"/>']]),
          },
          "test",
        ),
      );
      expect(created).toMatchObject({
        kind: "local",
        components: ["VEVENT", "VTODO"],
        displayName: "Work",
        description: "Täglich",
        color: "#FF2968FF",
        sortOrder: 7,
        timeZone: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        transparency: "transparent",
      });
      expect(store.collection("work")).toEqual(created);
      expect(store.deadProperties(created.calendarId).get("{urn:x}a")).toBe('<a xmlns="urn:x"/>');
      expect(store.revision()).toBeGreaterThan(before);
    });

    it("refuses a slug that is taken", async () => {
      const store = await makeStore();
      const refused = await store.createCollection({ slug: "tasks", components: ["VTODO"] }, "test");
      expect(clauseOf(refused)).toBe("resource-must-be-null");
    });

    it("patches what is named, removes with null and leaves the rest", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      valueOf(await store.patchCollection(id, { color: "#00FF00", description: "one" }));
      valueOf(await store.patchCollection(id, { description: null, sortOrder: 3 }));
      expect(store.collection("unified")).toMatchObject({
        color: "#00FF00",
        description: null,
        sortOrder: 3,
      });
    });

    it("raises the collection's revision and the home's with every patch", async () => {
      const store = await makeStore();
      const before = { own: store.collection("unified")?.revision ?? 0, home: store.revision() };
      valueOf(await store.patchCollection(calendarOf(store, "unified"), { color: "#000000" }));
      expect(store.collection("unified")?.revision).toBeGreaterThan(before.own);
      expect(store.revision()).toBeGreaterThan(before.home);
    });

    it("keeps dead properties of a collection, the home and the principal apart and octet for octet", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      const xml = "<x:p xmlns:x=\"urn:x\"\r\n a='1'>ä&amp;😀</x:p>";
      for (const target of [id, "home", "principal"] as const) {
        valueOf(
          await store.patchCollection(target, { dead: new Map([["{urn:x}p", `${xml}<!--${target}-->`]]) }),
        );
      }
      for (const target of [id, "home", "principal"] as const) {
        expect(store.deadProperties(target).get("{urn:x}p")).toBe(`${xml}<!--${target}-->`);
      }
      valueOf(await store.patchCollection("home", { dead: new Map([["{urn:x}p", null]]) }));
      expect(store.deadProperties("home").has("{urn:x}p")).toBe(false);
      expect(store.deadProperties(id).has("{urn:x}p")).toBe(true);
    });

    it("deletes a local collection with its members and remembers that it is gone", async () => {
      const store = await makeStore();
      valueOf(await store.createCollection({ slug: "work", components: ["VEVENT"] }, "test"));
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z"), "work"));
      const before = store.revision();
      valueOf(await store.deleteCollection(calendarOf(store, "work"), "test"));
      expect(store.collection("work")).toBeUndefined();
      expect(store.revision()).toBeGreaterThan(before);
      expect(store.deletedCollectionsSince(before)).toEqual(["work"]);
      expect(store.deletedCollectionsSince(store.revision())).toEqual([]);
      expect(store.deletedCollectionsSince(0)).toEqual([]);
      expect(store.deletedCollectionsSince(store.revision() + 1)).toBeUndefined();
      // The UID is free again.
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
    });

    it("does not call a collection gone that exists again", async () => {
      const store = await makeStore();
      valueOf(await store.createCollection({ slug: "work", components: ["VEVENT"] }, "test"));
      const before = store.revision();
      valueOf(await store.deleteCollection(calendarOf(store, "work"), "test"));
      valueOf(await store.createCollection({ slug: "work", components: ["VEVENT"] }, "test"));
      expect(store.deletedCollectionsSince(before)).toEqual([]);
    });

    test.each(["unified", "tasks"])("refuses to delete %s", (slug) =>
      within(async () => {
        const store = await makeStore();
        const refused = await store.deleteCollection(calendarOf(store, slug), "test");
        expect(refused.ok).toBe(false);
        expect(store.collection(slug)).toBeDefined();
      }),
    );
  });

  describe("objects", () => {
    it("stores the octets as sent and describes them", async () => {
      const store = await makeStore();
      const object = event("a", "20260302T090000Z", "SUMMARY:Übung 😀", 'X-ODD;P="q":\\x,;');
      const outcome = valueOf(await put(store, "a b%.ics", object));
      expect(outcome.created).toBe(true);
      const [member] = await store.open(calendarOf(store, "unified"), ["a b%.ics"]);
      expect(member?.ical).toBe(object.text);
      expect(member).toMatchObject({ name: "a b%.ics", uid: "a", etag: outcome.etag, component: "VEVENT" });
      // "Ü" has two octets, "😀" four in two UTF-16 units.
      expect(member?.size).toBe(object.text.length + 1 + 2);
      expect(store.member(calendarOf(store, "unified"), "a b%.ics")).toMatchObject({ uid: "a" });
      expect(store.memberByUid(calendarOf(store, "unified"), "a")?.name).toBe("a b%.ics");
    });

    it("gives new octets a new entity tag under the same canonical id", async () => {
      const store = await makeStore();
      const first = valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      const id = store.member(calendarOf(store, "unified"), "a.ics")?.canonicalEventId;
      const second = valueOf(await put(store, "a.ics", event("a", "20260302T100000Z")));
      expect(second.created).toBe(false);
      expect(second.etag).not.toBe(first.etag);
      expect(store.member(calendarOf(store, "unified"), "a.ics")?.canonicalEventId).toBe(id);
    });

    it("answers open in the order asked, with gaps", async () => {
      const store = await makeStore();
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      valueOf(await put(store, "b.ics", event("b", "20260302T090000Z")));
      const opened = await store.open(calendarOf(store, "unified"), ["b.ics", "none.ics", "a.ics"]);
      expect(opened.map((member) => member?.uid)).toEqual(["b", undefined, "a"]);
    });

    it("judges the state inside the write and writes nothing when refused", async () => {
      const store = await makeStore();
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      const before = store.revision();
      const seen: unknown[] = [];
      const refused = await put(store, "a.ics", event("a", "20260302T100000Z"), "unified", (current) => {
        seen.push(current?.uid);
        return { kind: "precondition-failed", reason: "no" };
      });
      expect(clauseOf(refused)).toBe("precondition-failed");
      expect(seen).toContain("a");
      expect(store.revision()).toBe(before);
      const fresh = await put(store, "b.ics", event("b", "20260302T100000Z"), "unified", (current) =>
        current === undefined ? undefined : { kind: "precondition-failed", reason: "exists" },
      );
      expect(fresh.ok).toBe(true);
    });

    it("lets exactly one of two racing creations through", async () => {
      const store = await makeStore();
      const outcomes = await Promise.all([
        put(store, "a.ics", event("a", "20260302T090000Z"), "unified", onlyNew),
        put(store, "a.ics", event("a", "20260302T100000Z"), "unified", onlyNew),
      ]);
      expect(outcomes.map(clauseOf).toSorted()).toEqual(["accepted", "precondition-failed"]);
    });

    it("RFC 4791 5.3.2.1: refuses a UID that another resource holds, in any calendar, and says where", async () => {
      const store = await makeStore();
      valueOf(await store.createCollection({ slug: "work", components: ["VEVENT"] }, "test"));
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      for (const slug of ["unified", "work"]) {
        const refused = await put(store, "other.ics", event("a", "20260302T090000Z"), slug);
        expect(refused).toMatchObject({
          ok: false,
          error: { clause: "no-uid-conflict", href: "unified/a.ics" },
        });
      }
    });

    it("RFC 4791 5.3.2.1: refuses another UID on an existing resource", async () => {
      const store = await makeStore();
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      const refused = await put(store, "a.ics", event("b", "20260302T090000Z"));
      expect(refused).toMatchObject({
        ok: false,
        error: { clause: "no-uid-conflict", href: "unified/a.ics" },
      });
    });

    it("deletes, and says so when there is nothing", async () => {
      const store = await makeStore();
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      valueOf(await remove(store, "a.ics"));
      expect(store.member(calendarOf(store, "unified"), "a.ics")).toBeUndefined();
      expect(store.members(calendarOf(store, "unified"))).toEqual([]);
      expect(clauseOf(await remove(store, "a.ics"))).toBe("not-found");
    });
  });

  readingContract(makeStore, it);
}
