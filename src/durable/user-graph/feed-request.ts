// A request for an ICS feed of this user. The Worker has found the feed by its token and names it by its id.

import { renderFeed } from "../../caldav/feed.ts";
import { projectForFeed } from "../../core/projection/project.ts";
import { readFeeds, recordFetch } from "./feeds.ts";
import type { Graph } from "./graph.ts";
import { calendarStore } from "./store.ts";

export async function answerFeed(graph: Graph, request: Request, feedId: string): Promise<Response> {
  const feed = readFeeds(graph.sql).find((one) => one.feedId === feedId);
  if (feed === undefined) return new Response("There is no such feed.\n", { status: 404 });
  const { keyedHash } = graph.vault;
  const response = await renderFeed(request, calendarStore(graph), {
    detail: feed.detail,
    project: (canonical, detail, canonicalEventId) =>
      projectForFeed(canonical, detail, canonicalEventId, keyedHash),
  });
  recordFetch(graph.sql, feed, graph.clock.now());
  return response;
}
