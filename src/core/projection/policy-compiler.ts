// Compiles policy edges to an adjacency list and answers where an event must be projected to.
// Never back into an account that holds a source of it; never an event that another installation manages.

import type { AccountId } from "../id.ts";
import type { DetailLevel, EdgeCalendarKind, PolicyEdge } from "../ports/user-graph.ts";

export interface Target {
  readonly accountId: AccountId;
  readonly kind: "overlay" | "mirror";
  readonly detail: DetailLevel;
}

export interface CompiledPolicy {
  readonly from: ReadonlyMap<AccountId | "canonical", readonly Target[]>;
}

export interface EventPlacement {
  /** Account of the origin source; null for an event that only the canonical calendar has. */
  readonly origin: AccountId | null;
  /** Every account that holds a source of it, the origin included. */
  readonly sourceAccounts: readonly AccountId[];
  /** false: objects of local collections, tasks, and foreign-managed events. */
  readonly projectable: boolean;
}

export declare function compilePolicy(edges: readonly PolicyEdge[]): CompiledPolicy;

/** Targets in a stable order (by account, then kind), at most one for each account and kind. */
export declare function targetsOf(policy: CompiledPolicy, event: EventPlacement): readonly Target[];

export declare function mirrorKindOf(kind: EdgeCalendarKind): "overlay" | "mirror";
