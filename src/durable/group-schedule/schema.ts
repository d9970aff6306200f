// The database of one group scheduling session: who takes part and what was decided. BLOB columns are sealed (sql/sealed.ts).

import type { Migration } from "../sql/migrations.ts";

export const groupScheduleMigrations: readonly Migration[] = [
  {
    name: "one scheduling session",
    statements: `
CREATE TABLE session (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  state TEXT NOT NULL CHECK (state IN ('collecting', 'held', 'committing', 'committed', 'aborted')),
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE participants (
  user_id TEXT PRIMARY KEY,
  joined_at INTEGER NOT NULL
) STRICT;
CREATE TABLE holds (
  user_id TEXT NOT NULL REFERENCES participants (user_id),
  start_ts INTEGER NOT NULL,
  end_ts INTEGER NOT NULL CHECK (end_ts > start_ts),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, start_ts)
) STRICT;
CREATE TABLE decisions (
  decision_id INTEGER PRIMARY KEY,
  ts INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('collecting', 'held', 'committing', 'committed', 'aborted')),
  reason BLOB
) STRICT;
`,
  },
];
