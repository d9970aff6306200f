// ICS feeds: which exist and at which detail. Their tokens live in the registry.

import type { FeedId } from "../../core/id.ts";
import type { DetailLevel, Feed } from "../../core/ports/user-graph.ts";

export function readFeeds(sql: SqlStorage): readonly Feed[] {
  return sql
    .exec<{ feed_id: FeedId; detail_level: DetailLevel; created_at: number; last_fetched_at: number | null }>(
      "SELECT feed_id, detail_level, created_at, last_fetched_at FROM feeds ORDER BY created_at, feed_id",
    )
    .toArray()
    .map((row) => ({
      feedId: row.feed_id,
      detail: row.detail_level,
      createdAt: row.created_at,
      lastFetchedAt: row.last_fetched_at,
    }));
}

export function addFeed(sql: SqlStorage, feed: { feedId: FeedId; detail: DetailLevel }, nowMs: number): void {
  sql.exec(
    "INSERT INTO feeds (feed_id, detail_level, created_at) VALUES (?, ?, ?) ON CONFLICT (feed_id) DO UPDATE SET detail_level = excluded.detail_level",
    feed.feedId,
    feed.detail,
    nowMs,
  );
}

export function removeFeed(sql: SqlStorage, feedId: FeedId): boolean {
  return sql.exec("DELETE FROM feeds WHERE feed_id = ? RETURNING feed_id", feedId).toArray().length > 0;
}

const FETCH_RECORDED_EVERY_MS = 60_000;

/** Remembers the fetch, not more often than once a minute: a polling reader does not make the database write. */
export function recordFetch(sql: SqlStorage, feed: Feed, nowMs: number): void {
  if (feed.lastFetchedAt !== null && nowMs - feed.lastFetchedAt < FETCH_RECORDED_EVERY_MS) return;
  sql.exec("UPDATE feeds SET last_fetched_at = ? WHERE feed_id = ?", nowMs, feed.feedId);
}
