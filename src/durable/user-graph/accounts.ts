// Accounts and policy edges of the user. Changing them marks the events they affect for recompilation (background.ts), which
// a wake-up works off in bounded batches.

import { assert } from "../../core/assert.ts";
import { newId } from "../../core/id.ts";
import type { AccountId } from "../../core/id.ts";
import { limits } from "../../core/limits.ts";
import type { GraphAccount, PolicyEdge } from "../../core/ports/user-graph.ts";
import { compilePolicy } from "../../core/projection/policy-compiler.ts";
import type { Graph } from "./graph.ts";
import { loadEdges, POLICY_ID } from "./load.ts";
import { transact } from "./transaction.ts";
import type { Write } from "./transaction.ts";

export interface NewAccount {
  readonly accountId: AccountId;
  readonly provider: GraphAccount["provider"];
  readonly label: string;
}

/** Registering an account twice changes nothing. */
export function addAccount(graph: Graph, account: NewAccount): Promise<void> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const { accounts } = graph.state;
    if (accounts.some((known) => known.accountId === account.accountId)) return;
    assert(
      accounts.length < limits.accountsPerUserMax,
      `a user has at most ${limits.accountsPerUserMax} accounts`,
    );
    const label = await graph.vault.seal({ column: "accounts.label", row: account.accountId }, account.label);
    const isDefault = account.provider !== "ics" && !accounts.some((known) => known.isDefault);
    transact(graph, seen, (write) => {
      graph.sql.exec(
        "INSERT INTO accounts (account_id, provider, label, is_default, created_at) VALUES (?, ?, ?, ?, ?)",
        account.accountId,
        account.provider,
        label,
        isDefault ? 1 : 0,
        write.nowMs,
      );
      for (const edge of defaultEdges(account, accounts))
        saveEdge(graph, { ...edge, edgeId: newId("edg", graph.clock, graph.random) });
      for (const from of ["canonical", ...accounts.map((known) => known.accountId)])
        markRecompile(graph.sql, from);
      movePolicy(graph, write);
      write.afterCommit((state) => {
        state.accounts = [...state.accounts, { ...account, isDefault }];
      });
    });
  });
}

/** Busy time both ways between the new account and the others, and from what only the canonical calendar has. */
function defaultEdges(account: NewAccount, others: readonly GraphAccount[]): Omit<PolicyEdge, "edgeId">[] {
  const busy = { detail: "BUSY", kind: "OVERLAY", enabled: true } as const;
  const edges: Omit<PolicyEdge, "edgeId">[] = [];
  if (account.provider !== "ics") {
    edges.push({ from: "canonical", to: account.accountId, ...busy });
    for (const other of others) edges.push({ from: other.accountId, to: account.accountId, ...busy });
  }
  for (const other of others) {
    if (other.provider !== "ics") edges.push({ from: account.accountId, to: other.accountId, ...busy });
  }
  return edges;
}

/** Takes the account out at once; its events and mirrors follow in batches. */
export function removeAccount(graph: Graph, accountId: AccountId): Promise<void> {
  return graph.enter(async () => {
    const { accounts } = graph.state;
    if (!accounts.some((known) => known.accountId === accountId)) return;
    const remaining = accounts.filter((known) => known.accountId !== accountId);
    const heir = remaining.some((known) => known.isDefault)
      ? undefined
      : remaining.find((known) => known.provider !== "ics");
    transact(graph, graph.state.version, (write) => {
      const { sql } = graph;
      sql.exec("DELETE FROM policy_edges WHERE from_account = ?1 OR to_account = ?1", accountId);
      sql.exec("DELETE FROM accounts WHERE account_id = ?", accountId);
      if (heir !== undefined)
        sql.exec("UPDATE accounts SET is_default = 1 WHERE account_id = ?", heir.accountId);
      sql.exec("DELETE FROM approvals WHERE account_id = ? AND state = 'waiting'", accountId);
      sql.exec("DELETE FROM deletion_passes WHERE account_id = ?", accountId);
      sql.exec("DELETE FROM background_work WHERE kind = 'recompile' AND subject = ?", accountId);
      sql.exec(
        "INSERT OR REPLACE INTO background_work (kind, subject, next_event_key) VALUES ('remove-account', ?, 0)",
        accountId,
      );
      movePolicy(graph, write);
      write.afterCommit((state) => {
        state.accounts = remaining.map((known) =>
          known.accountId === heir?.accountId ? { ...known, isDefault: true } : known,
        );
      });
    });
  });
}

/** Replaces the edge of the same from and to. */
export function setEdge(graph: Graph, edge: Omit<PolicyEdge, "edgeId">): Promise<PolicyEdge> {
  return graph.enter(async () => {
    const known = new Set(graph.state.accounts.map((account) => account.accountId));
    assert(known.has(edge.to), "an edge leads to an account of this user");
    assert(edge.from === "canonical" || known.has(edge.from), "an edge comes from an account of this user");
    assert(edge.from !== edge.to, "an edge joins two accounts");
    const existing = graph.state.edges.find((one) => one.from === edge.from && one.to === edge.to);
    const saved: PolicyEdge = {
      ...edge,
      edgeId: existing?.edgeId ?? newId("edg", graph.clock, graph.random),
    };
    return transact(graph, graph.state.version, (write) => {
      saveEdge(graph, saved);
      markRecompile(graph.sql, edge.from);
      movePolicy(graph, write);
      return saved;
    });
  });
}

function saveEdge(graph: Graph, edge: PolicyEdge): void {
  graph.sql.exec(
    `INSERT INTO policy_edges (edge_id, policy_id, from_account, to_account, detail_level, calendar_kind, enabled) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (policy_id, from_account, to_account) DO UPDATE SET detail_level = excluded.detail_level,
       calendar_kind = excluded.calendar_kind, enabled = excluded.enabled`,
    edge.edgeId,
    POLICY_ID,
    edge.from,
    edge.to,
    edge.detail,
    edge.kind,
    edge.enabled ? 1 : 0,
  );
}

/** From the first event on, also where an earlier recompilation was under way. */
function markRecompile(sql: SqlStorage, from: string): void {
  sql.exec(
    "INSERT OR REPLACE INTO background_work (kind, subject, next_event_key) VALUES ('recompile', ?, 0)",
    from,
  );
}

function movePolicy(graph: Graph, write: Write): void {
  graph.sql.exec("UPDATE policies SET generation = generation + 1 WHERE policy_id = ?", POLICY_ID);
  const edges = loadEdges(graph.sql);
  write.afterCommit((state) => {
    state.edges = edges;
    state.policy = compilePolicy(edges);
  });
}
