import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { applyMigrations } from "./migrate.ts";

let miniflare: Miniflare;
let folder: string;

beforeAll(() => {
  miniflare = new Miniflare({ modules: true, script: "export default {}", cf: false, d1Databases: ["DB"] });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "t-minus-migrations-"));
});
afterAll(async () => {
  await miniflare.dispose();
  rmSync(folder, { recursive: true });
});

test("migrations are applied once, in order, whole or not at all; a newer database is refused", async () => {
  const database = await miniflare.getD1Database("DB");
  const tables = async (): Promise<string[]> => {
    const found = await database
      .prepare("select name from sqlite_master where type = 'table' and name like 't_' order by name")
      .all<{ name: string }>();
    return found.results.map(({ name }) => name);
  };
  writeFileSync(join(folder, "0002_b.sql"), "alter table t1 add column b text;\ncreate table t2 (a text);");
  writeFileSync(
    join(folder, "0001_a.sql"),
    "create table t1 (a text default ';');\ncreate trigger tr after insert on t1 begin update t1 set a = ';'; end;\n-- end",
  );
  expect(await applyMigrations(database, folder)).toEqual(["0001_a.sql", "0002_b.sql"]);
  expect(await applyMigrations(database, folder)).toEqual([]);

  writeFileSync(join(folder, "0003_c.sql"), "create table t3 (a text);\ninsert into absent values (1);");
  await expect(applyMigrations(database, folder)).rejects.toThrow("The migration 0003_c.sql failed");
  expect(await tables()).toEqual(["t1", "t2"]);
  writeFileSync(join(folder, "0003_c.sql"), "create table t3 (a text);");
  expect(await applyMigrations(database, folder)).toEqual(["0003_c.sql"]);

  rmSync(join(folder, "0003_c.sql"));
  await expect(applyMigrations(database, folder)).rejects.toThrow(
    "0003_c.sql, which this version does not know",
  );
});
