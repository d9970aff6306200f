// What the engines work with: ports only, so that they run over fakes as well as over a provider and a Durable Object.

import type { AccountId } from "../core/id.ts";
import type { AccountState } from "../core/ports/account-state.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Connector } from "../core/ports/connector.ts";
import type { UserGraph } from "../core/ports/user-graph.ts";

/** The part of the user's graph that the engines speak to. */
export type FederatedGraph = Pick<
  UserGraph,
  "applyProviderDelta" | "knownResources" | "pendingWrites" | "reportWrites" | "reconcileListing"
>;

export interface EngineContext {
  readonly accountId: AccountId;
  readonly connector: Connector;
  readonly graph: FederatedGraph;
  readonly state: AccountState;
  readonly clock: Clock;
}

/** Objects in one call to a provider or to the graph. */
export const BATCH_SIZE = 50;
