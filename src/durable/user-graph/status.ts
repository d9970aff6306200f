// What the status page shows of the outbox: counts per account, and what went wrong in words.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { MirrorStatus } from "../../core/ports/user-graph.ts";
import { mirrorRowId } from "./event-rows.ts";
import type { Graph } from "./graph.ts";

const ERRORS_SHOWN_MAX = 50;

export async function readMirrorStatus(graph: Graph): Promise<readonly MirrorStatus[]> {
  const counts = new Map(
    graph.sql
      .exec<{
        account_id: AccountId;
        pending: number;
        active: number;
        failed: number;
        next_attempt_at: number | null;
      }>(
        `SELECT account_id,
           sum(desired_hash IS NOT projected_hash AND state <> 'ERROR') AS pending,
           sum(desired_hash IS projected_hash AND state <> 'ERROR') AS active,
           sum(state = 'ERROR') AS failed,
           min(CASE WHEN desired_hash IS NOT projected_hash AND state <> 'ERROR' THEN next_attempt_at END) AS next_attempt_at
         FROM event_mirrors GROUP BY account_id`,
      )
      .toArray()
      .map((row) => [row.account_id, row]),
  );
  return Promise.all(
    graph.state.accounts.map(async ({ accountId }) => {
      const row = counts.get(accountId);
      return {
        accountId,
        pending: row?.pending ?? 0,
        active: row?.active ?? 0,
        failed: row?.failed ?? 0,
        nextAttemptAt: row?.next_attempt_at ?? null,
        errors: await readErrors(graph, accountId),
      };
    }),
  );
}

async function readErrors(graph: Graph, accountId: AccountId): Promise<MirrorStatus["errors"]> {
  const rows = graph.sql
    .exec<{
      canonical_event_id: CanonicalEventId;
      kind: "overlay" | "mirror" | "origin";
      error: ArrayBuffer;
    }>(
      "SELECT canonical_event_id, kind, error FROM event_mirrors WHERE account_id = ? AND error IS NOT NULL LIMIT ?",
      accountId,
      ERRORS_SHOWN_MAX,
    )
    .toArray();
  const texts = await graph.vault.openAll(
    rows.map((row) => ({
      column: "event_mirrors.error",
      row: mirrorRowId({ canonicalEventId: row.canonical_event_id, accountId, kind: row.kind }),
      blob: row.error,
    })),
  );
  return rows.map((row, index) => ({ canonicalEventId: row.canonical_event_id, error: texts[index] ?? "" }));
}
