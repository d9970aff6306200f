-- The registry: what crosses users. Routing rows, credentials' hashes and sign-in; never the content of a calendar.
-- Times are UTC epoch milliseconds, except in the auth_* tables, whose shape better-auth dictates (ISO text, camel case).

CREATE TABLE users (
  user_id TEXT PRIMARY KEY CHECK (user_id GLOB 'usr_*'),
  slug TEXT NOT NULL UNIQUE CHECK (slug GLOB '[a-z0-9]*' AND slug NOT GLOB '*[^a-z0-9_-]*' AND length(slug) <= 63),
  email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
  credential_epoch INTEGER NOT NULL DEFAULT 1 CHECK (credential_epoch >= 1),
  created_at INTEGER NOT NULL
) STRICT;

-- label is what a person typed: sealed (AES-256-GCM), never readable here. A revoked row stays, so that its id cannot return.
CREATE TABLE app_passwords (
  app_password_id TEXT PRIMARY KEY CHECK (app_password_id GLOB 'pwd_*'),
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL UNIQUE,
  sealed_label BLOB NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('caldav', 'caldav-read')),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX app_passwords_by_user ON app_passwords (user_id, app_password_id);

-- A row exists before the credentials are tried, so that nothing stored elsewhere is ever unreachable.
CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY CHECK (account_id GLOB 'acc_*'),
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  provider TEXT NOT NULL CHECK (provider IN ('caldav', 'google', 'microsoft', 'ics')),
  status TEXT NOT NULL CHECK (status IN ('connecting', 'active')),
  identity_hash TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (user_id, identity_hash)
) STRICT;
CREATE INDEX accounts_by_user ON accounts (user_id, account_id);
CREATE INDEX accounts_by_status ON accounts (status, account_id);

CREATE TABLE feeds (
  feed_id TEXT PRIMARY KEY CHECK (feed_id GLOB 'fed_*'),
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feeds_by_user ON feeds (user_id, feed_id);

-- Push channels of providers: the id that arrives in a notification -> the account that it wakes.
CREATE TABLE channels (
  channel_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_by_account ON channels (account_id);

-- Links that act without a sign-in. Only the keyed hash of the token is kept.
CREATE TABLE one_time_links (
  token_hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('set-password', 'apple-profile')),
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  subject_id TEXT,
  expires_at INTEGER NOT NULL,
  claimed_at INTEGER
) STRICT;
CREATE INDEX one_time_links_by_expiry ON one_time_links (expires_at);

CREATE TABLE passkeys (
  credential_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  public_key BLOB NOT NULL,
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL,
  backed_up INTEGER NOT NULL CHECK (backed_up IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- WebAuthn challenges that were answered: each counts once.
CREATE TABLE spent_challenges (
  challenge_hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX spent_challenges_by_expiry ON spent_challenges (expires_at);

-- better-auth's tables. "name" holds the slug: a person's name is content and lives sealed in the user's own graph.
CREATE TABLE auth_user (
  id TEXT PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  emailVerified INTEGER NOT NULL,
  image TEXT,
  createdAt TEXT NOT NULL,
  updatedAt TEXT NOT NULL
) STRICT;

CREATE TABLE auth_session (
  id TEXT PRIMARY KEY,
  expiresAt TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  createdAt TEXT NOT NULL,
  updatedAt TEXT NOT NULL,
  ipAddress TEXT,
  userAgent TEXT,
  userId TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX auth_session_by_user ON auth_session (userId);

CREATE TABLE auth_account (
  id TEXT PRIMARY KEY,
  accountId TEXT NOT NULL,
  providerId TEXT NOT NULL,
  userId TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  accessToken TEXT,
  refreshToken TEXT,
  idToken TEXT,
  accessTokenExpiresAt TEXT,
  refreshTokenExpiresAt TEXT,
  scope TEXT,
  password TEXT,
  createdAt TEXT NOT NULL,
  updatedAt TEXT NOT NULL
) STRICT;
CREATE INDEX auth_account_by_user ON auth_account (userId);
CREATE UNIQUE INDEX auth_account_by_provider ON auth_account (providerId, accountId);

CREATE TABLE auth_verification (
  id TEXT PRIMARY KEY,
  identifier TEXT NOT NULL,
  value TEXT NOT NULL,
  expiresAt TEXT NOT NULL,
  createdAt TEXT NOT NULL,
  updatedAt TEXT NOT NULL
) STRICT;
CREATE INDEX auth_verification_by_identifier ON auth_verification (identifier);
