// Compares what a provider lists in one calendar with what the mapping says is ours there. Safe at any moment, twice.

import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { MirrorKind } from "../../core/ports/user-graph.ts";
import { UNKNOWN_OUTCOME } from "../../core/projection/outbox-row.ts";
import type { MirrorRow } from "../../core/projection/outbox-row.ts";
import { decideGone } from "../../core/projection/transition.ts";
import { loadEvents } from "./event-rows.ts";
import { transitionContext } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { saveMirror, sealMirrors } from "./mirror-writer.ts";
import { forgetIfUnneeded } from "./event-writer.ts";
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

interface Contradiction {
  readonly canonicalEventId: CanonicalEventId;
  readonly kind: MirrorKind;
  /** undefined: the provider does not list it. */
  readonly etag: string | null | undefined;
}

const MAPPED = `SELECT canonical_event_id, kind, provider_calendar_id, provider_event_id, provider_etag, projected_hash FROM event_mirrors
  WHERE account_id = ? AND provider_event_id IS NOT NULL AND kind <> 'origin'`;
const BATCH = 100;

export async function reconcileListing(graph: Graph, listing: Listing): Promise<ListingOutcome> {
  const present = new Map(listing.present.map((entry) => [entry.id, entry.etag]));
  const unmapped = new Set(listing.role === "overlay" ? present.keys() : []);
  const missing: Contradiction[] = [];
  const drifted: Contradiction[] = [];
  for (const row of graph.sql
    .exec<{
      canonical_event_id: CanonicalEventId;
      kind: MirrorKind;
      provider_calendar_id: string | null;
      provider_event_id: string;
      provider_etag: string | null;
      projected_hash: string | null;
    }>(MAPPED, listing.accountId)
    .toArray()) {
    unmapped.delete(row.provider_event_id);
    if (row.provider_calendar_id !== listing.providerCalendarId || row.projected_hash === null) continue;
    const etag = present.get(row.provider_event_id);
    const found: Contradiction = { canonicalEventId: row.canonical_event_id, kind: row.kind, etag };
    if (etag === undefined) missing.push(found);
    else if (etag !== null && row.provider_etag !== null && etag !== row.provider_etag) drifted.push(found);
  }
  const contradictions = [...missing, ...drifted];
  for (let at = 0; at < contradictions.length; at += BATCH) {
    await graph.enter(() => makeDue(graph, listing.accountId, contradictions.slice(at, at + BATCH)));
  }
  return { missing: missing.length, drifted: drifted.length, orphanIds: [...unmapped] };
}

async function makeDue(graph: Graph, accountId: AccountId, batch: readonly Contradiction[]): Promise<void> {
  const seen = graph.state.version;
  const events = await loadEvents(
    graph,
    batch.map((found) => found.canonicalEventId),
  );
  const context = transitionContext(graph);
  const rows: MirrorRow[] = [];
  for (const { canonicalEventId, kind, etag } of batch) {
    const row = events
      .get(canonicalEventId)
      ?.mirrors.find((one) => one.accountId === accountId && one.kind === kind);
    if (row === undefined) continue;
    if (etag === undefined) {
      const gone = decideGone({ source: null, mirror: row, event: null, origin: null }, context).mirror;
      if (gone !== null) rows.push(gone);
    } else {
      // Its content is not at hand: whatever it is now, the next write replaces exactly that.
      rows.push({ ...row, etag, projectedHash: UNKNOWN_OUTCOME, nextAttemptAt: context.nowMs });
    }
  }
  const sealed = await sealMirrors(graph, rows);
  transact(graph, seen, (write) => {
    for (const mirror of sealed) {
      saveMirror(graph.sql, mirror, write.nowMs);
      forgetIfUnneeded(graph.sql, mirror.row.canonicalEventId);
      if (mirror.row.desiredHash !== mirror.row.projectedHash) write.due.add(accountId);
    }
  });
}
