// What the first bytes of a request say about where it goes. Refuses to know HTTP beyond them.

/** workerd answers 501 to MKCALENDAR and 500 to CONNECT before any Worker code runs. */
const rewrittenMethods = ["MKCALENDAR ", "CONNECT "].map((method) => Buffer.from(method, "latin1"));

export type RequestStart = "untouched" | "rewritten" | "undecided";

/** `undecided`: too few bytes, all of which could begin a rewritten method. */
export function classifyRequestStart(chunk: Buffer): RequestStart {
  for (const method of rewrittenMethods) {
    const length = Math.min(chunk.length, method.length);
    if (chunk.compare(method, 0, length, 0, length) === 0) {
      return length === method.length ? "rewritten" : "undecided";
    }
  }
  return "untouched";
}

const informational = Buffer.from("HTTP/1.1 1", "latin1");
const unauthorized = Buffer.from("HTTP/1.1 401", "latin1");

/** A chunk from upstream that does not begin a final response only when it is a 1xx. */
export function isInformational(chunk: Buffer): boolean {
  return startsWith(chunk, informational);
}

export function isUnauthorized(chunk: Buffer): boolean {
  return startsWith(chunk, unauthorized);
}

function startsWith(chunk: Buffer, prefix: Buffer): boolean {
  return chunk.length >= prefix.length && chunk.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}
