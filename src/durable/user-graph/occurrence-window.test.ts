import { describe, expect, it } from "vitest";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { pruneTombstones } from "./changes.ts";
import { extendOneBatch, hasOpenSeries } from "./occurrence-window.ts";
import { calendarStore } from "./store.ts";
import { inFreshObject, openTestGraph } from "./testing-graph.ts";
import type { TestGraph } from "./testing-graph.ts";

const DAY_MS = 86_400_000;

function ical(uid: string, ...lines: string[]): string {
  const head = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
  ];
  return [...head, ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
}

function within(run: (graph: TestGraph, setNow: (now: number) => void) => Promise<void>): Promise<void> {
  return inFreshObject(async ({ storage }) => {
    let now = Date.UTC(2026, 2, 1);
    const graph = await openTestGraph(storage, { now: () => now });
    await run(graph, (later) => {
      now = later;
    });
  });
}

function unifiedOf(graph: TestGraph) {
  const store = calendarStore(graph);
  const calendarId = store.collection("unified")?.calendarId;
  if (calendarId === undefined) throw new Error("unified always exists");
  return { store, calendarId };
}

async function put(graph: TestGraph, uid: string, ...lines: string[]): Promise<void> {
  const object = readCalendarObject(ical(uid, ...lines));
  if (!object.ok) throw new Error(JSON.stringify(object.error));
  const { store, calendarId } = unifiedOf(graph);
  const outcome = await store.put({
    calendarId,
    name: `${uid}.ics`,
    object: object.value,
    check: () => undefined,
    actor: "test",
  });
  expect(outcome).toMatchObject({ ok: true });
}

function query(graph: TestGraph, start: number, end: number) {
  const { store, calendarId } = unifiedOf(graph);
  const found = store.candidates(calendarId, { component: "VEVENT", span: { start, end } });
  return {
    certain: found.certain.map((member) => member.uid),
    possible: found.possible.map((member) => member.uid),
  };
}

describe("the rolling occurrence index", () => {
  it("follows time: what was possible becomes certain", () =>
    within(async (graph, setNow) => {
      await put(graph, "daily", "DTSTART:20260101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY");
      const day = Date.UTC(2029, 5, 1);
      expect(query(graph, day, day + DAY_MS)).toEqual({ certain: [], possible: ["daily"] });
      expect(hasOpenSeries(graph.sql)).toBe(true);
      expect(await extendOneBatch(graph)).toBe(false);
      setNow(Date.UTC(2028, 0, 1));
      while (await extendOneBatch(graph));
      expect(query(graph, day, day + DAY_MS)).toEqual({ certain: ["daily"], possible: [] });
      expect(query(graph, day, day + 3_600_000)).toEqual({ certain: [], possible: [] });
    }));

  it("leaves a finished series alone", () =>
    within(async (graph) => {
      await put(graph, "short", "DTSTART:20260101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3");
      expect(hasOpenSeries(graph.sql)).toBe(false);
      expect(query(graph, Date.UTC(2040, 0, 1), Date.UTC(2041, 0, 1))).toEqual({ certain: [], possible: [] });
    }));

  it("finds an event of many months from any day inside it", () =>
    within(async (graph) => {
      await put(graph, "sabbatical", "DTSTART:20250601T000000Z", "DTEND:20261201T000000Z");
      const day = Date.UTC(2026, 4, 5);
      expect(query(graph, day, day + DAY_MS)).toEqual({ certain: ["sabbatical"], possible: [] });
      expect(query(graph, Date.UTC(2026, 11, 1), Date.UTC(2026, 11, 2))).toEqual({
        certain: [],
        possible: [],
      });
    }));

  it("is sure of an all-day event in the middle of a week, and asks only at its edges", () =>
    within(async (graph) => {
      for (const date of ["20260301", "20260304", "20260309"])
        await put(graph, `d${date}`, `DTSTART;VALUE=DATE:${date}`);
      const found = query(graph, Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 9));
      expect(found.certain).toEqual(["d20260304"]);
      expect(found.possible).toEqual(["d20260301", "d20260309"]);
    }));

  it("finds an event without duration at the instant where it begins", () =>
    within(async (graph) => {
      await put(graph, "instant", "DTSTART:20260302T090000Z");
      const at = Date.UTC(2026, 2, 2, 9);
      expect(query(graph, at, at + 1_000).certain).toEqual(["instant"]);
      expect(query(graph, at - 1_000, at).certain).toEqual([]);
    }));
});

describe("tombstones", () => {
  it("go behind a floor; a token below it is not valid, the initial state always is", () =>
    within(async (graph, setNow) => {
      const { store, calendarId } = unifiedOf(graph);
      await put(graph, "kept", "DTSTART:20260302T090000Z");
      await put(graph, "gone", "DTSTART:20260302T090000Z");
      const token = graph.state.owner.revision;
      await store.delete({ calendarId, name: "gone.ics", check: () => undefined, actor: "test" });
      const after = graph.state.owner.revision;
      expect(pruneTombstones(graph)).toBe(0);
      setNow(Date.UTC(2027, 2, 1));
      expect(pruneTombstones(graph)).toBeGreaterThan(0);
      expect(store.changesSince(calendarId, token, 10)).toBeUndefined();
      expect(store.changesSince(calendarId, after, 10)).toMatchObject({ changes: [] });
      expect(store.changesSince(calendarId, 0, 10)?.changes).toEqual([{ name: "kept.ics", op: "created" }]);
      const reopened = await openTestGraph(graph.storage);
      expect(calendarStore(reopened).changesSince(calendarId, token, 10)).toBeUndefined();
    }));
});

describe("the journal", () => {
  it("says who changed what, sealed", () =>
    within(async (graph) => {
      const { store, calendarId } = unifiedOf(graph);
      await put(graph, "one", "DTSTART:20260302T090000Z", "SUMMARY:Old");
      await put(graph, "one", "DTSTART:20260302T090000Z", "SUMMARY:New");
      await put(graph, "one", "DTSTART:20260302T090000Z", "SUMMARY:New");
      await store.delete({ calendarId, name: "one.ics", check: () => undefined, actor: "caldav:other" });
      const rows = graph.sql
        .exec<{ journal_id: string; actor: string; change_type: string; patch: ArrayBuffer | null }>(
          "SELECT journal_id, actor, change_type, patch FROM event_journal ORDER BY rowid",
        )
        .toArray();
      // Octets that do not change leave no entry.
      expect(rows.map((row) => [row.change_type, row.actor])).toEqual([
        ["created", "test"],
        ["updated", "test"],
        ["deleted", "caldav:other"],
      ]);
      const [, updated, deleted] = rows;
      if (!updated?.patch || !deleted?.patch) throw new Error("a change has a patch");
      const open = (row: { journal_id: string }, blob: ArrayBuffer) =>
        graph.vault.open({ column: "event_journal.patch", row: row.journal_id, blob });
      expect(JSON.parse(await open(updated, updated.patch))).toEqual({
        instances: [
          {
            instance: "master",
            removed: [["summary", {}, "text", "Old"]],
            added: [["summary", {}, "text", "New"]],
          },
        ],
      });
      expect(await open(deleted, deleted.patch)).toContain("SUMMARY:New");
    }));
});
