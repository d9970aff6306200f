// The body of a calendar request, read whole before it goes on: bounded while it arrives (Content-Length first), and still
// at hand when the request has to be sent a second time.

import { limits } from "../../core/limits.ts";
import { readBounded } from "../bounded-body.ts";

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
  try {
    const body = await readBounded(request, max);
    return body === undefined ? { kind: "too-large", max } : { kind: "read", body };
  } catch {
    return { kind: "broken" };
  }
}
