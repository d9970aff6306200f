// When to try again: full jitter over an exponential window, never sooner than the provider asked.

const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

/** `attempts`: failures so far; `random` in [0, 1). */
export function backoffMs(attempts: number, random: number, retryAfterMs: number | null): number {
  const window = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(attempts, 0), 20));
  return Math.max(1_000, Math.floor(random * window), retryAfterMs ?? 0);
}

/** The header Retry-After (RFC 9110 10.2.3): seconds or an HTTP date. null when absent or unreadable. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const wait = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), RETRY_AFTER_MAX_MS) : null;
}
