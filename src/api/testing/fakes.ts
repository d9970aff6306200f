// A user's graph and an account in memory, as far as the API and the pages look at them.

import type { AccountId, EdgeId, UserId } from "../../core/id.ts";
import type { Account, AccountStatus, ConnectOutcome } from "../../core/ports/account.ts";
import type {
  Approval,
  Feed,
  GraphAccount,
  NewUser,
  PolicyEdge,
  UserGraph,
} from "../../core/ports/user-graph.ts";

export interface FakeGraph extends UserGraph {
  readonly seen: { user: NewUser | undefined; epoch: number };
  readonly waiting: Approval[];
}

const unused = () => Promise.reject(new Error("not used by the API"));

export function fakeGraph(): FakeGraph {
  const accounts: GraphAccount[] = [];
  const edges: PolicyEdge[] = [];
  const feeds: Feed[] = [];
  const waiting: Approval[] = [];
  const seen: FakeGraph["seen"] = { user: undefined, epoch: 1 };
  return {
    seen,
    waiting,
    initialise: async (user) => void (seen.user ??= user),
    raiseCredentialEpoch: async (epoch) => void (seen.epoch = Math.max(seen.epoch, epoch)),
    accounts: async () => [...accounts],
    addAccount: async (account) => void accounts.push({ ...account, isDefault: accounts.length === 0 }),
    removeAccount: async (id) => {
      const at = accounts.findIndex((each) => each.accountId === id);
      if (at !== -1) accounts.splice(at, 1);
    },
    edges: async () => [...edges],
    setEdge: async (edge) => {
      const at = edges.findIndex((each) => each.from === edge.from && each.to === edge.to);
      const set = { ...edge, edgeId: `edg_${edges.length}` as EdgeId };
      if (at === -1) edges.push(set);
      else edges[at] = set;
      return set;
    },
    applyProviderDelta: unused,
    knownResources: unused,
    pendingWrites: unused,
    reportWrites: unused,
    reconcileListing: unused,
    eventCount: async () => 3,
    mirrorStatus: async () => [],
    approvals: async () => [...waiting],
    decideApproval: async (id) => {
      const at = waiting.findIndex((each) => each.approvalId === id);
      if (at !== -1) waiting.splice(at, 1);
      return at !== -1;
    },
    feeds: async () => [...feeds],
    addFeed: async ({ feedId, detail }) =>
      void feeds.push({ feedId, detail, createdAt: 0, lastFetchedAt: null }),
    removeFeed: async (id) => {
      const at = feeds.findIndex((each) => each.feedId === id);
      if (at !== -1) feeds.splice(at, 1);
      return at !== -1;
    },
  };
}

export interface FakeAccount extends Account {
  readonly log: string[];
}

/** Accepts the password "right"; refuses every other; "crash" throws. */
export function fakeAccount(accountId: AccountId): FakeAccount {
  const log: string[] = [];
  const report = { created: 2, updated: 1, deleted: 0, unchanged: 5, written: 4, failed: 0, held: 0 };
  const status: AccountStatus = {
    accountId,
    health: "green",
    message: "",
    lastSyncAt: 1_700_000_000_000,
    lastSuccessAt: 1_700_000_000_000,
    nextAttemptAt: null,
    calendars: [],
  };
  return {
    log,
    attach: async ({ credentials }): Promise<ConnectOutcome> => {
      log.push("connect");
      if (credentials.password === "crash") throw new Error("the account's object was lost");
      if (credentials.password === "right") return { ok: true, calendars: [] };
      const reason = "The server refused the user name or the password.";
      return { ok: false, refusal: { code: "wrong-credentials", reason } };
    },
    sync: async () => {
      log.push("sync");
      return report;
    },
    poll: async () => report,
    push: async () => report,
    reconcile: async () => ({ missing: 0, drifted: 1, orphansDeleted: 2 }),
    status: async () => status,
    remove: async ({ removeMirrors }) =>
      void log.push(`remove ${removeMirrors ? "with" : "without"} mirrors`),
  };
}

export interface FakeWorld {
  readonly graphs: Map<UserId, FakeGraph>;
  readonly accounts: Map<AccountId, FakeAccount>;
  readonly enqueued: AccountId[];
}
