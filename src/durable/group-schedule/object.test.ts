import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { migrate } from "../sql/migrations.ts";
import { bindings } from "../user-graph/testing-graph.ts";
import { groupScheduleMigrations } from "./schema.ts";

describe("the object of a scheduling session", () => {
  it("knows nothing and stores nothing where no session is", async () => {
    const stub = bindings.GROUP_SCHEDULE.get(bindings.GROUP_SCHEDULE.newUniqueId());
    expect(await stub.describe()).toBeUndefined();
    await runInDurableObject(stub, (_instance, { storage }) => {
      expect(
        storage.sql
          .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
          .toArray(),
      ).toEqual([]);
    });
  });

  it("answers what is recorded", async () => {
    const stub = bindings.GROUP_SCHEDULE.get(bindings.GROUP_SCHEDULE.newUniqueId());
    await runInDurableObject(stub, (_instance, { storage }) => {
      migrate(storage, groupScheduleMigrations, 1);
      storage.sql.exec("INSERT INTO session VALUES (1, 'held', 1)");
      storage.sql.exec("INSERT INTO participants VALUES ('usr_1', 1)");
      storage.sql.exec("INSERT INTO holds VALUES ('usr_1', 1, 2, 3)");
    });
    expect(await stub.describe()).toEqual({ state: "held", participants: 1, holds: 1 });
  });
});
