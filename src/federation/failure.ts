// The four failures of a provider (core/ports/connector), and what a status page says about them. Sentences are generic on
// purpose: what a server answered may quote somebody's calendar, so nothing of it is ever repeated.

import type { ConnectorFailure } from "../core/ports/connector.ts";

type RetryCode = Extract<ConnectorFailure, { kind: "retry" }>["code"];
type GiveUpCode = Extract<ConnectorFailure, { kind: "give-up" }>["code"];

export function retry(code: RetryCode, reason: string, retryAfterMs: number | null = null): ConnectorFailure {
  return { kind: "retry", code, retryAfterMs, reason };
}

export function giveUp(code: GiveUpCode, reason: string): ConnectorFailure {
  return { kind: "give-up", code, reason };
}

export function codeOf(failure: ConnectorFailure): string {
  switch (failure.kind) {
    case "retry":
    case "give-up":
      return failure.code;
    case "reauthorize":
      return "reauthorize";
    case "resync":
      return "resync";
  }
}

/** A throttle and an unreachable server say nothing about the write itself. */
export function countsAsAttempt(failure: ConnectorFailure): boolean {
  return !(failure.kind === "retry" && failure.code === "throttled");
}
