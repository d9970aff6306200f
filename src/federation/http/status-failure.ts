// What an HTTP status means where nothing more specific is known (RFC 9110, 6585, 4918). Reasons name the host and the status, never
// anything that the answer said.

import type { ConnectorFailure } from "../../core/ports/connector.ts";
import type { Answer } from "./guarded-fetch.ts";
import { retryAfterMs } from "./retry-after.ts";

export function failureOfStatus(answer: Answer, nowMs: number): ConnectorFailure {
  const { status } = answer;
  const said = `${new URL(answer.url).host} answered ${status}.`;
  if (status === 401) {
    const rejected = `${new URL(answer.url).host} does not accept the user name and password.`;
    return { kind: "reauthorize", reason: answer.withoutCredentials ? movedReason(answer) : rejected };
  }
  const wait = retryAfterMs(answer.headers.get("retry-after"), nowMs);
  if (status === 429 || status === 503) {
    return { kind: "retry", code: "throttled", retryAfterMs: wait, reason: said };
  }
  if (status === 423) return { kind: "retry", code: "locked", retryAfterMs: wait, reason: said };
  if (status === 408 || status === 425 || status === 504) {
    return { kind: "retry", code: "timeout", retryAfterMs: wait, reason: said };
  }
  if (status === 501) return { kind: "give-up", code: "not-supported", reason: said };
  if (status >= 500) return { kind: "retry", code: "server-error", retryAfterMs: wait, reason: said };
  if (status === 404 || status === 410) return { kind: "give-up", code: "not-found", reason: said };
  if (status === 405 || status === 415) return { kind: "give-up", code: "not-supported", reason: said };
  if (status === 413 || status === 414) return { kind: "give-up", code: "too-large", reason: said };
  if (status >= 400) return { kind: "give-up", code: "refused", reason: said };
  return badResponse(answer, `answered ${status} where something else was due`);
}

/** The server moved; the password is not handed to whom it names, the user has to. */
export function movedReason(answer: Answer): string {
  return `The server is now at ${new URL(answer.url).origin}. Connect again with that address if you trust it.`;
}

export function badResponse(answer: Answer, what: string): ConnectorFailure {
  return {
    kind: "retry",
    code: "bad-response",
    retryAfterMs: null,
    reason: `${new URL(answer.url).host} ${what}.`,
  };
}
