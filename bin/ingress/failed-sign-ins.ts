// Throttles guessing by client address: answers 401 spend from a bucket that fills slowly; an empty bucket refuses the address. The
// splice cannot tell the Worker who the client is (it adds no header), so this is done here; the Worker throttles per user. A first
// request without credentials also costs one, which the size of the bucket allows for. Loopback is exempt: there sits a reverse proxy.

const bucketsMax = 20_000;
const burstFactor = 3;

export interface FailedSignIns {
  isRefused(address: string): boolean;
  count(address: string): void;
}

/** `perMinute` 0 switches the throttle off. `now` in milliseconds. */
export function createFailedSignIns(perMinute: number, now: () => number): FailedSignIns {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const size = perMinute * burstFactor;

  function tokensOf(key: string): number {
    const bucket = buckets.get(key);
    if (bucket === undefined) return size;
    return Math.min(size, bucket.tokens + ((now() - bucket.at) * perMinute) / 60_000);
  }

  return {
    isRefused(address) {
      const key = throttleKey(address);
      return perMinute > 0 && key !== null && buckets.has(key) && tokensOf(key) < 1;
    },
    count(address) {
      const key = throttleKey(address);
      if (perMinute === 0 || key === null) return;
      const tokens = Math.max(0, tokensOf(key) - 1);
      buckets.delete(key);
      buckets.set(key, { tokens, at: now() });
      const oldest = buckets.keys().next();
      if (buckets.size > bucketsMax && oldest.done !== true) buckets.delete(oldest.value);
    },
  };
}

/** IPv4 addresses count alone, IPv6 by their /64; null for loopback. */
export function throttleKey(address: string): string | null {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4.startsWith("127.") ? null : v4;
  if (address === "::1" || address === "") return null;
  const [head = "", rest] = (address.split("%")[0] ?? "").split("::");
  const groups = head === "" ? [] : head.split(":");
  if (rest !== undefined) {
    const tail = rest === "" ? 0 : rest.split(":").length;
    while (groups.length + tail < 8) groups.push("0");
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}
