// Entity tags as this connector gives them out, and as it sends them.

/**
 * Without `W/`. A proxy that compresses makes strong tags weak on the way, so one state would have two tags; and If-Match takes strong
 * tags only (RFC 9110 13.1.1). Where the server's own tags are weak its If-Match never holds: see writes.ts.
 */
export function etagOf(text: string | null | undefined): string | null {
  const etag = text?.trim().replace(/^W\//, "") ?? "";
  return etag === "" ? null : etag;
}
