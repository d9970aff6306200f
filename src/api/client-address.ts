// Whose failures are whose: the network address behind a request. On Cloudflare the edge writes CF-Connecting-IP itself;
// workerd alone tells the peer of its socket. A header that a client could have written is never believed. Empty means
// unknown: also for this machine itself, because that is what everybody looks like behind a proxy on it.

/** `1.2.3.4:567` and `[::1]:567`; a bare IPv6 address has no port to lose. */
const PORT = /^([\d.]+|\[.*\]):\d+$/;

export function clientAddress(request: Request): string {
  const cf = request.cf as { colo?: unknown; clientIp?: unknown } | undefined;
  if (typeof cf?.clientIp === "string") {
    const address = cf.clientIp.replace(PORT, "$1");
    return address === "127.0.0.1" || address === "::1" || address === "[::1]" ? "" : address;
  }
  return typeof cf?.colo === "string" ? (request.headers.get("cf-connecting-ip") ?? "") : "";
}
