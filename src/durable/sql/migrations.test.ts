import { describe, expect, it } from "vitest";
import { inFreshObject } from "../user-graph/testing-graph.ts";
import { isMigrated, migrate } from "./migrations.ts";

const first = { name: "first", statements: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);" };
const second = { name: "second", statements: "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;" };
const broken = {
  name: "broken",
  statements: "INSERT INTO a VALUES (9, 9); CREATE TABLE a (x INTEGER) STRICT;",
};

describe("migrations", () => {
  it("runs each step once and carries the data of the step before", async () => {
    await inFreshObject(async ({ storage }) => {
      expect(isMigrated(storage)).toBe(false);
      migrate(storage, [first], 1);
      migrate(storage, [first], 2);
      migrate(storage, [first, second], 3);
      expect(isMigrated(storage)).toBe(true);
      expect(storage.sql.exec("SELECT x, y FROM a").toArray()).toEqual([{ x: 1, y: 2 }]);
      expect(storage.sql.exec("SELECT number, name, applied_at FROM migrations").toArray()).toEqual([
        { number: 1, name: "first", applied_at: 1 },
        { number: 2, name: "second", applied_at: 3 },
      ]);
    });
  });

  it.each([
    ["shortened", [first]],
    ["reordered", [second, first]],
    ["rewritten", [first, { ...second, name: "other" }]],
  ])("refuses a %s list", async (_how, list) => {
    await inFreshObject(async ({ storage }) => {
      migrate(storage, [first, second], 1);
      expect(() => migrate(storage, list, 2)).toThrow(/migration/);
    });
  });

  it("takes back the whole call when one step fails", async () => {
    await inFreshObject(async ({ storage }) => {
      migrate(storage, [first], 1);
      expect(() => migrate(storage, [first, second, broken], 2)).toThrow();
      expect(storage.sql.exec("SELECT * FROM a").toArray()).toEqual([{ x: 1 }]);
      expect(storage.sql.exec("SELECT count(*) AS n FROM migrations").one()).toEqual({ n: 1 });
    });
  });
});
