// What the CalDAV server of one user needs from that user's storage. Implemented over DO SQLite in src/durable/user-graph
// and in memory in src/core/testing; one contract suite (src/core/testing/calendar-store-contract.ts) runs over both.
//
// Metadata is plain and read synchronously. What a person wrote is sealed on disk, so opening it is asynchronous. A write
// parses and seals first; its conditions are then checked and its rows written in one synchronous transaction.

import type { Failure } from "../failure.ts";
import type { AccountId, CalendarId, CanonicalEventId, UserId } from "../id.ts";
import type { CalendarObject, ComponentName } from "../ical/calendar-object-resource.ts";
import type { Result } from "../result.ts";

export type { ComponentName };

/** `local` collections are created by clients (MKCALENDAR) and belong to no account. */
export type CalendarKind = "unified" | "account" | "tasks" | "trips" | "subscribed" | "local";

export interface Principal {
  readonly userId: UserId;
  /** Path segment under /dav/principals and /dav/calendars; no `%`, `:` or `@`. */
  readonly slug: string;
  readonly displayName: string;
  /** Addresses without `mailto:`, the preferred one first. */
  readonly emails: readonly string[];
}

/** A calendar collection (RFC 4791 4.2). */
export interface CalendarCollection {
  readonly calendarId: CalendarId;
  readonly slug: string;
  readonly kind: CalendarKind;
  readonly accountId: AccountId | null;
  readonly displayName: string;
  readonly description: string | null;
  /** `#RRGGBB` or `#RRGGBBAA` as the client sent it. */
  readonly color: string | null;
  readonly sortOrder: number | null;
  /** The iCalendar object of CALDAV:calendar-timezone, octets as sent. */
  readonly timeZone: string | null;
  readonly components: readonly ComponentName[];
  readonly transparency: "opaque" | "transparent";
  /** Highest revision of any change below the collection or of its properties; the ctag and sync-token are made from it. */
  readonly revision: number;
  readonly createdAt: number;
}

/** Fields PROPPATCH and MKCOL may set. `undefined` leaves a field as it is, `null` removes it. */
export interface CollectionPatch {
  readonly displayName?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | null | undefined;
  readonly sortOrder?: number | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly transparency?: "opaque" | "transparent" | undefined;
  /** Dead properties by Clark name `{ns}local`; the value is the property element's octets, `null` removes. */
  readonly dead?: ReadonlyMap<string, string | null> | undefined;
}

export interface NewCollection extends CollectionPatch {
  readonly slug: string;
  readonly components: readonly ComponentName[];
}

/** A calendar object resource without its content. */
export interface MemberMetadata {
  readonly name: string;
  readonly canonicalEventId: CanonicalEventId;
  readonly uid: string;
  /** Strong entity tag without quotes. */
  readonly etag: string;
  readonly scheduleTag: string | null;
  readonly component: ComponentName;
  /** Octets of the stored object. */
  readonly size: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Member extends MemberMetadata {
  /** The iCalendar object, octets as stored. */
  readonly ical: string;
}

/** `[start, end)` in UTC epoch milliseconds; an absent side is unbounded. */
export interface TimeSpan {
  readonly start: number | null;
  readonly end: number | null;
}

export interface CandidateQuery {
  readonly component: ComponentName | null;
  /** Narrow by instances that overlap the span (RFC 4791 9.9); null for every member. */
  readonly span: TimeSpan | null;
}

export interface Candidates {
  /** Proven by the index alone (no floating time, indexed throughout the span). */
  readonly certain: readonly MemberMetadata[];
  /** The caller must open the object and decide. */
  readonly possible: readonly MemberMetadata[];
}

export interface BusyRow {
  readonly start: number;
  readonly end: number;
  readonly kind: "BUSY" | "BUSY-TENTATIVE" | "BUSY-UNAVAILABLE";
}

export interface MemberChange {
  readonly name: string;
  readonly op: "created" | "updated" | "deleted";
}

export interface ChangePage {
  /** One entry a name (its last state), in revision order. */
  readonly changes: readonly MemberChange[];
  /** The revision that a client holds after applying this page. */
  readonly revision: number;
  readonly truncated: boolean;
}

export interface CalendarReader {
  principal(): Principal;
  /** Identifies this store's history; a sync-token of another epoch is invalid. */
  historyEpoch(): string;
  /** Highest revision of the user's whole graph: the home's ctag. */
  revision(): number;
  /** In sort order, `unified` first. */
  collections(): readonly CalendarCollection[];
  collection(slug: string): CalendarCollection | undefined;
  /** Dead properties of a collection, or of the principal or home: Clark name -> property element. */
  deadProperties(target: CalendarId | "principal" | "home"): ReadonlyMap<string, string>;
  members(calendarId: CalendarId): readonly MemberMetadata[];
  member(calendarId: CalendarId, name: string): MemberMetadata | undefined;
  memberByUid(calendarId: CalendarId, uid: string): MemberMetadata | undefined;
  /** Opens several objects together; answers in the order asked, `undefined` where a name does not exist. */
  open(calendarId: CalendarId, names: readonly string[]): Promise<readonly (Member | undefined)[]>;
  candidates(calendarId: CalendarId, query: CandidateQuery): Candidates;
  /** Busy instances of a collection inside the span, by start; asks the objects themselves where the index does not reach. */
  busy(calendarId: CalendarId, span: { start: number; end: number }): Promise<readonly BusyRow[]>;
  /**
   * `undefined` when the revision lies below the pruning floor or in the future. Revision 0 asks for the initial state:
   * every member present, by revision, no deletions, and it is never `undefined`.
   */
  changesSince(calendarId: CalendarId, revision: number, limit: number): ChangePage | undefined;
  /**
   * Slugs of collections that were deleted after the revision and do not exist now (RFC 6578 on the home). `undefined` as
   * for `changesSince`; empty for revision 0.
   */
  deletedCollectionsSince(revision: number): readonly string[] | undefined;
}

/** Judges the current state inside the transaction; a returned failure aborts it and nothing is written. */
export type StateCheck = (current: MemberMetadata | undefined) => Failure | undefined;

export interface PutObject {
  readonly calendarId: CalendarId;
  readonly name: string;
  readonly object: CalendarObject;
  readonly check: StateCheck;
  /** For the journal, e.g. `caldav:iOS/18.1`. */
  readonly actor: string;
}

export interface PutOutcome {
  readonly created: boolean;
  readonly etag: string;
  readonly scheduleTag: string | null;
}

export interface CalendarWriter {
  /**
   * Creates or replaces. Refuses with no-uid-conflict when another resource of the user holds the UID, or the resource holds
   * another UID; its `href` is `<collection slug>/<member name>`, not encoded.
   */
  put(request: PutObject): Promise<Result<PutOutcome, Failure>>;
  delete(request: {
    readonly calendarId: CalendarId;
    readonly name: string;
    readonly check: StateCheck;
    readonly actor: string;
  }): Promise<Result<null, Failure>>;
  createCollection(request: NewCollection, actor: string): Promise<Result<CalendarCollection, Failure>>;
  /** All or nothing (RFC 4918 9.2). */
  patchCollection(
    target: CalendarId | "principal" | "home",
    patch: CollectionPatch,
  ): Promise<Result<null, Failure>>;
  /** Deletes a `local` or `subscribed` collection with its members; the others are refused. */
  deleteCollection(calendarId: CalendarId, actor: string): Promise<Result<null, Failure>>;
}

export interface CalendarStore extends CalendarReader, CalendarWriter {}
