// What an app password looks like: 26 symbols of Crockford's base 32 (130 random bits), lower case, in groups, so that it
// can be typed on a telephone: `7k2mq-9xv4d-…`. Reading forgives case, spaces, dashes and the letters that look like digits.

import type { Random } from "../core/ports/random.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SYMBOLS = 26;
const WELL_FORMED = /^[0-9a-hjkmnp-tv-z]{26}$/;

export function newAppPassword(random: Random): string {
  return appPasswordFrom(random.bytes(SYMBOLS));
}

/** The password that `bytes` (at least 26) spell. */
export function appPasswordFrom(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < SYMBOLS; i++) {
    if (i % 5 === 0 && i > 0 && i < 25) text += "-";
    text += ALPHABET.charAt((bytes[i] ?? 0) & 31);
  }
  return text;
}

/** The symbols alone, or undefined when the text cannot be an app password. */
export function normaliseAppPassword(typed: string): string | undefined {
  const symbols = typed.replaceAll(/[\s-]/g, "").toLowerCase().replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return WELL_FORMED.test(symbols) ? symbols : undefined;
}
