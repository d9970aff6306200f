// Applies the migrations of a D1 database in order, with the bookkeeping of `wrangler d1 migrations apply` (table d1_migrations), each
// in one transaction with its record.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const bookkeeping = `create table if not exists d1_migrations(
  id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null
);`;

/** The part of D1 that is used here. */
export interface MigratedDatabase {
  prepare(sql: string): {
    all(): Promise<{ results: readonly Record<string, unknown>[] }>;
    run(): Promise<unknown>;
  };
}

/** Returns the names applied now. Throws when a migration fails (nothing of it stays) or when the database is newer than the program. */
export async function applyMigrations(
  database: MigratedDatabase,
  folder: string,
): Promise<readonly string[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  await database.prepare(bookkeeping).run();
  const { results } = await database.prepare("select name from d1_migrations order by id").all();
  const applied = new Set(results.map(({ name }) => String(name)));
  for (const name of applied) {
    if (!files.includes(name)) {
      throw new Error(
        `The database has the migration ${name}, which this version does not know: start the newer version.`,
      );
    }
  }
  const pending = files.filter((name) => !applied.has(name));
  for (const name of pending) {
    const record = `insert into d1_migrations (name) values ('${name.replaceAll("'", "''")}');`;
    try {
      await database.prepare(`${readFileSync(join(folder, name), "utf8")}\n${record}`).run();
    } catch (error) {
      throw new Error(
        `The migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
  return pending;
}
