// What every CalendarStore does, as tests. Run over the fake here and over the Durable Object's store in src/durable/user-graph.
// The protocol layer relies on nothing that is not asserted here.

import { describe, expect, it as test } from "vitest";
import type { Failure } from "../failure.ts";
import type { CalendarId } from "../id.ts";
import { readCalendarObject, type CalendarObject } from "../ical/calendar-object-resource.ts";
import type { CalendarStore, PutOutcome, StateCheck } from "../ports/calendar-store.ts";
import type { Result } from "../result.ts";

const anything: StateCheck = () => undefined;
const onlyNew: StateCheck = (current) =>
  current === undefined ? undefined : { kind: "precondition-failed", reason: "exists" };
const DAY_MS = 86_400_000;
/** 2026-03-02T00:00:00Z, a Monday. */
const MONDAY = 1_772_409_600_000;

function ical(uid: string, lines: readonly string[], component = "VEVENT"): CalendarObject {
  const text = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//Contract//EN",
    `BEGIN:${component}`,
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    ...lines,
    `END:${component}`,
    "END:VCALENDAR",
    "",
  ].join("\r\n");
  const object = readCalendarObject(text);
  if (!object.ok) throw new Error(`the contract's own object is refused: ${JSON.stringify(object.error)}`);
  return object.value;
}

function event(uid: string, start: string, ...lines: string[]): CalendarObject {
  return ical(uid, [`DTSTART:${start}`, "DURATION:PT1H", ...lines]);
}

function calendarOf(store: CalendarStore, slug: string): CalendarId {
  const collection = store.collection(slug);
  if (collection === undefined) throw new Error(`there is no ${slug}`);
  return collection.calendarId;
}

function valueOf<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

function clauseOf(result: Result<unknown, Failure>): string {
  if (result.ok) return "accepted";
  return result.error.kind === "precondition" ? result.error.clause : result.error.kind;
}

async function put(
  store: CalendarStore,
  name: string,
  object: CalendarObject,
  slug = "unified",
  check: StateCheck = anything,
): Promise<Result<PutOutcome, Failure>> {
  return store.put({ calendarId: calendarOf(store, slug), name, object, check, actor: "test" });
}

async function remove(store: CalendarStore, name: string, slug = "unified"): Promise<Result<null, Failure>> {
  return store.delete({ calendarId: calendarOf(store, slug), name, check: anything, actor: "test" });
}

