// Invariant G: deletions spread only when proven, and mass deletions wait for the user. Deletions that come page by page, or call by
// call shortly after one another, count as one pass.

import { newId } from "../../core/id.ts";
import type { AccountId, ApprovalId } from "../../core/id.ts";
import type { Approval, ProviderDelta } from "../../core/ports/user-graph.ts";
import { deletionsNeedApproval } from "../../core/projection/decide-gone.ts";
import type { Graph } from "./graph.ts";
import { transact } from "./transaction.ts";

const PASS_MS = 5 * 60_000;

const KNOWN = `SELECT count(*) AS n FROM event_sources s JOIN events e ON e.canonical_event_id = s.canonical_event_id
  WHERE s.account_id = ? AND s.provider_calendar_id = ? AND e.deleted_at IS NULL`;
const IS_KNOWN = `SELECT 1 FROM event_sources s JOIN events e ON e.canonical_event_id = s.canonical_event_id
  WHERE s.account_id = ? AND s.provider_calendar_id = ? AND s.provider_event_id = ? AND e.deleted_at IS NULL`;
const HELD = `SELECT i.provider_event_id AS id FROM approvals a JOIN approval_items i ON i.approval_id = a.approval_id
  WHERE a.account_id = ? AND a.provider_calendar_id = ? AND a.state = 'waiting'`;

/** The ids of this delta that wait for the user, after this call. Inside the lane. */
export async function holdDeletions(graph: Graph, delta: ProviderDelta): Promise<ReadonlySet<string>> {
  const { sql } = graph;
  if (delta.deletedIds.length === 0 || delta.role === "overlay") return new Set();
  const place = [delta.accountId, delta.providerCalendarId] as const;
  const heldBefore = new Set(
    sql
      .exec<{ id: string }>(HELD, ...place)
      .toArray()
      .map((row) => row.id),
  );
  const known = delta.deletedIds.filter((id) => sql.exec(IS_KNOWN, ...place, id).toArray().length > 0);
  const fresh = known.filter((id) => !heldBefore.has(id));
  const held = new Set(known.filter((id) => heldBefore.has(id)));
  if (fresh.length === 0) return held;
  const now = graph.clock.now();
  const pass = sql
    .exec<{ started_at: number; known: number; deleted: number }>(
      "SELECT started_at, known, deleted FROM deletion_passes WHERE account_id = ? AND provider_calendar_id = ?",
      ...place,
    )
    .toArray()[0];
  const isSamePass = pass !== undefined && now - pass.started_at < PASS_MS;
  const total = isSamePass ? pass.known : sql.exec<{ n: number }>(KNOWN, ...place).one().n;
  const deletions = (isSamePass ? pass.deleted : 0) + fresh.length;
  const mustWait = deletionsNeedApproval(deletions, total);
  transact(graph, graph.state.version, () => {
    sql.exec(
      "INSERT OR REPLACE INTO deletion_passes (account_id, provider_calendar_id, started_at, known, deleted) VALUES (?, ?, ?, ?, ?)",
      ...place,
      isSamePass ? pass.started_at : now,
      total,
      deletions,
    );
    if (!mustWait) return;
    const approvalId = waitingApproval(graph, delta.accountId, delta.providerCalendarId, now);
    for (const id of fresh) {
      sql.exec(
        "INSERT OR IGNORE INTO approval_items (approval_id, provider_event_id) VALUES (?, ?)",
        approvalId,
        id,
      );
    }
  });
  if (mustWait) for (const id of fresh) held.add(id);
  return held;
}

function waitingApproval(
  graph: Graph,
  accountId: AccountId,
  providerCalendarId: string,
  now: number,
): ApprovalId {
  const existing = graph.sql
    .exec<{ approval_id: ApprovalId }>(
      "SELECT approval_id FROM approvals WHERE account_id = ? AND provider_calendar_id = ? AND state = 'waiting'",
      accountId,
      providerCalendarId,
    )
    .toArray()[0];
  if (existing !== undefined) return existing.approval_id;
  const approvalId = newId("apr", graph.clock, graph.random);
  graph.sql.exec(
    "INSERT INTO approvals (approval_id, account_id, provider_calendar_id, kind, state, created_at) VALUES (?, ?, ?, 'mass-deletion', 'waiting', ?)",
    approvalId,
    accountId,
    providerCalendarId,
    now,
  );
  return approvalId;
}

/** What is present again does not wait for its deletion any more. */
export function forgetHeld(
  sql: SqlStorage,
  calendar: Pick<ProviderDelta, "accountId" | "providerCalendarId">,
  presentIds: readonly string[],
): void {
  const place = [calendar.accountId, calendar.providerCalendarId] as const;
  if (sql.exec(HELD, ...place).toArray().length === 0) return;
  sql.exec(
    `DELETE FROM approval_items WHERE provider_event_id IN (SELECT value FROM json_each(?)) AND approval_id IN
      (SELECT approval_id FROM approvals WHERE account_id = ? AND provider_calendar_id = ? AND state = 'waiting')`,
    JSON.stringify(presentIds),
    ...place,
  );
  sql.exec(
    `DELETE FROM approvals WHERE account_id = ? AND provider_calendar_id = ? AND state = 'waiting'
      AND NOT EXISTS (SELECT 1 FROM approval_items i WHERE i.approval_id = approvals.approval_id)`,
    ...place,
  );
}

export function readApprovals(sql: SqlStorage): readonly Approval[] {
  return sql
    .exec<{
      approval_id: ApprovalId;
      account_id: AccountId;
      provider_calendar_id: string;
      events: number;
      created_at: number;
    }>(
      `SELECT a.approval_id, a.account_id, a.provider_calendar_id, a.created_at,
         (SELECT count(*) FROM approval_items i WHERE i.approval_id = a.approval_id) AS events
       FROM approvals a WHERE a.state = 'waiting' ORDER BY a.created_at`,
    )
    .toArray()
    .map((row) => ({
      approvalId: row.approval_id,
      accountId: row.account_id,
      providerCalendarId: row.provider_calendar_id,
      kind: "mass-deletion",
      events: row.events,
      createdAt: row.created_at,
    }));
}
