// Projection: (canonical object, detail, identity) -> iCalendar payload. Pure: the same input gives the same octets.

import type { AccountId, CanonicalEventId } from "../id.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import type { DetailLevel, EdgeCalendarKind } from "../ports/user-graph.ts";
import type { KeyedHash } from "./hash.ts";

export interface ProjectionIdentity {
  readonly canonicalEventId: CanonicalEventId;
  /** The account written to. */
  readonly accountId: AccountId;
}

export interface ProjectionRule {
  readonly detail: DetailLevel;
  readonly kind: EdgeCalendarKind;
}

/** The payload's octets; null when the event must not be there at all (a BUSY or TITLE overlay of an event that blocks no time). */
export declare function project(
  canonical: JCalComponent,
  rule: ProjectionRule,
  identity: ProjectionIdentity,
  hash: KeyedHash,
): string | null;

/** The UID of every mirror of an event in an account: HMAC of both. */
export declare function mirrorUid(identity: ProjectionIdentity, hash: KeyedHash): string;

/** Components of a feed (no VCALENDAR wrapper): masters, overrides and the VTIMEZONEs they use; empty when nothing is to show. */
export declare function projectForFeed(
  canonical: JCalComponent,
  detail: DetailLevel,
  canonicalEventId: CanonicalEventId,
  hash: KeyedHash,
): readonly JCalComponent[];
