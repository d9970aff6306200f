// What the operations of one user's graph work on: the database, the vault and the small part of the state that is kept open
// in memory (collections, accounts, policy), because the protocol asks for it synchronously and it is sealed on disk.
// Memory follows a commit, never the other way round (transaction.ts).

import type { CompiledPolicy } from "../../core/projection/policy-compiler.ts";
import type { TransitionContext } from "../../core/projection/transition-shape.ts";
import { newId } from "../../core/id.ts";
import type { AccountId, CalendarId } from "../../core/id.ts";
import type { CalendarCollection, Principal } from "../../core/ports/calendar-store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Random } from "../../core/ports/random.ts";
import type { GraphAccount, PolicyEdge } from "../../core/ports/user-graph.ts";
import type { Vault } from "../vault.ts";
import type { Lane } from "./lane.ts";
import type { OpenedObjects } from "./opened-objects.ts";

export interface StoredCollection extends CalendarCollection {
  readonly calendarKey: number;
}

export type PropertyTarget = CalendarId | "principal" | "home";

export interface Owner {
  readonly principal: Principal;
  readonly historyEpoch: string;
  readonly credentialEpoch: number;
  readonly revision: number;
  /** Tombstones at or below it may be gone; tokens below it are not valid. */
  readonly prunedRevision: number;
}

export interface GraphState {
  owner: Owner;
  /** In sort order, `unified` first. */
  collections: readonly StoredCollection[];
  dead: ReadonlyMap<PropertyTarget, ReadonlyMap<string, string>>;
  accounts: readonly GraphAccount[];
  edges: readonly PolicyEdge[];
  policy: CompiledPolicy;
  /** Events that are not deleted. */
  liveEvents: number;
  /** Counts commits: what was prepared under another number is stale. */
  version: number;
}

export interface Graph {
  readonly storage: DurableObjectStorage;
  readonly sql: SqlStorage;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly enter: Lane;
  readonly state: GraphState;
  readonly opened: OpenedObjects;
  /** After a commit that made writes to these accounts due, or others due at a later time (UTC ms). */
  readonly wake: (due: ReadonlySet<AccountId>, laterAt: number) => void;
}

export function transitionContext(graph: Graph): TransitionContext {
  return {
    hash: graph.vault.keyedHash,
    nowMs: graph.clock.now(),
    newEventId: () => newId("evt", graph.clock, graph.random),
  };
}

export function collectionById(graph: Graph, calendarId: CalendarId): StoredCollection | undefined {
  return graph.state.collections.find((collection) => collection.calendarId === calendarId);
}

export function collectionOfKind(graph: Graph, kind: "unified" | "tasks"): StoredCollection {
  const found = graph.state.collections.find((collection) => collection.kind === kind);
  if (found === undefined) throw new Error(`every user has a ${kind} collection`);
  return found;
}
