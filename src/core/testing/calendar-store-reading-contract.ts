// What every CalendarStore answers to readers, as tests: changes since a revision, queries, busy time. The other half, what writing
// does, is in calendar-store-contract.ts, which declares both.

import { describe, expect } from "vitest";
import type { CalendarStore } from "../ports/calendar-store.ts";
import {
  DAY_MS,
  MONDAY,
  calendarOf,
  event,
  ical,
  names,
  put,
  remove,
  valueOf,
} from "./calendar-store-samples.ts";

export type DeclareTest = (name: string, body: () => Promise<void>) => void;

export function readingContract(makeStore: () => Promise<CalendarStore>, it: DeclareTest): void {
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
