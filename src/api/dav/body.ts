// The body of a calendar request, read whole before it goes on: bounded while it arrives (Content-Length first), and still
// at hand when the request has to be sent a second time.

import { limits } from "../../core/limits.ts";
import { isWorthDiscarding } from "../unread-body.ts";

export type BodyOutcome =
  | { readonly kind: "read"; readonly body: Uint8Array<ArrayBuffer> | null }
  | { readonly kind: "too-large"; readonly max: number }
  | { readonly kind: "broken" };

/** Octets that the method's body may have: an object for PUT and POST, XML for the rest. */
export function bodyBytesMax(method: string): number {
  return method === "PUT" || method === "POST" ? limits.resourceBytesMax : limits.xmlBytesMax;
}

export async function readBody(request: Request): Promise<BodyOutcome> {
  if (request.body === null) return { kind: "read", body: null };
  const max = bodyBytesMax(request.method);
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > max) return { kind: "too-large", max };
  try {
    // A declared length bounds the body by itself: the HTTP layer reads no more than that.
    if (declared !== null) return { kind: "read", body: new Uint8Array(await request.arrayBuffer()) };
    return await readUndeclared(request, max);
  } catch {
    return { kind: "broken" };
  }
}

async function readUndeclared(request: Request, max: number): Promise<BodyOutcome> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size <= max) chunks.push(chunk);
    else if (!isWorthDiscarding(size)) break;
  }
  if (size > max) return { kind: "too-large", max };
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return { kind: "read", body };
}
