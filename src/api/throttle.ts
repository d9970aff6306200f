// A token bucket per key, in this isolate's memory: only failures take tokens. It bounds the work that wrong secrets cause;
// what makes guessing hopeless is their 128 random bits.

import type { Clock } from "../core/ports/clock.ts";

export interface Throttle {
  /** Seconds to wait before another failure is affordable; 0 when there is room. */
  waitSeconds(key: string): number;
  failed(key: string): void;
}

interface Bucket {
  tokens: number;
  updatedAt: number;
}

export function createThrottle(
  clock: Clock,
  bounds: { readonly capacity: number; readonly refillMs: number; readonly keysMax: number },
): Throttle {
  const buckets = new Map<string, Bucket>();

  function refilled(bucket: Bucket): number {
    return Math.min(bounds.capacity, bucket.tokens + (clock.now() - bucket.updatedAt) / bounds.refillMs);
  }

  return {
    waitSeconds(key) {
      const bucket = buckets.get(key);
      if (!bucket) return 0;
      const tokens = refilled(bucket);
      return tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) * bounds.refillMs) / 1000));
    },
    failed(key) {
      const bucket = buckets.get(key);
      const tokens = bucket ? refilled(bucket) : bounds.capacity;
      // Deleted and set again: the map's order is then the order of last failure, and the oldest key is the one to forget.
      buckets.delete(key);
      buckets.set(key, { tokens: Math.max(0, tokens - 1), updatedAt: clock.now() });
      if (buckets.size > bounds.keysMax) {
        const oldest = buckets.keys().next().value;
        if (oldest !== undefined) buckets.delete(oldest);
      }
    },
  };
}
