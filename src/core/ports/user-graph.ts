// What the rest of the product may ask of one user's canonical graph: accounts, policy, feeds, provider deltas, the outbox.
// Implemented by UserGraphDO; every argument and answer is plain data, because it crosses Durable Object RPC.

import type { AccountId, ApprovalId, CanonicalEventId, EdgeId, FeedId, UserId } from "../id.ts";
import type { ProviderEvent } from "./connector.ts";

export type DetailLevel = "BUSY" | "TITLE" | "FULL";
export type EdgeCalendarKind = "OVERLAY" | "MIRROR";
export type MirrorKind = "overlay" | "mirror" | "origin";
export type MirrorState = "PENDING" | "ACTIVE" | "DELETING" | "TOMBSTONED" | "ERROR" | "OVERRIDDEN";

export interface PolicyEdge {
  readonly edgeId: EdgeId;
  /** `canonical` matches events that no account is the origin of. */
  readonly from: AccountId | "canonical";
  readonly to: AccountId;
  readonly detail: DetailLevel;
  readonly kind: EdgeCalendarKind;
  readonly enabled: boolean;
}

export interface GraphAccount {
  readonly accountId: AccountId;
  readonly provider: "caldav" | "google" | "microsoft" | "ics";
  readonly label: string;
  readonly isDefault: boolean;
}

export interface NewUser {
  readonly userId: UserId;
  readonly slug: string;
  readonly displayName: string;
  readonly emails: readonly string[];
}

/** A page of what a provider said. Applying it twice changes nothing. */
export interface ProviderDelta {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly role: "source" | "overlay";
  readonly upserts: readonly ProviderEvent[];
  /** Proven deletions: tombstones, or what a completed full read did not list. */
  readonly deletedIds: readonly string[];
  /** How the deletions were proven; a full read of a calendar with its member count feeds the deletion breaker. */
  readonly deletionProof: "tombstone" | "full-read";
}

export interface DeltaOutcome {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Echoes of our own writes and anything already known. */
  readonly unchanged: number;
  /** Ids that could not be read (malformed at the provider); they are listed in the status and lose nothing. */
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  /** Deletions that wait for the user (invariant G). */
  readonly heldDeletions: number;
  /** Ours by tag and key, but nothing wants them there: the caller deletes them at the provider. */
  readonly orphans: readonly { readonly id: string; readonly etag: string | null }[];
}

/** One external write that the outbox wants: the desired state now. */
export interface PendingWrite {
  readonly canonicalEventId: CanonicalEventId;
  readonly accountId: AccountId;
  readonly kind: MirrorKind;
  readonly op: "upsert" | "delete";
  /** UID of the object at the provider: finds the resource of a write whose outcome was never learnt. */
  readonly uid: string;
  /** null until first written: origin and mirror go to the account's default calendar, overlay to its overlay calendar. */
  readonly providerCalendarId: string | null;
  readonly providerEventId: string | null;
  readonly expectedEtag: string | null;
  /** The projected object; empty for a delete. */
  readonly ical: string;
  readonly desiredHash: string;
}

export type WriteReport =
  | {
      readonly result: "done";
      readonly canonicalEventId: CanonicalEventId;
      readonly kind: MirrorKind;
      readonly op: "upsert" | "delete";
      readonly providerCalendarId: string;
      readonly providerEventId: string;
      readonly etag: string | null;
      readonly desiredHash: string;
      /** What was written, so that it can be the base of a later merge. */
      readonly ical: string;
    }
  | {
      /** The provider holds something else than expected. The graph merges (origin) or overwrites (ours) and the outbox retries. */
      readonly result: "conflict";
      readonly canonicalEventId: CanonicalEventId;
      readonly kind: MirrorKind;
      readonly op: "upsert" | "delete";
      readonly providerCalendarId: string;
      readonly current: ProviderEvent | null;
    }
  | {
      readonly result: "failed";
      readonly canonicalEventId: CanonicalEventId;
      readonly kind: MirrorKind;
      readonly code: string;
      readonly reason: string;
      readonly permanent: boolean;
      /** Throttles do not count as attempts. */
      readonly counts: boolean;
      readonly retryAfterMs: number | null;
    };

/** What the graph believes to exist in one provider calendar. */
export interface KnownResource {
  readonly providerEventId: string;
  readonly etag: string | null;
  readonly ours: boolean;
}

export interface MirrorStatus {
  readonly accountId: AccountId;
  readonly pending: number;
  readonly active: number;
  readonly failed: number;
  /** Earliest next attempt of what is pending, UTC ms. */
  readonly nextAttemptAt: number | null;
  readonly errors: readonly { readonly canonicalEventId: CanonicalEventId; readonly error: string }[];
}

export interface Approval {
  readonly approvalId: ApprovalId;
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly kind: "mass-deletion";
  readonly events: number;
  readonly createdAt: number;
}

export interface Feed {
  readonly feedId: FeedId;
  readonly detail: DetailLevel;
  readonly createdAt: number;
  readonly lastFetchedAt: number | null;
}

export interface UserGraph {
  initialise(user: NewUser): Promise<void>;
  /** Raises the credential epoch: requests authenticated under a lower one are refused from now on. */
  raiseCredentialEpoch(epoch: number): Promise<void>;

  accounts(): Promise<readonly GraphAccount[]>;
  /** Registers the account, makes it the default if it is the first, and adds the default edges (BUSY OVERLAY both ways). */
  addAccount(account: {
    accountId: AccountId;
    provider: GraphAccount["provider"];
    label: string;
  }): Promise<void>;
  /** Forgets the account: its sources and mirrors. Events that only it had leave the canonical calendar. */
  removeAccount(accountId: AccountId): Promise<void>;

  edges(): Promise<readonly PolicyEdge[]>;
  /** Replaces the edge of the same from and to; recompiles what it affects. */
  setEdge(edge: Omit<PolicyEdge, "edgeId">): Promise<PolicyEdge>;

  applyProviderDelta(delta: ProviderDelta): Promise<DeltaOutcome>;
  knownResources(accountId: AccountId, providerCalendarId: string): Promise<readonly KnownResource[]>;
  /** Up to `limit` writes that are due now. */
  pendingWrites(accountId: AccountId, limit: number): Promise<readonly PendingWrite[]>;
  reportWrites(accountId: AccountId, reports: readonly WriteReport[]): Promise<void>;
  /** Reconcile: makes every mirror of the account that the listing contradicts due again. Returns what was found. */
  reconcileListing(listing: {
    accountId: AccountId;
    providerCalendarId: string;
    role: "source" | "overlay";
    present: readonly { id: string; etag: string | null }[];
  }): Promise<{ missing: number; drifted: number; orphanIds: readonly string[] }>;

  /** Events and tasks in the canonical calendar. */
  eventCount(): Promise<number>;
  mirrorStatus(): Promise<readonly MirrorStatus[]>;
  approvals(): Promise<readonly Approval[]>;
  decideApproval(approvalId: ApprovalId, decision: "approve" | "reject"): Promise<boolean>;

  feeds(): Promise<readonly Feed[]>;
  addFeed(feed: { feedId: FeedId; detail: DetailLevel }): Promise<void>;
  removeFeed(feedId: FeedId): Promise<boolean>;
}
