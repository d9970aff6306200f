// ICS feeds: a link whose token is the permission. The graph knows the feed and its detail, the registry leads the token's
// hash to it; the token itself exists once, in the answer to whoever made it.

import { type FeedId, newId, type UserId } from "../core/id.ts";
import type { DetailLevel } from "../core/ports/user-graph.ts";
import type { Ports } from "./ports.ts";
import { base64Url } from "./token-hash.ts";

const TOKEN_BYTES = 24;

export async function createFeed(
  ports: Ports,
  userId: UserId,
  detail: DetailLevel,
): Promise<{ feedId: FeedId; path: string }> {
  const feedId = newId("fed", ports.clock, ports.random);
  const token = base64Url(ports.random.bytes(TOKEN_BYTES));
  await ports.userGraph(userId).addFeed({ feedId, detail });
  await ports.registry.addFeed({ feedId, userId, tokenHash: await ports.tokenHash("feed", token) });
  return { feedId, path: `/feeds/${token}.ics` };
}

export async function removeFeed(ports: Ports, userId: UserId, feedId: FeedId): Promise<boolean> {
  const removed = await ports.userGraph(userId).removeFeed(feedId);
  if (removed) await ports.registry.removeFeed(feedId);
  return removed;
}
