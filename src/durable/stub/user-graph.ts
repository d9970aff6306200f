// The way to a user's canonical graph: its Durable Object by the user's id.

import type { UserId } from "../../core/id.ts";
import type { UserGraph } from "../../core/ports/user-graph.ts";
import type { Env } from "../env.ts";

export function userGraphStub(env: Env, userId: UserId): UserGraph {
  return env.USER_GRAPH.get(env.USER_GRAPH.idFromName(userId));
}
