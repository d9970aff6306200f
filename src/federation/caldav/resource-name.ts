// The name of a new resource, made from the UID: the same UID has the same name always, two UIDs never share one.

import { createHmac } from "node:crypto";

/** Names of files end at 255 octets on most servers, and some add a suffix of their own. */
const nameLengthMax = 200;
const digestKey = new TextEncoder().encode("resource name");

/**
 * Letters, digits, `-`, `_` and `.` stay; every other octet of UTF-8 becomes `~` and two hex digits (a percent sign would be encoded
 * once more on its way). A name beyond the length that servers take is cut and ends with `!` and 128 bits of a keyed SHA-256 of the UID.
 */
export function resourceName(uid: string): string {
  let name = "";
  for (const octet of new TextEncoder().encode(uid)) {
    const character = String.fromCharCode(octet);
    const isSafe = /[A-Za-z0-9_-]/.test(character) || (character === "." && name !== "");
    name += isSafe ? character : `~${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  if (name.length <= nameLengthMax) return `${name}.ics`;
  const digest = createHmac("sha256", digestKey).update(uid).digest("hex").slice(0, 32);
  return `${name.slice(0, nameLengthMax - 40)}!${digest}.ics`;
}
