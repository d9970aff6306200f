// Bodies of requests: read up to a bound, and what is beyond it, or what a refusal left unread, is taken in and dropped. A client that is
// in the middle of a large body reads the answer only after it has sent everything; a connection that is closed before that is an error
// without a reason to it (RFC 9112 9.6).

/** From here on the connection is given up; no calendar client comes near it. */
const DISCARDED_BYTES_MAX = 134_217_728;

/** The whole body, `undefined` when it is larger. Throws when it breaks off. */
export async function readBounded(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (request.body === null) return new Uint8Array(0);
  const declared = request.headers.get("content-length");
  // A declared length bounds the body by itself: the HTTP layer reads no more than that.
  if (declared !== null) {
    return Number(declared) > bytesMax ? undefined : new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size <= bytesMax) chunks.push(chunk);
    else if (size > DISCARDED_BYTES_MAX) break;
  }
  if (size > bytesMax) return undefined;
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

/** Takes in what nobody has begun to read. Never throws: a body that breaks off is over too. */
export async function discardUnread(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed || request.body.locked) return;
  if (Number(request.headers.get("content-length") ?? 0) > DISCARDED_BYTES_MAX) return;
  try {
    let size = 0;
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > DISCARDED_BYTES_MAX) return;
    }
  } catch {
    // The client has gone.
  }
}
