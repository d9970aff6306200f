// The database of one user. Times are UTC epoch milliseconds. BLOB columns are sealed (sql/sealed.ts): everything a person
// wrote or that names a person. Plain are ids, UIDs, resource names, times, flags, etags and keyed hashes.
// The list is append-only (sql/migrations.ts); every step has a test that starts from the data of the one before.
//
// A deleted event keeps its plain row (`deleted_at`) while copies of it still have to be deleted at providers, so that its
// canonical_event_id stays what its mirrors point to and a UID that returns takes up the same identity.

import type { Migration } from "../sql/migrations.ts";

const OWNER = `
CREATE TABLE owner (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  user_id TEXT NOT NULL,
  slug TEXT NOT NULL CHECK (slug <> ''),
  person BLOB NOT NULL,
  credential_epoch INTEGER NOT NULL DEFAULT 0 CHECK (credential_epoch >= 0),
  history_epoch TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  pruned_revision INTEGER NOT NULL DEFAULT 0 CHECK (pruned_revision BETWEEN 0 AND revision),
  created_at INTEGER NOT NULL
) STRICT;
`;

const CALENDARS = `
CREATE TABLE calendars (
  calendar_key INTEGER PRIMARY KEY,
  calendar_id TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('unified', 'account', 'tasks', 'trips', 'subscribed', 'local')),
  account_id TEXT,
  provider_calendar_id TEXT,
  display_name BLOB NOT NULL,
  description BLOB,
  color BLOB,
  time_zone BLOB,
  sort_order INTEGER,
  component_set TEXT NOT NULL,
  transparency TEXT NOT NULL CHECK (transparency IN ('opaque', 'transparent')),
  revision INTEGER NOT NULL CHECK (revision >= 0),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE deleted_calendars (
  slug TEXT PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE dead_properties (
  target TEXT NOT NULL,
  name TEXT NOT NULL,
  xml BLOB NOT NULL,
  PRIMARY KEY (target, name)
) STRICT;
`;

const EVENTS = `
CREATE TABLE events (
  event_key INTEGER PRIMARY KEY,
  canonical_event_id TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL UNIQUE,
  component TEXT NOT NULL CHECK (component IN ('VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY', 'VAVAILABILITY')),
  etag TEXT NOT NULL,
  schedule_tag TEXT,
  size INTEGER NOT NULL CHECK (size >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  origin_account_id TEXT,
  sequence INTEGER NOT NULL,
  status TEXT CHECK (status IN ('TENTATIVE', 'CONFIRMED', 'CANCELLED', 'NEEDS-ACTION', 'COMPLETED', 'IN-PROCESS', 'DRAFT', 'FINAL')),
  transparency TEXT NOT NULL CHECK (transparency IN ('OPAQUE', 'TRANSPARENT')),
  class TEXT CHECK (class IN ('PUBLIC', 'PRIVATE', 'CONFIDENTIAL')),
  start_ts INTEGER,
  end_ts INTEGER,
  time_zone TEXT,
  is_all_day INTEGER NOT NULL CHECK (is_all_day IN (0, 1)),
  is_floating INTEGER NOT NULL CHECK (is_floating IN (0, 1)),
  is_recurring INTEGER NOT NULL CHECK (is_recurring IN (0, 1)),
  indexed_from INTEGER,
  indexed_until INTEGER,
  intent TEXT
) STRICT;
CREATE INDEX events_by_origin ON events (origin_account_id, event_key);
CREATE INDEX events_indexed_from ON events (indexed_from) WHERE indexed_from IS NOT NULL;
CREATE INDEX events_indexed_until ON events (indexed_until) WHERE indexed_until IS NOT NULL;
CREATE INDEX events_by_component ON events (component, event_key) WHERE component <> 'VEVENT';

CREATE TABLE event_contents (
  event_key INTEGER PRIMARY KEY REFERENCES events (event_key) ON DELETE CASCADE,
  ical BLOB NOT NULL,
  details BLOB NOT NULL
) STRICT;

CREATE TABLE resources (
  calendar_key INTEGER NOT NULL REFERENCES calendars (calendar_key),
  name TEXT NOT NULL CHECK (name <> ''),
  event_key INTEGER NOT NULL REFERENCES events (event_key),
  created_revision INTEGER NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= created_revision),
  PRIMARY KEY (calendar_key, name)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX resources_by_event ON resources (event_key, calendar_key);
CREATE UNIQUE INDEX resources_by_revision ON resources (calendar_key, revision);

CREATE TABLE tombstones (
  calendar_key INTEGER NOT NULL REFERENCES calendars (calendar_key) ON DELETE CASCADE,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  deleted_at INTEGER NOT NULL,
  PRIMARY KEY (calendar_key, name)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tombstones_by_revision ON tombstones (calendar_key, revision);
CREATE INDEX tombstones_by_age ON tombstones (deleted_at, revision);

CREATE TABLE occurrences (
  event_key INTEGER NOT NULL REFERENCES events (event_key) ON DELETE CASCADE,
  recurrence_id INTEGER NOT NULL,
  start_ts INTEGER NOT NULL,
  end_ts INTEGER NOT NULL CHECK (end_ts >= start_ts),
  busy_kind TEXT NOT NULL CHECK (busy_kind IN ('BUSY', 'BUSY-TENTATIVE', 'FREE')),
  is_floating INTEGER NOT NULL CHECK (is_floating IN (0, 1)),
  is_long INTEGER NOT NULL CHECK (is_long IN (0, 1)),
  PRIMARY KEY (event_key, recurrence_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrences_by_start ON occurrences (is_long, start_ts, end_ts, event_key, is_floating, busy_kind);
`;

