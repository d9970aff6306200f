// How an account is, in one word and one sentence for the person who owns it: what is wrong, and what to do. No content.

import type { Health } from "../../core/ports/account.ts";
import type { ConnectorFailure } from "../../core/ports/connector.ts";

export interface Verdict {
  readonly health: Health;
  /** Empty when green. */
  readonly message: string;
  readonly needsReconnect: boolean;
  /** Until then nothing is tried without being asked, in ms from now. */
  readonly waitMs: number;
}

const BACKOFF_FIRST_MS = 5_000;
const BACKOFF_LAST_MS = 1_800_000;

/** `failures` are those of one pass, the worst decides. `attempt` counts failed passes in a row, from 1. `jitter` is in [0, 1). */
export function judge(failures: readonly ConnectorFailure[], attempt: number, jitter: number): Verdict {
  const worst = failures.toSorted((a, b) => severity(b) - severity(a))[0];
  if (worst === undefined) return { health: "green", message: "", needsReconnect: false, waitMs: 0 };
  const waitMs = waitOf(worst, attempt, jitter);
  const message = sentence(worst);
  switch (worst.kind) {
    case "reauthorize":
      return { health: "red", message, needsReconnect: true, waitMs };
    case "give-up":
      return { health: "red", message, needsReconnect: false, waitMs };
    case "retry":
    case "resync":
      return { health: "yellow", message, needsReconnect: false, waitMs };
  }
}

function severity(failure: ConnectorFailure): number {
  switch (failure.kind) {
    case "reauthorize":
      return 4;
    case "give-up":
      return 3;
    case "retry":
      return 2;
    case "resync":
      return 1;
  }
}

function waitOf(failure: ConnectorFailure, attempt: number, jitter: number): number {
  if (failure.kind === "retry" && failure.retryAfterMs !== null) return failure.retryAfterMs;
  // Full jitter over an exponential ceiling.
  return Math.ceil(jitter * Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt - 1, 12)));
}

function sentence(failure: ConnectorFailure): string {
  switch (failure.kind) {
    case "reauthorize":
      return "The server refuses the user name or password of this account. Reconnect the account with current ones.";
    case "resync":
      return "The server no longer knows how far this account was read. It is read again in full.";
    case "give-up":
      return `The server refuses what this account asks of it (${failure.code}): ${failure.reason}`;
    case "retry":
      return `${retrySentence(failure.code)} It is tried again by itself.`;
  }
}

function retrySentence(code: Extract<ConnectorFailure, { kind: "retry" }>["code"]): string {
  switch (code) {
    case "unreachable":
      return "The server of this account cannot be reached.";
    case "timeout":
      return "The server of this account does not answer in time.";
    case "throttled":
      return "The server of this account asks for fewer requests.";
    case "server-error":
      return "The server of this account reports an error of its own.";
    case "bad-response":
      return "The server of this account answers something that is not CalDAV.";
    case "locked":
      return "The server of this account has locked the calendar for the moment.";
  }
}
