// The vocabulary of transitions: what storage reads before it asks, and what it saves afterwards. The decisions themselves:
// read-item, decide-present, decide-gone, plan-mirrors, hand-out, apply-report. All pure; storage loads the rows that a
// function asks for, calls it, and saves what it returns in one transaction.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import type { KeyedHash } from "./hash.ts";
import type { ManagedTag } from "./managed-tag.ts";
import type { Loss } from "./merge.ts";
import type { MirrorRow, SourceRow } from "./outbox-row.ts";

export interface TransitionContext {
  readonly hash: KeyedHash;
  readonly nowMs: number;
  newEventId(): CanonicalEventId;
}

/** A provider's item, parsed. Storage reads first, looks up by what this says, then decides. */
export interface ReadItem {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly role: "source" | "overlay";
  readonly id: string;
  readonly etag: string | null;
  /** Octets, METHOD removed. */
  readonly ical: string;
  readonly uid: string;
  readonly calendar: JCalComponent;
  readonly contentHash: string;
  /** As `contentHash`, without what servers hang on a mirror by themselves. */
  readonly mirrorHash: string;
  readonly tag: ManagedTag | null;
}

export interface KnownEvent {
  readonly canonicalEventId: CanonicalEventId;
  /** Octets of the canonical object. */
  readonly ical: string;
  readonly sources: readonly SourceRow[];
}

/** What storage knows about a read item, or about an id that is gone. */
export interface ItemKnowledge {
  /** The source at (account, calendar, item id). */
  readonly source: SourceRow | null;
  /**
   * The `overlay` or `mirror` row at (account, item id); else, of the kind that belongs into the item's calendar, the row of (tag's
   * event, account) or with the item's UID, if it has no provider id yet.
   */
  readonly mirror: MirrorRow | null;
  /** The event of `source`, else the event whose UID is the item's; null: none, or it was deleted. */
  readonly event: KnownEvent | null;
  /**
   * The `origin` row of (event of `source` or `event`, account). It outlives a deleted event until the deletion is confirmed;
   * so where neither is known: the `origin` row of a deleted event with the item's UID in this account.
   */
  readonly origin: MirrorRow | null;
}

export type Outcome =
  | "unchanged"
  | "created"
  | "updated"
  | "merged"
  /** A provider's edit beat our pending deletion, or our pending edit beat the provider's deletion. */
  | "restored"
  | "deleted"
  /** A mirror of ours was changed or deleted by hand: it is due again. */
  | "overwrite"
  /** Ours by tag and key, but nothing wants it: to be deleted at the provider. */
  | "orphan";

export interface Transition {
  readonly outcome: Outcome;
  /** null for an orphan, and where nothing is known. */
  readonly canonicalEventId: CanonicalEventId | null;
  /** New octets of the canonical object (create, replace or restore it under `canonicalEventId`); null leaves it as it is. */
  readonly ical: string | null;
  /** Save this source row. */
  readonly source: SourceRow | null;
  /** Delete the source at the place of the item or report. */
  readonly removeSource: boolean;
  /** Delete the canonical event; `planMirrors` with `event` null then takes its mirrors away. */
  readonly removeEvent: boolean;
  /** Save this mirror row. */
  readonly mirror: MirrorRow | null;
  /** Save as well: a copy that became the origin. Its row replaces the `origin` row of its account, if there is one. */
  readonly promoted: { readonly source: SourceRow; readonly origin: MirrorRow } | null;
  readonly losses: readonly Loss[];
}

/** A transition that changes nothing but what is named. After every transition: `planMirrors` for its event. */
export function transitionOf(
  outcome: Outcome,
  canonicalEventId: CanonicalEventId | null,
  changes: Partial<Transition> = {},
): Transition {
  return {
    outcome,
    canonicalEventId,
    ical: null,
    source: null,
    removeSource: false,
    removeEvent: false,
    mirror: null,
    promoted: null,
    losses: [],
    ...changes,
  };
}
