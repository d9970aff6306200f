// Append-only numbered migrations, recorded in a table of the database itself (DO SQLite refuses `PRAGMA user_version`).
// A list that lost, reordered or rewrote an applied step is refused before anything is touched.
// Knows nothing of what the steps create.

import { assert } from "../../core/assert.ts";

export interface Migration {
  readonly name: string;
  readonly statements: string;
}

const CREATE_RECORD = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY CHECK (number >= 1),
  name TEXT NOT NULL UNIQUE,
  applied_at INTEGER NOT NULL
) STRICT`;

/** True when the database has been migrated at least once; reading this stores nothing. */
export function isMigrated(storage: DurableObjectStorage): boolean {
  return (
    storage.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").toArray()
      .length > 0
  );
}

/** Brings the database to the end of the list in one transaction. */
export function migrate(storage: DurableObjectStorage, list: readonly Migration[], now: number): void {
  storage.transactionSync(() => {
    storage.sql.exec(CREATE_RECORD);
    const applied = storage.sql
      .exec<{ number: number; name: string }>("SELECT number, name FROM migrations ORDER BY number")
      .toArray();
    assert(applied.length <= list.length, "a migration list only grows: the database is ahead of this build");
    for (const [index, row] of applied.entries()) {
      assert(
        row.number === index + 1 && list[index]?.name === row.name,
        `migration ${row.number} was applied as "${row.name}", the list says "${list[index]?.name ?? "nothing"}"`,
      );
    }
    for (let index = applied.length; index < list.length; index++) {
      const step = list[index];
      assert(step !== undefined, "a step inside the list exists");
      storage.sql.exec(step.statements);
      storage.sql.exec(
        "INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)",
        index + 1,
        step.name,
        now,
      );
    }
  });
}