const ACCOUNTS_AND_POLICY = `
CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  provider TEXT NOT NULL CHECK (provider IN ('caldav', 'google', 'microsoft', 'ics')),
  label BLOB NOT NULL,
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policies (
  policy_id TEXT PRIMARY KEY,
  generation INTEGER NOT NULL CHECK (generation >= 0),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policy_edges (
  edge_id TEXT PRIMARY KEY,
  policy_id TEXT NOT NULL REFERENCES policies (policy_id),
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
  detail_level TEXT NOT NULL CHECK (detail_level IN ('BUSY', 'TITLE', 'FULL')),
  calendar_kind TEXT NOT NULL CHECK (calendar_kind IN ('OVERLAY', 'MIRROR')),
  filters BLOB,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  UNIQUE (policy_id, from_account, to_account),
  CHECK (from_account <> to_account)
) STRICT;

CREATE TABLE event_sources (
  account_id TEXT NOT NULL,
  provider_calendar_id TEXT NOT NULL,
  provider_event_id TEXT NOT NULL,
  canonical_event_id TEXT NOT NULL REFERENCES events (canonical_event_id),
  provider_etag TEXT,
  role TEXT NOT NULL CHECK (role IN ('origin', 'copy', 'foreign')),
  content_hash TEXT NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider_calendar_id, provider_event_id)
) STRICT;
CREATE INDEX event_sources_by_event ON event_sources (canonical_event_id);
CREATE UNIQUE INDEX event_sources_one_origin ON event_sources (canonical_event_id) WHERE role = 'origin';

CREATE TABLE event_mirrors (
  canonical_event_id TEXT NOT NULL REFERENCES events (canonical_event_id),
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('overlay', 'mirror', 'origin')),
  provider_calendar_id TEXT,
  provider_event_id TEXT,
  provider_etag TEXT,
  desired_hash TEXT,
  projected_hash TEXT,
  seen_hash TEXT,
  base BLOB,
  tried BLOB,
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'DELETING', 'TOMBSTONED', 'ERROR', 'OVERRIDDEN')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at INTEGER NOT NULL,
  error BLOB,
  last_write_ts INTEGER,
  PRIMARY KEY (canonical_event_id, account_id, kind)
) STRICT;
CREATE INDEX event_mirrors_due ON event_mirrors (account_id, next_attempt_at) WHERE desired_hash IS NOT projected_hash;
CREATE INDEX event_mirrors_by_provider ON event_mirrors (account_id, provider_event_id) WHERE provider_event_id IS NOT NULL;
CREATE INDEX event_mirrors_by_state ON event_mirrors (account_id, state);

CREATE TABLE background_work (
  kind TEXT NOT NULL CHECK (kind IN ('recompile', 'remove-account')),
  subject TEXT NOT NULL,
  next_event_key INTEGER NOT NULL,
  PRIMARY KEY (kind, subject)
) STRICT;
`;

