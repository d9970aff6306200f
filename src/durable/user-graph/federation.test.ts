import { describe, expect, it } from "vitest";
import { pull, push } from "./simulated-provider.ts";
import { B, ical, titlesIn, world } from "./testing-world.ts";

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
