// The closed union of everything a calendar request can be refused for, spelled as the standards spell it.
// Core knows no status codes: each protocol maps this union once, exhaustively (src/caldav/failure-response.ts, src/api/problem.ts).

/** RFC 4791 5.3.2.1, 5.3.1.1, 7.x; RFC 4918 16; RFC 6578 3.x; RFC 6638 3.2.x. */
export type CalDavPrecondition =
  | "supported-calendar-data"
  | "valid-calendar-data"
  | "valid-calendar-object-resource"
  | "supported-calendar-component"
  | "no-uid-conflict"
  | "calendar-collection-location-ok"
  | "max-resource-size"
  | "min-date-time"
  | "max-date-time"
  | "max-instances"
  | "max-attendees-per-instance"
  | "valid-filter"
  | "supported-filter"
  | "supported-collation"
  | "initialize-calendar-collection"
  | "calendar-timezone";

export type DavPrecondition =
  | "valid-sync-token"
  | "number-of-matches-within-limits"
  | "resource-must-be-null"
  | "valid-resourcetype"
  | "cannot-modify-protected-property"
  | "propfind-finite-depth"
  | "supported-report"
  | "need-privileges"
  | "sync-traversal-supported";

export type Failure =
  /** A named clause of a standard is not met. `reason` is a sentence for a person; `href` where the clause wants one. */
  | {
      readonly kind: "precondition";
      readonly clause: CalDavPrecondition | DavPrecondition;
      readonly reason: string;
      readonly href?: string;
    }
  /** If-Match, If-None-Match, If-Schedule-Tag-Match or If did not hold. */
  | { readonly kind: "precondition-failed"; readonly reason: string }
  | { readonly kind: "bad-request"; readonly reason: string }
  | { readonly kind: "not-found"; readonly reason: string }
  | { readonly kind: "forbidden"; readonly reason: string }
  | { readonly kind: "conflict"; readonly reason: string }
  | { readonly kind: "too-large"; readonly reason: string }
  | { readonly kind: "unsupported-media-type"; readonly reason: string }
  | {
      readonly kind: "method-not-allowed";
      readonly allow: readonly string[];
      readonly reason: string;
    }
  /** A limit of a user's storage. */
  | { readonly kind: "insufficient-storage"; readonly reason: string };

export function precondition(
  clause: CalDavPrecondition | DavPrecondition,
  reason: string,
  href?: string,
): Failure {
  return href === undefined
    ? { kind: "precondition", clause, reason }
    : { kind: "precondition", clause, reason, href };
}
