// The Basic scheme (RFC 7617) over UTF-8: `btoa` alone throws on a password beyond Latin-1.

/** The value of Authorization. */
export function basicAuthorization(username: string, password: string): string {
  const octets = new TextEncoder().encode(`${username}:${password}`);
  let binary = "";
  for (const octet of octets) binary += String.fromCharCode(octet);
  return `Basic ${btoa(binary)}`;
}
