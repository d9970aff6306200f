// DAV:sync-token (RFC 6578 4) and DAV:resource-id (RFC 5842 3.1).

import { syncTokenOfCalendar, syncTokenOfHome } from "../sync-token.ts";
import { DAV } from "../xml/names.ts";
import { property, type Property } from "./property.ts";

export const rfc6578: readonly Property[] = [
  property(DAV, "sync-token", {
    read: {
      home: (_, { store }) => syncTokenOfHome(store),
      calendar: ({ calendar }, { store }) => syncTokenOfCalendar(store, calendar),
    },
  }),
];

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The 128 bits of a prefixed ULID, spelled as a UUID. */
export function uuidOf(id: string): string {
  let bits = 0n;
  for (const letter of id.slice(id.indexOf("_") + 1)) {
    bits = (bits << 5n) | BigInt(Math.max(0, CROCKFORD.indexOf(letter)));
  }
  const hex = BigInt.asUintN(128, bits).toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const rfc5842: readonly Property[] = [
  property(DAV, "resource-id", {
    readHrefs: {
      principal: ({ principal }) => [`urn:uuid:${uuidOf(principal.userId)}`],
      calendar: ({ calendar }) => [`urn:uuid:${uuidOf(calendar.calendarId)}`],
      member: ({ member }) => [`urn:uuid:${uuidOf(member.canonicalEventId)}`],
    },
  }),
];