function names(members: readonly { readonly name: string }[]): readonly string[] {
  return members.map(({ name }) => name).toSorted();
}

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

  describe("changes", () => {
    it("gives the initial state: members present, no deletions", async () => {
      const store = await makeStore();
      for (const uid of ["a", "b", "c"]) {
        valueOf(await put(store, `${uid}.ics`, event(uid, "20260302T090000Z")));
      }
      valueOf(await remove(store, "b.ics"));
      const page = store.changesSince(calendarOf(store, "unified"), 0, 100);
      expect(page?.changes).toEqual([
        { name: "a.ics", op: "created" },
        { name: "c.ics", op: "created" },
      ]);
      expect(page).toMatchObject({ truncated: false, revision: store.collection("unified")?.revision });
    });

    it("gives one entry a name, its last state, in revision order", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      valueOf(await put(store, "b.ics", event("b", "20260302T090000Z")));
      const since = store.collection("unified")?.revision ?? 0;
      valueOf(await put(store, "c.ics", event("c", "20260302T090000Z")));
      valueOf(await put(store, "a.ics", event("a", "20260302T100000Z")));
      valueOf(await put(store, "a.ics", event("a", "20260302T110000Z")));
      valueOf(await remove(store, "b.ics"));
      expect(store.changesSince(id, since, 100)?.changes).toEqual([
        { name: "c.ics", op: "created" },
        { name: "a.ics", op: "updated" },
        { name: "b.ics", op: "deleted" },
      ]);
      const now = store.collection("unified")?.revision ?? 0;
      expect(store.changesSince(id, now, 100)).toEqual({ changes: [], revision: now, truncated: false });
    });

    it("shows what was deleted and put again as present", async () => {
      const store = await makeStore();
      valueOf(await put(store, "a.ics", event("a", "20260302T090000Z")));
      const since = store.collection("unified")?.revision ?? 0;
      valueOf(await remove(store, "a.ics"));
      valueOf(await put(store, "a.ics", event("a2", "20260302T090000Z")));
      const page = store.changesSince(calendarOf(store, "unified"), since, 100);
      expect(page?.changes.map(({ name, op }) => [name, op === "deleted"])).toEqual([["a.ics", false]]);
    });

    it("continues a truncated page from its own revision until everything was told once", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      valueOf(await put(store, "gone.ics", event("gone", "20260302T090000Z")));
      const since = store.collection("unified")?.revision ?? 0;
      for (const uid of ["a", "b", "c", "d", "e"]) {
        valueOf(await put(store, `${uid}.ics`, event(uid, "20260302T090000Z")));
      }
      valueOf(await remove(store, "gone.ics"));
      const told: string[] = [];
      let at = since;
      for (let page = store.changesSince(id, at, 2); ; page = store.changesSince(id, at, 2)) {
        expect(page).toBeDefined();
        if (page === undefined) break;
        told.push(...page.changes.map(({ name }) => name));
        expect(page.changes.length).toBeLessThanOrEqual(2);
        expect(page.revision).toBeGreaterThan(at);
        at = page.revision;
        if (!page.truncated) break;
      }
      expect(told).toEqual(["a.ics", "b.ics", "c.ics", "d.ics", "e.ics", "gone.ics"]);
    });

    it("knows no revision of the future", async () => {
      const store = await makeStore();
      expect(store.changesSince(calendarOf(store, "unified"), store.revision() + 1, 10)).toBeUndefined();
    });
  });

  describe("queries", () => {
    it("tells components apart", async () => {
      const store = await makeStore();
      valueOf(await store.createCollection({ slug: "both", components: ["VEVENT", "VTODO"] }, "test"));
      valueOf(await put(store, "e.ics", event("e", "20260302T090000Z"), "both"));
      valueOf(await put(store, "t.ics", ical("t", ["SUMMARY:T"], "VTODO"), "both"));
      const id = calendarOf(store, "both");
      expect(names(store.candidates(id, { component: "VTODO", span: null }).certain)).toEqual(["t.ics"]);
      expect(names(store.candidates(id, { component: null, span: null }).certain)).toEqual([
        "e.ics",
        "t.ics",
      ]);
      expect(store.candidates(id, { component: "VEVENT", span: null }).possible).toEqual([]);
    });

    it("narrows by span: certain means overlapping, and nothing that overlaps is left out", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      valueOf(await put(store, "before.ics", event("before", "20260301T225959Z")));
      valueOf(await put(store, "in.ics", event("in", "20260302T090000Z")));
      valueOf(await put(store, "weekly.ics", event("weekly", "20251201T090000Z", "RRULE:FREQ=WEEKLY")));
      valueOf(await put(store, "floating.ics", event("floating", "20260302T120000")));
      valueOf(await put(store, "after.ics", event("after", "20260303T000000Z")));
      const found = store.candidates(id, {
        component: "VEVENT",
        span: { start: MONDAY, end: MONDAY + DAY_MS },
      });
      const certain = names(found.certain);
      const all = names([...found.certain, ...found.possible]);
      expect(certain).not.toContain("before.ics");
      expect(certain).not.toContain("after.ics");
      expect(certain).not.toContain("floating.ics");
      for (const name of ["in.ics", "weekly.ics", "floating.ics"]) expect(all).toContain(name);
    });

    it("leaves nothing out of a span that is open on one side", async () => {
      const store = await makeStore();
      const id = calendarOf(store, "unified");
      valueOf(await put(store, "old.ics", event("old", "20010101T090000Z")));
      valueOf(await put(store, "far.ics", event("far", "20790101T090000Z")));
      const since = store.candidates(id, { component: "VEVENT", span: { start: MONDAY, end: null } });
      expect(names([...since.certain, ...since.possible])).toContain("far.ics");
      expect(names(since.certain)).not.toContain("old.ics");
      const until = store.candidates(id, { component: "VEVENT", span: { start: null, end: MONDAY } });
      expect(names([...until.certain, ...until.possible])).toContain("old.ics");
      expect(names(until.certain)).not.toContain("far.ics");
    });

    it("gives busy instances by start, without what is transparent or cancelled", async () => {
      const store = await makeStore();
      valueOf(await put(store, "late.ics", event("late", "20260302T150000Z")));
      valueOf(await put(store, "early.ics", event("early", "20260302T080000Z", "STATUS:TENTATIVE")));
      valueOf(await put(store, "free.ics", event("free", "20260302T100000Z", "TRANSP:TRANSPARENT")));
      valueOf(await put(store, "off.ics", event("off", "20260302T110000Z", "STATUS:CANCELLED")));
      valueOf(await put(store, "daily.ics", event("daily", "20260201T120000Z", "RRULE:FREQ=DAILY")));
      const busy = await store.busy(calendarOf(store, "unified"), { start: MONDAY, end: MONDAY + DAY_MS });
      const hour = 3_600_000;
      expect(busy).toEqual([
        { start: MONDAY + 8 * hour, end: MONDAY + 9 * hour, kind: "BUSY-TENTATIVE" },
        { start: MONDAY + 12 * hour, end: MONDAY + 13 * hour, kind: "BUSY" },
        { start: MONDAY + 15 * hour, end: MONDAY + 16 * hour, kind: "BUSY" },
      ]);
    });
  });
}