const JOURNAL = `
CREATE TABLE event_journal (
  journal_id TEXT PRIMARY KEY,
  canonical_event_id TEXT NOT NULL,
  ts INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (actor <> ''),
  change_type TEXT NOT NULL CHECK (change_type IN ('created', 'updated', 'deleted', 'merged', 'restored')),
  patch BLOB,
  reason TEXT
) STRICT;
CREATE INDEX event_journal_by_event ON event_journal (canonical_event_id, journal_id);
CREATE TRIGGER event_journal_no_update BEFORE UPDATE ON event_journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER event_journal_no_delete BEFORE DELETE ON event_journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
`;

const PLANNING_AND_FEEDS = `
CREATE TABLE constraints (
  constraint_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('working_hours', 'trip', 'no_meetings_after', 'buffer', 'override', 'focus')),
  body BLOB NOT NULL,
  active_from INTEGER,
  active_to INTEGER,
  CHECK (active_from IS NULL OR active_to IS NULL OR active_from <= active_to)
) STRICT;

CREATE TABLE feeds (
  feed_id TEXT PRIMARY KEY,
  detail_level TEXT NOT NULL CHECK (detail_level IN ('BUSY', 'TITLE', 'FULL')),
  filters BLOB,
  past_ms INTEGER,
  future_ms INTEGER,
  created_at INTEGER NOT NULL,
  last_fetched_at INTEGER
) STRICT;

CREATE TABLE approvals (
  approval_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  provider_calendar_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('mass-deletion')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'rejected')),
  created_at INTEGER NOT NULL,
  decided_at INTEGER
) STRICT;
CREATE UNIQUE INDEX approvals_waiting ON approvals (account_id, provider_calendar_id, kind) WHERE state = 'waiting';

CREATE TABLE approval_items (
  approval_id TEXT NOT NULL REFERENCES approvals (approval_id) ON DELETE CASCADE,
  provider_event_id TEXT NOT NULL,
  PRIMARY KEY (approval_id, provider_event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deletion_passes (
  account_id TEXT NOT NULL,
  provider_calendar_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  known INTEGER NOT NULL CHECK (known >= 0),
  deleted INTEGER NOT NULL CHECK (deleted >= 0),
  PRIMARY KEY (account_id, provider_calendar_id)
) STRICT;
`;

const OCCURRENCE_RUNS = `
ALTER TABLE occurrences ADD COLUMN weeks INTEGER NOT NULL DEFAULT 1 CHECK (weeks BETWEEN 1 AND 13);
DROP INDEX occurrences_by_start;
CREATE INDEX occurrences_by_start ON occurrences (is_long, start_ts, end_ts, event_key, is_floating, busy_kind) WHERE weeks = 1;
CREATE INDEX occurrence_runs_by_start ON occurrences (start_ts, end_ts, event_key, is_floating, busy_kind, weeks) WHERE weeks > 1;
CREATE TABLE run_weeks (week INTEGER PRIMARY KEY CHECK (week BETWEEN 0 AND 12)) STRICT;
INSERT INTO run_weeks (week) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12);
`;

export const userGraphMigrations: readonly Migration[] = [
  {
    name: "the canonical graph of one user",
    statements: OWNER + CALENDARS + EVENTS + ACCOUNTS_AND_POLICY + JOURNAL + PLANNING_AND_FEEDS,
  },
  { name: "one row for instances that follow week by week", statements: OCCURRENCE_RUNS },
];
