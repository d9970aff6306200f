// Compares what a provider lists in one calendar with what the mapping says is ours there. Safe at any moment, twice.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { MirrorKind } from "../../core/ports/user-graph.ts";
import { reconcileRow } from "../../core/projection/reconcile-row.ts";
import type { Contradiction } from "../../core/projection/reconcile-row.ts";
import { loadEvents } from "./event-rows.ts";
import type { Graph } from "./graph.ts";
import { saveMirror, sealMirrors } from "./mirror-writer.ts";
import { announce, forgetIfUnneeded } from "./event-writer.ts";
import { transact } from "./transaction.ts";

export interface Listing {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly role: "source" | "overlay";
  readonly present: readonly { readonly id: string; readonly etag: string | null }[];
}

export interface ListingOutcome {
  readonly missing: number;
  readonly drifted: number;
  /** In an overlay calendar: what no mirror of this account is. Only what also bears our tag and key may be deleted. */
  readonly orphanIds: readonly string[];
}

interface Mapped {
  readonly canonicalEventId: CanonicalEventId;
  readonly kind: MirrorKind;
  readonly id: string;
}

const MAPPED = `SELECT canonical_event_id, kind, provider_calendar_id, provider_event_id, provider_etag FROM event_mirrors
  WHERE account_id = ? AND provider_event_id IS NOT NULL AND kind <> 'origin'`;
const BATCH = 100;

export async function reconcileListing(graph: Graph, listing: Listing): Promise<ListingOutcome> {
  const present = new Map(listing.present.map((entry) => [entry.id, entry]));
  const unmapped = new Set(listing.role === "overlay" ? present.keys() : []);
  const suspects: Mapped[] = [];
  for (const row of graph.sql.exec(MAPPED, listing.accountId).raw()) {
    const id = row[3] as string;
    unmapped.delete(id);
    if (row[2] !== listing.providerCalendarId) continue;
    // Most rows are in step: only the others are loaded and judged.
    if (present.get(id)?.etag !== row[4] || row[4] === null) {
      suspects.push({ canonicalEventId: row[0] as CanonicalEventId, kind: row[1] as MirrorKind, id });
    }
  }
  const outcome = { missing: 0, drifted: 0, orphanIds: [...unmapped] };
  for (let at = 0; at < suspects.length; at += BATCH) {
    const batch = suspects.slice(at, at + BATCH);
    for (const { found } of await graph.enter(() => judge(graph, listing.accountId, batch, present)))
      outcome[found]++;
  }
  return outcome;
}

async function judge(
  graph: Graph,
  accountId: AccountId,
  batch: readonly Mapped[],
  present: ReadonlyMap<string, Listing["present"][number]>,
): Promise<readonly Contradiction[]> {
  const seen = graph.state.version;
  const events = await loadEvents(
    graph,
    batch.map((mapped) => mapped.canonicalEventId),
  );
  const now = graph.clock.now();
  const contradictions = batch.flatMap(({ canonicalEventId, kind, id }) => {
    const row = events
      .get(canonicalEventId)
      ?.mirrors.find((one) => one.accountId === accountId && one.kind === kind);
    return row === undefined || row.providerEventId !== id
      ? []
      : (reconcileRow(row, present.get(id) ?? null, now) ?? []);
  });
  const sealed = await sealMirrors(
    graph,
    contradictions.map(({ row }) => row),
  );
  transact(graph, seen, (write) => {
    for (const mirror of sealed) {
      saveMirror(graph.sql, mirror, write.nowMs);
      forgetIfUnneeded(graph.sql, mirror.row.canonicalEventId);
      announce(write, mirror.row);
    }
  });
  return contradictions;
}
