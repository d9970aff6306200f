// What a provider's item and what a write's report do to the graph, given what is known. Pure; storage loads the rows
// that a function asks for, calls it, and saves what it returns in one transaction.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import type { ProviderEvent } from "../ports/connector.ts";
import type { PendingWrite, WriteReport } from "../ports/user-graph.ts";
import type { Result } from "../result.ts";
import type { KeyedHash } from "./hash.ts";
import type { Loss } from "./merge.ts";
import type { MirrorRow, SourceRow } from "./outbox-row.ts";
import type { CompiledPolicy, EventPlacement } from "./policy-compiler.ts";

export interface TransitionContext {
  readonly hash: KeyedHash;
  readonly nowMs: number;
  newEventId(): CanonicalEventId;
}

/** Our tag as found on an object; proves nothing alone. */
export interface ManagedTag {
  readonly canonicalEventId: string;
  /** The UID is the one that this user's key gives to that event in this account. */
  readonly genuine: boolean;
}

/** A provider's item, parsed. Storage reads first, looks up by what this says, then decides. */
export interface ReadItem {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly role: "source" | "overlay";
  readonly id: string;
  readonly etag: string | null;
  readonly ical: string;
  readonly uid: string;
  readonly calendar: JCalComponent;
  readonly contentHash: string;
  readonly tag: ManagedTag | null;
}

/** The error is a sentence for the status page, without content. */
export declare function readItem(
  place: { accountId: AccountId; providerCalendarId: string; role: "source" | "overlay" },
  item: ProviderEvent,
  hash: KeyedHash,
): Result<ReadItem, string>;

export interface KnownEvent {
  readonly canonicalEventId: CanonicalEventId;
  /** Octets of the canonical object. */
  readonly ical: string;
  readonly sources: readonly SourceRow[];
}

/** What storage knows about a read item. */
export interface ItemKnowledge {
  /** The source at (account, calendar, item id). */
  readonly source: SourceRow | null;
  /** The `overlay` or `mirror` row at (account, item id); else of (tag's event, account) if that row has no provider id yet. */
  readonly mirror: MirrorRow | null;
  /** The event of `source`, else the event whose UID is the item's. null: none, or it was deleted. */
  readonly event: KnownEvent | null;
  /** The `origin` row of (that event or source.canonicalEventId, account); it outlives a deleted event until the delete is confirmed.
   * Where source and event are null: an `origin` row still DELETING for the item's UID in this account, if any. */
  readonly origin: MirrorRow | null;
}

export type Outcome =
  | "unchanged"
  | "created"
  | "updated"
  | "merged"
  /** A provider's edit beat our pending delete, or our pending edit beat the provider's delete. */
  | "restored"
  | "deleted"
  /** A mirror of ours was changed or deleted by hand: it is due again. */
  | "overwrite"
  /** Ours by tag and key, but nothing wants it: to be deleted at the provider. */
  | "orphan";

export interface Transition {
  readonly outcome: Outcome;
  /** null only for an orphan. */
  readonly canonicalEventId: CanonicalEventId | null;
  /** New octets of the canonical object (create, replace or restore it under `canonicalEventId`); null leaves it as it is. */
  readonly ical: string | null;
  /** Save this source row. */
  readonly source: SourceRow | null;
  /** Delete the source at the item's place. */
  readonly removeSource: boolean;
  /** Delete the canonical event (its other mirrors then get desired null through `planMirrors`). */
  readonly removeEvent: boolean;
  /** Save this mirror row. */
  readonly mirror: MirrorRow | null;
  /** Changed roles of other sources (a copy becomes the origin) and their origin rows. */
  readonly promoted: { readonly source: SourceRow; readonly origin: MirrorRow } | null;
  readonly losses: readonly Loss[];
}

/** An item is present at the provider. Apply twice: the second time `unchanged`. After it: `planMirrors` for the event. */
export declare function decidePresent(
  item: ReadItem,
  known: ItemKnowledge,
  context: TransitionContext,
): Transition;

/** An item is proven gone. `known.event` is the source's event. */
export declare function decideGone(
  known: ItemKnowledge,
  context: TransitionContext,
): Transition;

/** Invariant G: of `deletions` proven in one pass over a calendar that held `known` sources, may they be applied without asking? */
export declare function deletionsNeedApproval(deletions: number, known: number): boolean;

/**
 * Rows to save so that the outbox wants exactly what the policy wants. Call after every canonical change (actor does not
 * matter) and after every change of policy. `event` null: deleted; every row's desired state becomes "not there".
 * `rows` are all mirror rows of the event. Rows that change nothing are not returned.
 */
export declare function planMirrors(
  canonicalEventId: CanonicalEventId,
  event: { calendar: JCalComponent; placement: EventPlacement } | null,
  policy: CompiledPolicy,
  rows: readonly MirrorRow[],
  context: TransitionContext,
): readonly MirrorRow[];

/**
 * Hands a due row out: the write to do and the row to save BEFORE it is done (its outcome is unknown from then on).
 * `canonical` is the event as it is now, null if deleted; `uid` is the canonical UID (kept for deleted events).
 * A row that needs no write after all comes back with `write` null.
 */
export declare function handOut(
  row: MirrorRow,
  canonical: { ical: string; calendar: JCalComponent } | null,
  uid: string,
  policy: CompiledPolicy,
  placement: EventPlacement,
  context: TransitionContext,
): { readonly write: PendingWrite | null; readonly row: MirrorRow };

/** What a report does. `known.mirror` is the row of (event, account, kind); for `origin` reports it is `known.origin`. */
export declare function applyReport(
  report: WriteReport,
  row: MirrorRow,
  event: KnownEvent | null,
  context: TransitionContext,
): Transition;

/** Reconcile: the row as it must be after the provider's complete listing. null: in step. */
export declare function reconcileRow(
  row: MirrorRow,
  listed: { id: string; etag: string | null } | null,
): { readonly found: "missing" | "drifted"; readonly row: MirrorRow } | null;
