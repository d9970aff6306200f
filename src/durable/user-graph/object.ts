// The Durable Object of one user: the shell. `fetch` is the user's CalDAV server and their feeds, the methods are the port UserGraph;
// every operation is a function in a file of its own. An object that was never initialised answers 404 and stores nothing.

import { DurableObject } from "cloudflare:workers";
import { assert } from "../../core/assert.ts";
import type { AccountId, ApprovalId, FeedId } from "../../core/id.ts";
import type {
  DeltaOutcome,
  DetailLevel,
  NewUser,
  PolicyEdge,
  ProviderDelta,
  UserGraph,
  WriteReport,
} from "../../core/ports/user-graph.ts";
import type { Env } from "../env.ts";
import { isMigrated, migrate } from "../sql/migrations.ts";
import { openVault } from "../vault.ts";
import { addAccount, removeAccount, setEdge } from "./accounts.ts";
import type { NewAccount } from "./accounts.ts";
import { decideApproval } from "./approvals.ts";
import { workOneBatch } from "./background.ts";
import { raiseCredentialEpoch } from "./credential-epoch.ts";
import { readApprovals } from "./deletion-breaker.ts";
import { applyProviderDelta } from "./delta.ts";
import { addFeed, readFeeds, removeFeed } from "./feeds.ts";
import type { Graph } from "./graph.ts";
import { newLane } from "./lane.ts";
import { createGraph, loadState } from "./load.ts";
import { openedObjects } from "./opened-objects.ts";
import { knownResources, pendingWrites, reportWrites } from "./outbox.ts";
import { reconcileListing } from "./reconcile.ts";
import type { Listing } from "./reconcile.ts";
import { answerRequest } from "./request.ts";
import { userGraphMigrations } from "./schema.ts";
import { readMirrorStatus } from "./status.ts";
import { BACKSTOP_MS, inBatches, wakeUp } from "./wake-up.ts";

const clock = { now: () => Date.now() };
const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

export class UserGraphDO extends DurableObject<Env> implements UserGraph {
  #opening: Promise<Graph | undefined> | undefined;
  /** UTC ms of the wake-up that is set; Infinity for none. */
  #wakeUpAt = Infinity;

  override async fetch(request: Request): Promise<Response> {
    const graph = await this.#graph();
    if (graph === undefined) return new Response("There is no such user.", { status: 404 });
    return answerRequest(graph, request);
  }

  override async alarm(): Promise<void> {
    this.#wakeUpAt = Infinity;
    const graph = await this.#graph();
    if (graph === undefined) return;
    const { due, nextAt, failure } = await wakeUp(graph);
    // A handler that throws is tried again a few times and then never more.
    if (failure !== null) console.error(JSON.stringify({ event: "wake-up-failed", name: nameOf(failure) }));
    if (nextAt !== null) this.#wakeNoLaterThan(nextAt);
    await this.#send(due);
  }

