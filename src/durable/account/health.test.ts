// Health in words: the worst failure decides, a throttle's own time is kept, backoff grows and is bounded.

import { expect, test } from "vitest";
import type { ConnectorFailure } from "../../core/ports/connector.ts";
import { judge } from "./health.ts";

const throttled: ConnectorFailure = { kind: "retry", code: "throttled", retryAfterMs: 42_000, reason: "429" };
const down: ConnectorFailure = { kind: "retry", code: "unreachable", retryAfterMs: null, reason: "refused" };
const refused: ConnectorFailure = { kind: "reauthorize", reason: "401" };

test("no failure is green and silent", () => {
  expect(judge([], 0, 0.5)).toEqual({ health: "green", message: "", needsReconnect: false, waitMs: 0 });
});

test("the worst failure decides: bad credentials wait for the user", () => {
  const verdict = judge([down, refused, throttled], 1, 0.5);
  expect(verdict).toMatchObject({ health: "red", needsReconnect: true });
  expect(verdict.message).toContain("Reconnect");
});

test("Retry-After is honoured to the millisecond", () => {
  expect(judge([throttled], 9, 0.99).waitMs).toBe(42_000);
});

test("the wait doubles its ceiling with each failed pass and ends at half an hour", () => {
  const ceilings = [1, 2, 3, 30].map((attempt) => judge([down], attempt, 0.999_999_9).waitMs);
  expect(ceilings).toEqual([5_000, 10_000, 20_000, 1_800_000]);
  expect(judge([down], 30, 0).waitMs).toBe(0);
});
