// Which URLs an upstream server may have: http or https, and a host that is not inside somebody's own network (server-side request
// forgery). What a public name resolves to is not known here: decision 0008 says who checks that.

import { ipv4Octets, ipv6Octets, isPublicV4, isPublicV6 } from "./ip-address.ts";

/** Names that never lead to the public internet (RFC 6761, 6762, 7686, 8375; `.internal` by ICANN; habits of routers). */
const privateSuffixes = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
  "test",
  "invalid",
  "onion",
];

/** Why a URL is refused, as a sentence; undefined: it is not. */
export function refusedAddress(url: URL, allowPrivateAddresses: boolean): string | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return `Only http and https addresses are reached, not ${url.protocol.slice(0, -1)}.`;
  }
  if (allowPrivateAddresses || isPublicHost(url.hostname)) return undefined;
  return `${url.hostname} is an address inside a private network; this server reaches public ones only.`;
}

function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) {
    const octets = ipv6Octets(hostname.slice(1, -1));
    return octets !== undefined && isPublicV6(octets);
  }
  const octets = ipv4Octets(hostname);
  if (octets !== undefined) return isPublicV4(octets);
  const name = hostname.replace(/\.+$/, "").toLowerCase();
  // A single label is completed by the search list of the machine.
  if (!name.includes(".")) return false;
  return !privateSuffixes.some((suffix) => name.endsWith(`.${suffix}`));
}
