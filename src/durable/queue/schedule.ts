// The cron: every run asks every account to look at its provider, because no provider's notifications can be relied on, and once
// a day, spread over the day by the account's id, to reconcile.

import type { Registry } from "../../core/ports/registry.ts";
import type { AccountId } from "../../core/id.ts";
import type { Env } from "../env.ts";

const PAGE = 100;
const DAY_MS = 86_400_000;
/** Distance of two runs (wrangler.toml, triggers). */
const PERIOD_MS = 300_000;

export async function handleScheduled(scheduledAt: number, registry: Registry, env: Env): Promise<void> {
  let cursor: AccountId | null = null;
  for (;;) {
    const page = await registry.accountsAfter(cursor, PAGE);
    const ids = page.map(({ accountId }) => accountId);
    if (ids.length > 0) {
      await env.SYNC_QUEUE.sendBatch(ids.map((accountId) => ({ body: { accountId } })));
      const due = ids.filter((accountId) => reconcilesNow(accountId, scheduledAt));
      if (due.length > 0) {
        await env.RECONCILE_QUEUE.sendBatch(due.map((accountId) => ({ body: { accountId } })));
      }
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    cursor = last;
  }
}

/** True in exactly one run a day, which the id chooses. */
export function reconcilesNow(accountId: string, scheduledAt: number): boolean {
  let hash = 0;
  for (const character of accountId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  const runs = DAY_MS / PERIOD_MS;
  return hash % runs === Math.floor((scheduledAt % DAY_MS) / PERIOD_MS);
}
