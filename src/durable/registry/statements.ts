// Every SQL statement of the registry, by name. Listed columns, bound parameters; the tables are in migrations/.

export const statements = {
  insertUser: `INSERT INTO users (user_id, slug, email, created_at) VALUES (?1, ?2, ?3, ?4)`,
  insertSignInUser: `INSERT INTO auth_user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?1, ?2, ?3, 0, ?4, ?4)`,
  userBySlug: `SELECT user_id, slug, email, credential_epoch, created_at FROM users WHERE slug = ?1`,
  userById: `SELECT user_id, slug, email, credential_epoch, created_at FROM users WHERE user_id = ?1`,
  userByEmail: `SELECT user_id, slug, email, credential_epoch, created_at FROM users WHERE email = ?1`,
  users: `SELECT user_id, slug, email, credential_epoch, created_at FROM users ORDER BY slug`,

  insertAppPassword: `INSERT INTO app_passwords (app_password_id, user_id, password_hash, sealed_label, scope, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (app_password_id) DO NOTHING`,
  appPasswords: `SELECT app_password_id, sealed_label, scope, created_at, last_used_at FROM app_passwords
    WHERE user_id = ?1 AND revoked_at IS NULL ORDER BY app_password_id`,
  // Epoch first, then the row, in one batch: the first statement sees whether there is anything to revoke.
  raiseEpoch: `UPDATE users SET credential_epoch = credential_epoch + 1 WHERE user_id = ?1 AND EXISTS (
      SELECT 1 FROM app_passwords WHERE app_password_id = ?2 AND user_id = ?1 AND revoked_at IS NULL)
    RETURNING credential_epoch`,
  revokeAppPassword: `UPDATE app_passwords SET revoked_at = ?3
    WHERE app_password_id = ?2 AND user_id = ?1 AND revoked_at IS NULL`,
  authenticate: `SELECT u.user_id, u.slug, u.credential_epoch, p.app_password_id, p.scope
    FROM app_passwords AS p JOIN users AS u ON u.user_id = p.user_id
    WHERE p.password_hash = ?2 AND p.revoked_at IS NULL AND (u.slug = ?1 OR u.email = ?1)`,
  touchAppPassword: `UPDATE app_passwords SET last_used_at = ?2
    WHERE app_password_id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)`,

  insertAccount: `INSERT INTO accounts (account_id, user_id, provider, status, created_at) VALUES (?1, ?2, ?3, 'connecting', ?4)`,
  claimAccount: `INSERT INTO accounts (account_id, user_id, provider, status, identity_hash, created_at)
    VALUES (?1, ?2, ?3, 'connecting', ?4, ?5) ON CONFLICT (user_id, identity_hash) DO NOTHING`,
  activateAccount: `UPDATE accounts SET status = 'active' WHERE account_id = ?1`,
  accounts: `SELECT account_id, user_id, provider, created_at FROM accounts WHERE user_id = ?1 ORDER BY account_id`,
  account: `SELECT account_id, user_id, provider, created_at FROM accounts WHERE account_id = ?1`,
  deleteAccount: `DELETE FROM accounts WHERE account_id = ?1`,
  accountsAfter: `SELECT account_id, user_id, provider, created_at FROM accounts
    WHERE status = 'active' AND account_id > ?1 ORDER BY account_id LIMIT ?2`,
  connectingBefore: `SELECT account_id, user_id, provider, created_at FROM accounts
    WHERE status = 'connecting' AND created_at < ?1 ORDER BY account_id LIMIT ?2`,

  insertFeed: `INSERT INTO feeds (feed_id, user_id, token_hash, created_at) VALUES (?1, ?2, ?3, ?4)`,
  feedByTokenHash: `SELECT feed_id, user_id FROM feeds WHERE token_hash = ?1`,
  deleteFeed: `DELETE FROM feeds WHERE feed_id = ?1`,

  insertPasskey: `INSERT INTO passkeys (credential_id, user_id, public_key, counter, transports, backed_up, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (credential_id) DO NOTHING`,
  passkey: `SELECT credential_id, user_id, public_key, counter, transports, backed_up, created_at, last_used_at
    FROM passkeys WHERE credential_id = ?1`,
  passkeys: `SELECT credential_id, user_id, public_key, counter, transports, backed_up, created_at, last_used_at
    FROM passkeys WHERE user_id = ?1 ORDER BY created_at`,
  passkeyUsed: `UPDATE passkeys SET counter = ?2, last_used_at = ?3 WHERE credential_id = ?1`,
  deletePasskey: `DELETE FROM passkeys WHERE user_id = ?1 AND credential_id = ?2`,

  insertLink: `INSERT INTO one_time_links (token_hash, purpose, user_id, subject_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)`,
  purgeLinks: `DELETE FROM one_time_links WHERE expires_at < ?1`,
  link: `SELECT token_hash, purpose, user_id, subject_id, expires_at FROM one_time_links
    WHERE token_hash = ?1 AND purpose = ?2 AND expires_at > ?3 AND (claimed_at IS NULL OR claimed_at > ?3 - ?4)`,
  claimLink: `UPDATE one_time_links SET claimed_at = coalesce(claimed_at, ?3)
    WHERE token_hash = ?1 AND purpose = ?2 AND expires_at > ?3 AND (claimed_at IS NULL OR claimed_at > ?3 - ?4)
    RETURNING token_hash, purpose, user_id, subject_id, expires_at`,

  purgeChallenges: `DELETE FROM spent_challenges WHERE expires_at < ?1`,
  spendChallenge: `INSERT INTO spent_challenges (challenge_hash, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING`,
} as const;
