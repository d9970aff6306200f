// What the gate itself answers to calendar clients. Every text says what is wrong; none of them is a bare status.

import { bodyBytesMax } from "./body.ts";

const TEXT = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };

/** RFC 7617. A plain body: DAVx5 takes `DAV:unauthenticated` for a broken server. */
export function unauthorized(): Response {
  return new Response("Sign in with your T-Minus name and an app password.\n", {
    status: 401,
    headers: { ...TEXT, "www-authenticate": 'Basic realm="T-Minus", charset="UTF-8"' },
  });
}

/**
 * 503 with Retry-After, and neither 401 nor 429: to a 401 a phone would ask its owner for a new password although the stored
 * one may be right, and Thunderbird disables a calendar on any 4xx to its first PROPFIND. Every client retries a 503.
 */
export function throttled(retryAfterSeconds: number): Response {
  return new Response("Too many different wrong passwords from this address. Wait, then try again.\n", {
    status: 503,
    headers: { ...TEXT, "retry-after": String(retryAfterSeconds) },
  });
}

/** RFC 4791 5.3.2.1: CALDAV:max-resource-size for an object; RFC 9110 15.5.14 for everything else. */
export function bodyTooLarge(method: string): Response {
  const max = bodyBytesMax(method);
  if (method !== "PUT") {
    return new Response(`The request body is larger than ${max} bytes.\n`, { status: 413, headers: TEXT });
  }
  const xml = `<?xml version="1.0" encoding="utf-8"?>
<D:error xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><C:max-resource-size/><D:responsedescription>The object is larger than ${max} bytes.</D:responsedescription></D:error>
`;
  return new Response(xml, { status: 403, headers: { "content-type": "application/xml; charset=utf-8" } });
}

export function brokenBody(): Response {
  return new Response("The request body ended before it was complete.\n", { status: 400, headers: TEXT });
}

/** RFC 6764 5: the context path. 301 without a body, relative, so that it holds behind any proxy and for PROPFIND as for GET. */
export function wellKnown(): Response {
  return new Response(null, {
    status: 301,
    headers: { location: "/dav/", "cache-control": "public, max-age=3600" },
  });
}