  async initialise(user: NewUser): Promise<void> {
    const known = await this.#graph();
    if (known !== undefined) {
      assert(known.state.owner.principal.userId === user.userId, "an object belongs to one user for ever");
      return;
    }
    const { storage } = this.ctx;
    await this.ctx.blockConcurrencyWhile(async () => {
      migrate(storage, userGraphMigrations, clock.now());
      await createGraph(storage, await openVault(storage, this.env, "user"), user, clock, random);
    });
    this.#opening = undefined;
    const owner = (await this.#known()).state.owner.principal;
    assert(owner.userId === user.userId, "an object belongs to one user for ever");
  }

  async raiseCredentialEpoch(epoch: number): Promise<void> {
    await raiseCredentialEpoch(await this.#known(), epoch);
  }

  async accounts() {
    return (await this.#known()).state.accounts;
  }

  async addAccount(account: NewAccount): Promise<void> {
    const graph = await this.#known();
    await addAccount(graph, account);
    await this.#workInBackground(graph);
  }

  async removeAccount(accountId: AccountId): Promise<void> {
    const graph = await this.#known();
    await removeAccount(graph, accountId);
    await this.#workInBackground(graph);
  }

  async edges() {
    return (await this.#known()).state.edges;
  }

  async setEdge(edge: Omit<PolicyEdge, "edgeId">): Promise<PolicyEdge> {
    const graph = await this.#known();
    const saved = await setEdge(graph, edge);
    await this.#workInBackground(graph);
    return saved;
  }

  async applyProviderDelta(delta: ProviderDelta): Promise<DeltaOutcome> {
    return applyProviderDelta(await this.#known(), delta);
  }

  async knownResources(accountId: AccountId, providerCalendarId: string) {
    return knownResources((await this.#known()).sql, accountId, providerCalendarId);
  }

  async pendingWrites(accountId: AccountId, limit: number) {
    return pendingWrites(await this.#known(), accountId, limit);
  }

  async reportWrites(accountId: AccountId, reports: readonly WriteReport[]): Promise<void> {
    await reportWrites(await this.#known(), accountId, reports);
  }

  async reconcileListing(listing: Listing) {
    return reconcileListing(await this.#known(), listing);
  }

  async eventCount(): Promise<number> {
    return (await this.#known()).state.liveEvents;
  }

  async mirrorStatus() {
    return readMirrorStatus(await this.#known());
  }

  async approvals() {
    return readApprovals((await this.#known()).sql);
  }

  async decideApproval(approvalId: ApprovalId, decision: "approve" | "reject"): Promise<boolean> {
    return decideApproval(await this.#known(), approvalId, decision);
  }

  async feeds() {
    return readFeeds((await this.#known()).sql);
  }

  async addFeed(feed: { feedId: FeedId; detail: DetailLevel }): Promise<void> {
    addFeed((await this.#known()).sql, feed, clock.now());
  }

  async removeFeed(feedId: FeedId): Promise<boolean> {
    return removeFeed((await this.#known()).sql, feedId);
  }

  /** A first share of the batches at once; the wake-up does the rest. It is set first, so that a crash resumes. */
  async #workInBackground(graph: Graph): Promise<void> {
    this.#wakeNoLaterThan(clock.now() + BACKSTOP_MS);
    if (!(await inBatches(() => workOneBatch(graph)))) this.#wakeNoLaterThan(clock.now());
  }

  async #known(): Promise<Graph> {
    const graph = await this.#graph();
    assert(graph !== undefined, "a user is initialised before anything is asked of their graph");
    return graph;
  }

  #graph(): Promise<Graph | undefined> {
    this.#opening ??= this.#remembered(this.#open());
    return this.#opening;
  }

  /** Neither an absent user nor a failure is remembered. */
  async #remembered(opening: Promise<Graph | undefined>): Promise<Graph | undefined> {
    let graph: Graph | undefined;
    try {
      graph = await opening;
      return graph;
    } finally {
      if (graph === undefined) this.#opening = undefined;
    }
  }

  async #open(): Promise<Graph | undefined> {
    const { storage } = this.ctx;
    if (!isMigrated(storage)) return undefined;
    migrate(storage, userGraphMigrations, clock.now());
    const vault = await openVault(storage, this.env, "user");
    const state = await loadState(storage.sql, vault);
    if (state === undefined) return undefined;
    this.#wakeUpAt = (await storage.getAlarm()) ?? Infinity;
    return {
      storage,
      sql: storage.sql,
      vault,
      clock,
      random,
      enter: newLane(),
      state,
      opened: openedObjects(),
      wake: (due, laterAt) => {
        this.#wakeNoLaterThan(due.size > 0 ? clock.now() + BACKSTOP_MS : laterAt);
        if (due.size > 0) this.ctx.waitUntil(this.#send([...due]));
      },
    };
  }

  /** Called in the turn of a commit: both reach the disk together. */
  #wakeNoLaterThan(at: number): void {
    if (at >= this.#wakeUpAt) return;
    this.#wakeUpAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }

  /** A message that is lost is sent again by the wake-up. */
  async #send(accounts: readonly AccountId[]): Promise<void> {
    await Promise.allSettled(accounts.map((accountId) => this.env.WRITE_QUEUE.send({ accountId })));
  }
}

/** An error's message may quote what a person wrote; its class cannot. */
function nameOf(failure: { readonly error: unknown }): string {
  return failure.error instanceof Error ? failure.error.name : typeof failure.error;
}
