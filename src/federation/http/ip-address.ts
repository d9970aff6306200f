// IP addresses as octets, and which of them are not on the public internet (IANA special-purpose registries; RFC 6890, 6598, 6052,
// 4291). It knows nothing of names: a host name is resolved, and checked again, where the connection is made.

/** The octets of an IPv4 address in the only spelling that URL leaves over: four decimal numbers. */
export function ipv4Octets(host: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  const octets = match?.slice(1).map(Number);
  return octets?.every((octet) => octet <= 255) === true ? octets : undefined;
}

/** The 16 octets of an IPv6 address without brackets. */
export function ipv6Octets(host: string): readonly number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(host);
  if (dotted !== null) {
    const [a, b, c, d] = ipv4Octets(dotted[2] ?? "") ?? [];
    if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
    return ipv6Octets(`${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  }
  const halves = host.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

interface Block {
  readonly octets: readonly number[];
  readonly bits: number;
}

const notPublicV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  // The metadata service of Azure, on a public address.
  ["168.63.129.16", 32],
] as const;

const notPublicV6 = [
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["3fff::", 20],
] as const;

const blocksV4: readonly Block[] = notPublicV4.map(([text, bits]) => ({
  octets: ipv4Octets(text) ?? [],
  bits,
}));
const blocksV6: readonly Block[] = notPublicV6.map(([text, bits]) => ({
  octets: ipv6Octets(text) ?? [],
  bits,
}));

export function isPublicV4(octets: readonly number[]): boolean {
  return !blocksV4.some((block) => isInside(octets, block));
}

/** Only global unicast (2000::/3) is public. An address that carries an IPv4 address is as public as that one. */
export function isPublicV6(octets: readonly number[]): boolean {
  const inner = embeddedV4(octets);
  if (inner !== undefined) return isPublicV4(inner);
  return (octets[0] ?? 0) >> 5 === 1 && !blocksV6.some((block) => isInside(octets, block));
}

const carriers: readonly { readonly block: Block; readonly at: number }[] = [
  // IPv4-mapped, and its translated form (RFC 2765).
  { block: { octets: ipv6Octets("::ffff:0:0") ?? [], bits: 96 }, at: 12 },
  { block: { octets: ipv6Octets("::ffff:0:0:0") ?? [], bits: 96 }, at: 12 },
  // NAT64: the well-known prefix (RFC 6052). The local-use 64:ff9b:1::/48 (RFC 8215) is not public at all.
  { block: { octets: ipv6Octets("64:ff9b::") ?? [], bits: 96 }, at: 12 },
  // 6to4 (RFC 3056).
  { block: { octets: ipv6Octets("2002::") ?? [], bits: 16 }, at: 2 },
];

function embeddedV4(octets: readonly number[]): readonly number[] | undefined {
  const carrier = carriers.find(({ block }) => isInside(octets, block));
  return carrier === undefined ? undefined : octets.slice(carrier.at, carrier.at + 4);
}

function isInside(octets: readonly number[], { octets: network, bits }: Block): boolean {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 255 : (255 << (8 - (bits - bit))) & 255;
    if (((octets[bit / 8] ?? 0) & mask) !== ((network[bit / 8] ?? 0) & mask)) return false;
  }
  return true;
}
