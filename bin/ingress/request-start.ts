// What the first bytes of a request say about where it goes. Refuses to know HTTP beyond them.

/** workerd answers 501 to MKCALENDAR and 500 to CONNECT before any Worker code runs. */
const rewrittenMethods = ["MKCALENDAR ", "CONNECT "].map((method) => Buffer.from(method, "latin1"));

/** A request line whose target is no path: absolute or `*` (RFC 9112 3.2.2, 3.2.4). workerd takes neither. */
const otherTarget = /^[A-Z]{1,32} [^/ \r\n]\S{0,8000} HTTP\/1\.[01]\r?\n/;
const blank = 0x20;
const slash = 0x2f;

export type RequestStart = "untouched" | "rewritten" | "undecided";

/** `undecided`: too few bytes, all of which could begin a rewritten method. */
export function classifyRequestStart(chunk: Buffer): RequestStart {
  for (const method of rewrittenMethods) {
    const length = Math.min(chunk.length, method.length);
    if (chunk.compare(method, 0, length, 0, length) === 0) {
      return length === method.length ? "rewritten" : "undecided";
    }
  }
  const target = chunk.indexOf(blank) + 1;
  const isPath = target === 0 || target === chunk.length || chunk[target] === slash;
  return !isPath && otherTarget.test(chunk.toString("latin1", 0, 8_192)) ? "rewritten" : "untouched";
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

/**
 * What workerd says of a request that is no HTTP (a malformed Content-Length, Host or transfer coding) before any Worker code runs. The
 * Worker itself never answers 500.
 */
const runtimeFault = Buffer.from("HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n", "latin1");

export function isRefusedByRuntime(chunk: Buffer): boolean {
  return startsWith(chunk, runtimeFault);
}

function startsWith(chunk: Buffer, prefix: Buffer): boolean {
  return chunk.length >= prefix.length && chunk.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}
