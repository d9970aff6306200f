// Retry-After (RFC 9110 10.2.3): seconds, or a date in any of the three HTTP forms.

const dayMs = 86_400_000;

/** Milliseconds from `nowMs` on, between 0 and a day; null where the header is absent or senseless. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, dayMs);
  // A date names its day or month in letters; Date.parse alone takes "-5" for a year.
  const at = /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(at - nowMs, 0), dayMs);
}
