// What a refused request still has to say. A client that is in the middle of a large body reads the answer only after it has sent
// everything, and a connection that is closed before that is an error without a reason to it (RFC 9112 9.6). So the rest is taken in
// and dropped, up to a bound.

/** From here on the connection is given up; no calendar client comes near it. */
const DISCARDED_BYTES_MAX = 134_217_728;

/** True while more of this body is worth waiting for. */
export function isWorthDiscarding(bytesSoFar: number): boolean {
  return bytesSoFar <= DISCARDED_BYTES_MAX;
}

/** Takes in what nobody has begun to read. Never throws: a body that breaks off is over too. */
export async function discardUnread(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed || request.body.locked) return;
  if (!isWorthDiscarding(Number(request.headers.get("content-length") ?? 0))) return;
  try {
    let size = 0;
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (!isWorthDiscarding(size)) return;
    }
  } catch {
    // The client has gone.
  }
}
