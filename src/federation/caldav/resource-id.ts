// The id of a remote resource: its absolute path, spelled in one way. Servers spell the same path differently from answer to answer
// (iCloud: `%40` against `@`; others: lower-case hex, unencoded spaces), and answer with absolute URLs of a host behind a proxy.

/** undefined: the href is no URL reference. `base` is any URL of the same server. */
export function resourceId(href: string, base: string): string | undefined {
  // "//calendars/x" is a path with an empty segment to the servers that answer it, not a host.
  const url = URL.parse(href.startsWith("//") ? `${new URL(base).origin}${href}` : href, base);
  return url?.pathname.split("/").map(normalSegment).join("/");
}

function normalSegment(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    // Octets that are not UTF-8 stay octets.
    return segment.replaceAll(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  }
}

/** Whether `id` is a resource directly inside the collection, and no collection itself. */
export function isMember(calendarId: string, id: string): boolean {
  const name = id.startsWith(calendarId) ? id.slice(calendarId.length) : "";
  return name !== "" && !name.includes("/");
}

export function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
