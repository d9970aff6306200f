// What the pull and push engines need to remember about one connected account. Implemented by AccountDO over its SQLite.
// Reading is asynchronous because names and identifiers that name a person are sealed.

import type { RemoteCalendar } from "./connector.ts";

export interface AccountStateCalendar {
  readonly providerCalendarId: string;
  readonly name: string;
  /** `source`: its events are canonical. `overlay`: our "External Busy" calendar. */
  readonly role: "source" | "overlay";
  /** New events of the user that belong to this account go here. */
  readonly primary: boolean;
  readonly writable: boolean;
  /** The user wants it read. */
  readonly selected: boolean;
  /** The provider's token up to which everything was applied; null: read it whole. */
  readonly cursor: string | null;
}

export interface AccountState {
  calendars(): Promise<readonly AccountStateCalendar[]>;
  /** Takes over what the provider lists now: new ones are added (selected), names follow. What is not listed stays until it is forgotten. */
  saveListing(calendars: readonly RemoteCalendar[]): Promise<void>;
  /** The calendar is gone, and what it held was cleared. */
  forgetCalendar(providerCalendarId: string): Promise<void>;
  /** Remembers the overlay calendar that was created or found. The one before it is an ordinary calendar from now on. */
  saveOverlay(calendar: RemoteCalendar): Promise<void>;
  /** Only after everything up to this cursor was applied. null: the next pull reads it whole. */
  saveCursor(providerCalendarId: string, cursor: string | null): Promise<void>;
  /** Outcome of one pass over a calendar; `error` is a sentence without content, null for success. */
  savePass(
    providerCalendarId: string,
    outcome: { readonly at: number; readonly error: string | null },
  ): Promise<void>;
}
