// The contract of a provider connector (federation.md). One contract suite runs over every connector and over a fake.

import type { Result } from "../result.ts";

/** Every failure of a provider is one of four. `code` is a stable word for the status page; it never holds content. */
export type ConnectorFailure =
  /** Try again: at `retryAfterMs` from now if the provider said so. A throttle is not counted as a failed attempt. */
  | {
      readonly kind: "retry";
      readonly code: "unreachable" | "timeout" | "throttled" | "server-error" | "bad-response" | "locked";
      readonly retryAfterMs: number | null;
      readonly reason: string;
    }
  /** The credentials are proven bad; the user must reconnect. */
  | { readonly kind: "reauthorize"; readonly reason: string }
  /** The cursor is not valid any more: read everything, then compare. */
  | { readonly kind: "resync"; readonly reason: string }
  /** Repeating cannot help. */
  | {
      readonly kind: "give-up";
      readonly code: "refused" | "not-found" | "not-supported" | "too-large" | "address-refused";
      readonly reason: string;
    };

export interface RemoteCalendar {
  /** The provider's id; for CalDAV the absolute path of the collection, with its trailing slash. */
  readonly id: string;
  readonly name: string;
  readonly color: string | null;
  readonly writable: boolean;
  /** The account's default calendar for new events. At most one. */
  readonly primary: boolean;
  readonly components: readonly string[];
}

/** An event as the provider holds it. For CalDAV the id is the absolute path of the resource. */
export interface ProviderEvent {
  readonly id: string;
  readonly etag: string | null;
  readonly ical: string;
}

export type ProviderItem =
  /** Present; `ical` is absent where the provider lists without content. */
  | { readonly op: "present"; readonly id: string; readonly etag: string | null; readonly ical?: string }
  /** A tombstone: the provider proves the deletion. */
  | { readonly op: "deleted"; readonly id: string };

export interface ChangesPage {
  readonly items: readonly ProviderItem[];
  /**
   * Opaque; null where the provider has no cursor. While `more`, the next call goes on with it; of a `full` read it may be persisted
   * only with the last page, of a `delta` with every page that was applied.
   */
  readonly cursor: string | null;
  readonly more: boolean;
  /** `full`: over all its pages the read lists everything that exists, so what is absent was deleted. */
  readonly scope: "delta" | "full";
}

export interface WriteRequest {
  readonly calendarId: string;
  /** null: create, with a deterministic identity made from the UID of `ical`. */
  readonly id: string | null;
  /** Required state: null with an id of null means "must not exist"; null with an id: must exist, in whatever state. */
  readonly expectedEtag: string | null;
  readonly ical: string;
}

export type WriteOutcome =
  | { readonly kind: "written"; readonly id: string; readonly etag: string | null }
  /** The expected state did not hold (412, 409). `current` is what is there now, null if nothing. */
  | { readonly kind: "conflict"; readonly current: ProviderEvent | null };

export type DeleteOutcome =
  | { readonly kind: "deleted" }
  | { readonly kind: "already-gone" }
  | { readonly kind: "conflict"; readonly current: ProviderEvent | null };

export interface Capabilities {
  readonly push: boolean;
  readonly delta: boolean;
  readonly conditionalWrites: boolean;
  readonly readOnly: boolean;
}

export interface Connector {
  readonly capabilities: Capabilities;
  listCalendars(): Promise<Result<readonly RemoteCalendar[], ConnectorFailure>>;
  createCalendar(name: string): Promise<Result<RemoteCalendar, ConnectorFailure>>;
  /** One page. `cursor` null begins a full read; pass each page's `cursor` on to the next call while there is `more`. */
  changes(calendarId: string, cursor: string | null): Promise<Result<ChangesPage, ConnectorFailure>>;
  /** Opens events by id; ids that do not exist are left out. */
  get(
    calendarId: string,
    ids: readonly string[],
  ): Promise<Result<readonly ProviderEvent[], ConnectorFailure>>;
  /** The id that `upsert` gives to a new event with this UID; null where the provider chooses ids. */
  idOf(calendarId: string, uid: string): string | null;
  upsert(request: WriteRequest): Promise<Result<WriteOutcome, ConnectorFailure>>;
  delete(request: {
    readonly calendarId: string;
    readonly id: string;
    readonly expectedEtag: string | null;
  }): Promise<Result<DeleteOutcome, ConnectorFailure>>;
}
