// One HTTP request of the user's CalDAV server or feeds, after the Worker has authenticated it. The Worker's word is checked once more:
// the slug must be the owner's (invariant K), and what was authenticated under an older credential epoch is authenticated again.

import { handleCalDav } from "../../caldav/router.ts";
import { limits } from "../../core/limits.ts";
import { raiseCredentialEpoch } from "./credential-epoch.ts";
import { answerFeed } from "./feed-request.ts";
import type { Graph } from "./graph.ts";
import { calendarStore } from "./store.ts";

export async function answerRequest(graph: Graph, request: Request): Promise<Response> {
  const feedId = /^\/feeds\/([^/]+)$/.exec(new URL(request.url).pathname)?.[1];
  if (feedId !== undefined) return answerFeed(graph, request, feedId);
  const { headers } = request;
  const { owner } = graph.state;
  if (headers.get("x-tm-slug") !== owner.principal.slug)
    return new Response("This is somebody else's calendar.", { status: 403 });
  const epoch = Number(headers.get("x-tm-epoch"));
  if (!Number.isInteger(epoch) || epoch < owner.credentialEpoch) {
    return new Response("The credentials have changed.", { status: 401, headers: { "x-tm-stale": "1" } });
  }
  // The Worker has read it from the registry: the call that should have raised it here was lost.
  if (epoch > owner.credentialEpoch) await raiseCredentialEpoch(graph, epoch);
  return handleCalDav(request, {
    store: calendarStore(graph),
    clock: graph.clock,
    scope: headers.get("x-tm-scope") === "caldav" ? "caldav" : "caldav-read",
    actor: headers.get("x-tm-client") ?? "caldav:unknown",
    maxima: limits,
  });
}
