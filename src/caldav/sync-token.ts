// Sync tokens and ctags (RFC 6578 3.2, 4; apple-caldav-ctag): the epoch of the store's history and a revision in it.
// A token is `data:,<epoch>/<revision>`, a valid URI; a ctag is the same without the scheme.

import type { CalendarCollection, CalendarReader } from "../core/ports/calendar-store.ts";

const SCHEME = "data:,";

export function syncToken(store: CalendarReader, revision: number): string {
  return SCHEME + ctag(store, revision);
}

export function ctag(store: CalendarReader, revision: number): string {
  return `${encodeURIComponent(store.historyEpoch())}/${revision}`;
}

export function syncTokenOfCalendar(store: CalendarReader, calendar: CalendarCollection): string {
  return syncToken(store, calendar.revision);
}

export function syncTokenOfHome(store: CalendarReader): string {
  return syncToken(store, store.revision());
}

/** The revision of a token of this store's history; `undefined` for any other text. Whether it is still known, the store says. */
export function revisionOf(store: CalendarReader, token: string): number | undefined {
  const prefix = `${SCHEME}${encodeURIComponent(store.historyEpoch())}/`;
  const digits = token.startsWith(prefix) ? token.slice(prefix.length) : "";
  if (!/^(?:0|[1-9]\d{0,14})$/.test(digits)) return undefined;
  return Number(digits);
}
