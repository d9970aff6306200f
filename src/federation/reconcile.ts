// Repair, for one account: what is really at the provider against what the graph believes. First a pull of everything, so that whatever
// changed is judged by content; then complete listings. Missing mirrors become due again, orphans are deleted. Safe at any moment, and twice.

import type { ReconcileReport } from "../core/ports/account.ts";
import type { AccountStateCalendar } from "../core/ports/account-state.ts";
import type { ConnectorFailure } from "../core/ports/connector.ts";
import { ok, type Result } from "../core/result.ts";
import { BATCH_SIZE, type EngineContext } from "./context.ts";
import { chunksOf } from "./in-parallel.ts";
import { deleteOrphans, endsPass, pull } from "./pull.ts";
import { applyUpserts } from "./read-calendar.ts";

const PAGES_MAX = 10_000;

interface Listed {
  readonly id: string;
  readonly etag: string | null;
}

export async function reconcile(
  context: EngineContext,
): Promise<ReconcileReport & { readonly failures: readonly ConnectorFailure[] }> {
  const report = { missing: 0, drifted: 0, orphansDeleted: 0 };
  const pulled = await pull(context, { whole: true });
  const failures = [...pulled.failures];
  if (failures.some(endsPass)) return { ...report, failures };
  for (const calendar of await context.state.calendars()) {
    if (!calendar.selected && calendar.role === "source") continue;
    const listed = await listAll(context, calendar.providerCalendarId);
    if (!listed.ok) {
      failures.push(listed.error);
      if (endsPass(listed.error)) break;
      continue;
    }
    const found = await context.graph.reconcileListing({
      accountId: context.accountId,
      providerCalendarId: calendar.providerCalendarId,
      role: calendar.role,
      present: listed.value,
    });
    report.missing += found.missing;
    report.drifted += found.drifted;
    const orphans = await judgeOrphans(context, calendar, found.orphanIds);
    if (orphans.ok) report.orphansDeleted += orphans.value;
    else failures.push(orphans.error);
  }
  return { ...report, failures };
}

async function listAll(
  context: EngineContext,
  calendarId: string,
): Promise<Result<readonly Listed[], ConnectorFailure>> {
  const present = new Map<string, Listed>();
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const changes = await context.connector.changes(calendarId, cursor);
    if (!changes.ok) return changes;
    for (const item of changes.value.items) {
      if (item.op === "present") present.set(item.id, { id: item.id, etag: item.etag });
      else present.delete(item.id);
    }
    if (!changes.value.more) break;
    cursor = changes.value.cursor;
  }
  return ok([...present.values()]);
}

/** The graph looks at each before it is deleted: only what carries our proof and is wanted by nothing goes. */
async function judgeOrphans(
  context: EngineContext,
  calendar: AccountStateCalendar,
  ids: readonly string[],
): Promise<Result<number, ConnectorFailure>> {
  let deleted = 0;
  for (const batch of chunksOf(ids, BATCH_SIZE)) {
    const opened = await context.connector.get(calendar.providerCalendarId, batch);
    if (!opened.ok) return opened;
    const outcome = await applyUpserts(context, calendar, opened.value);
    deleted += await deleteOrphans(context, calendar.providerCalendarId, outcome);
  }
  return ok(deleted);
}
