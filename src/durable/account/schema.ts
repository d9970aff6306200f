// The database of one connected account. BLOB columns are sealed (sql/sealed.ts). Times are UTC epoch milliseconds.
// The list is append-only (sql/migrations.ts).

import type { Migration } from "../sql/migrations.ts";

const ACCOUNT = `
CREATE TABLE account (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  account_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  provider TEXT NOT NULL CHECK (provider IN ('caldav', 'google', 'microsoft', 'ics')),
  label BLOB NOT NULL,
  credentials BLOB NOT NULL,
  granted_scopes BLOB,
  connected_at INTEGER NOT NULL,
  last_sync_at INTEGER,
  last_success_at INTEGER,
  health TEXT NOT NULL CHECK (health IN ('green', 'yellow', 'red')),
  message BLOB,
  needs_reconnect INTEGER NOT NULL CHECK (needs_reconnect IN (0, 1)),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  not_before INTEGER NOT NULL
) STRICT;
`;

const REMOTE_CALENDARS = `
CREATE TABLE remote_calendars (
  provider_calendar_id TEXT PRIMARY KEY,
  name BLOB NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('source', 'overlay')),
  is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
  writable INTEGER NOT NULL CHECK (writable IN (0, 1)),
  selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
  time_zone TEXT,
  gone_at INTEGER,
  cursor TEXT,
  cursor_window TEXT,
  last_sync_at INTEGER,
  last_success_at INTEGER,
  error BLOB
) STRICT;
CREATE UNIQUE INDEX remote_calendars_one_primary ON remote_calendars (is_primary) WHERE is_primary = 1;
CREATE UNIQUE INDEX remote_calendars_one_overlay ON remote_calendars (role) WHERE role = 'overlay';
`;

const CHANNELS = `
CREATE TABLE channels (
  channel_id TEXT PRIMARY KEY,
  provider_calendar_id TEXT NOT NULL REFERENCES remote_calendars (provider_calendar_id) ON DELETE CASCADE,
  resource_id TEXT,
  kind TEXT NOT NULL,
  secret BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
`;

/** Set while writes are on their way: what became of them is not known when it is still set afterwards. */
const WRITING = `
ALTER TABLE account ADD COLUMN is_writing INTEGER NOT NULL DEFAULT 0 CHECK (is_writing IN (0, 1));
`;

export const accountMigrations: readonly Migration[] = [
  { name: "one connected account", statements: ACCOUNT + REMOTE_CALENDARS + CHANNELS },
  { name: "writes that were cut off", statements: WRITING },
];
