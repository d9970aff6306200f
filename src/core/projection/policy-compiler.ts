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

const DETAIL_RANK: Readonly<Record<DetailLevel, number>> = { BUSY: 0, TITLE: 1, FULL: 2 };

/** Two edges for one account and kind: the one that shows less wins (invariant H). */
export function compilePolicy(edges: readonly PolicyEdge[]): CompiledPolicy {
  const from = new Map<AccountId | "canonical", Map<string, Target>>();
  for (const edge of edges) {
    if (!edge.enabled || edge.from === edge.to) continue;
    const targets = from.get(edge.from) ?? new Map<string, Target>();
    from.set(edge.from, targets);
    const kind = mirrorKindOf(edge.kind);
    const key = `${edge.to} ${kind}`;
    const known = targets.get(key);
    if (known === undefined || DETAIL_RANK[edge.detail] < DETAIL_RANK[known.detail])
      targets.set(key, { accountId: edge.to, kind, detail: edge.detail });
  }
  const compiled = new Map<AccountId | "canonical", readonly Target[]>();
  for (const [origin, targets] of from)
    compiled.set(
      origin,
      [...targets].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target),
    );
  return { from: compiled };
}

/** Targets in a stable order (by account, then kind), at most one for each account and kind. */
export function targetsOf(policy: CompiledPolicy, event: EventPlacement): readonly Target[] {
  if (!event.projectable) return [];
  const targets = policy.from.get(event.origin ?? "canonical") ?? [];
  return targets.filter((target) => !event.sourceAccounts.includes(target.accountId));
}

export function mirrorKindOf(kind: EdgeCalendarKind): "overlay" | "mirror" {
  return kind === "OVERLAY" ? "overlay" : "mirror";
}
