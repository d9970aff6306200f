// `/feeds/<token>.ics`: the token is the whole permission. Its hash leads to the feed's owner; the graph decides whether the
// feed still exists, so a remembered token dies with its feed.

import type { FeedId, UserId } from "../core/id.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Registry } from "../core/ports/registry.ts";
import { clientAddress } from "./client-address.ts";
import { createThrottle } from "./throttle.ts";
import type { TokenHash } from "./token-hash.ts";

export interface FeedGateParts {
  readonly registry: Pick<Registry, "feedByTokenHash">;
  readonly tokenHash: TokenHash;
  readonly clock: Clock;
  readonly settings: { readonly clientAddressHeader: string | undefined };
  readonly forward: (userId: UserId, request: Request) => Promise<Response>;
}

const PATH = /^\/feeds\/([A-Za-z0-9_-]{22,43})\.ics$/;
const REMEMBERED_MS = 300_000;
const ENTRIES_MAX = 5_000;
const TEXT = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };

export function createFeedGate(parts: FeedGateParts): (request: Request) => Promise<Response> {
  const known = new Map<string, { feedId: FeedId; userId: UserId; until: number }>();
  const throttle = createThrottle(parts.clock, { capacity: 30, refillMs: 2_000, keysMax: 10_000 });

  async function owner(token: string, address: string) {
    const remembered = known.get(token);
    if (remembered && remembered.until > parts.clock.now()) return remembered;
    if (throttle.waitSeconds(address) > 0) return "throttled";
    const feed = await parts.registry.feedByTokenHash(await parts.tokenHash("feed", token));
    if (!feed) {
      if (address !== "") throttle.failed(address);
      return undefined;
    }
    if (known.size >= ENTRIES_MAX) known.clear();
    const entry = { ...feed, until: parts.clock.now() + REMEMBERED_MS };
    known.set(token, entry);
    return entry;
  }

  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("A feed can only be read.\n", {
        status: 405,
        headers: { ...TEXT, allow: "GET, HEAD" },
      });
    }
    const url = new URL(request.url);
    const token = PATH.exec(url.pathname)?.[1];
    const feed =
      token === undefined
        ? undefined
        : await owner(token, clientAddress(request, parts.settings.clientAddressHeader));
    if (feed === "throttled") {
      return new Response("Too many unknown feed links. Wait, then try again.\n", {
        status: 503,
        headers: { ...TEXT, "retry-after": "60" },
      });
    }
    if (!feed)
      return new Response("There is no such feed. It may have been removed.\n", {
        status: 404,
        headers: TEXT,
      });

    const headers = new Headers();
    for (const name of ["if-none-match", "if-modified-since", "accept-encoding", "user-agent"]) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    url.pathname = `/feeds/${feed.feedId}`;
    return parts.forward(feed.userId, new Request(url, { method: request.method, headers }));
  };
}
