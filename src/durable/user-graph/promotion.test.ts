// A copy that becomes the origin: the text of a copy is never kept, so what it says has to be read before anything is decided by it.

import { describe, expect, it } from "vitest";
import { removeAccount } from "./accounts.ts";
import { workOneBatch } from "./background.ts";
import { pull, push } from "./simulated-provider.ts";
import { A, ical, titlesIn, world } from "./testing-world.ts";

const ELSEWHERE = "/acc_A/calendar/elsewhere.ics";

describe("a copy that becomes the origin", () => {
  it("brings what a moved event says at its new place", () =>
    world(async ({ a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "Old"));
      await rest();
      a.source.write(ELSEWHERE, ical("one", "New", "20260303T150000Z"));
      a.source.remove(a.source.idOf("one"));
      await rest();
      expect(await titles()).toEqual(["New"]);
      expect([...b.overlay.resources.values()][0]?.ical).toContain("20260303T150000Z");
      expect(a.writes).toBe(0);
    }));

  it("merges an edit of the client into what is at the new place, instead of writing over it", () =>
    world(async ({ graph, a, put, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "Old"));
      await rest();
      a.source.write(ELSEWHERE, ical("one", "Old", "20260303T150000Z"));
      a.source.remove(a.source.idOf("one"));
      await pull(graph, a);
      await put("one", "Mine");
      await rest();
      expect(await titles()).toEqual(["Mine"]);
      const [only, ...more] = [...a.source.resources.values()];
      expect(more).toEqual([]);
      expect(only?.ical).toContain("SUMMARY:Mine");
      expect(only?.ical).toContain("20260303T150000Z");
    }));

  it("does not bring back a meeting that both accounts deleted, though their copies differed", () =>
    world(async ({ a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "As A has it"));
      b.source.write(b.source.idOf("one"), ical("one", "As B has it"));
      await rest();
      a.source.remove(a.source.idOf("one"));
      b.source.remove(b.source.idOf("one"));
      await rest();
      expect(await titles()).toEqual([]);
      expect([titlesIn(a, "source"), titlesIn(b, "source")]).toEqual([[], []]);
    }));

  it("does not bring it back either when the second copy goes before the first one's place was read", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      a.source.write(a.source.idOf("one"), ical("one", "As A has it"));
      b.source.write(b.source.idOf("one"), ical("one", "As B has it"));
      await rest();
      a.source.remove(a.source.idOf("one"));
      await pull(graph, a);
      b.source.remove(b.source.idOf("one"));
      await rest();
      expect(await titles()).toEqual([]);
      expect([titlesIn(a, "source"), titlesIn(b, "source")]).toEqual([[], []]);
    }));

  it("is not doubled in its account when the account of the origin is removed", () =>
    world(async ({ graph, a, b, rest, titles }) => {
      const invited = "/acc_B/calendar/invited.ics";
      a.source.write(a.source.idOf("one"), ical("one", "As A has it"));
      b.source.write(invited, ical("one", "As B has it"));
      await rest();
      await removeAccount(graph, A);
      while (await workOneBatch(graph));
      await rest();
      expect([...b.source.resources.keys()]).toEqual([invited]);
      expect(titlesIn(b, "source")).toEqual(["As B has it"]);
      expect(await titles()).toEqual(["As B has it"]);
      b.source.remove(invited);
      await rest();
      expect(await titles()).toEqual([]);
      expect(b.source.resources.size).toBe(0);
    }));

  it.each([true, false])(
    "gets the edit that was on its way to where it moved from (pushed before the pull: %s)",
    (pushed) =>
      world(async ({ graph, a, put, rest, titles }) => {
        a.source.write(a.source.idOf("one"), ical("one", "Old"));
        await rest();
        await put("one", "Mine");
        a.source.write(ELSEWHERE, ical("one", "Old", "20260303T150000Z"));
        a.source.remove(a.source.idOf("one"));
        // The server answers that it is not there any more; in another calendar nothing stops it from being created twice.
        if (pushed) for (let round = 0; round < 3; round++) await push(graph, a);
        const row = graph.sql
          .exec("SELECT provider_event_id AS id FROM event_mirrors WHERE kind = 'origin'")
          .one();
        expect(row).toEqual({ id: a.source.idOf("one") });
        await rest();
        expect(await titles()).toEqual(["Mine"]);
        expect([...a.source.resources.keys()]).toEqual([ELSEWHERE]);
        expect(a.source.resources.get(ELSEWHERE)?.ical).toContain("SUMMARY:Mine");
        expect(a.source.resources.get(ELSEWHERE)?.ical).toContain("20260303T150000Z");
      }),
  );
});
