// The limit of failed sign-ins per client address.

import { describe, expect, test } from "vitest";

import { createFailedSignIns } from "./failed-sign-ins.ts";

describe("failed sign-ins", () => {
  test("an address is refused after the burst and let in again with time", () => {
    let now = 0;
    const failedSignIns = createFailedSignIns(10, () => now);
    for (let i = 0; i < 30; i += 1) failedSignIns.count("192.0.2.1");
    expect(failedSignIns.isRefused("192.0.2.1")).toBe(true);
    expect(failedSignIns.isRefused("::ffff:192.0.2.1")).toBe(true);
    expect(failedSignIns.isRefused("192.0.2.2")).toBe(false);
    now += 6_000;
    expect(failedSignIns.isRefused("192.0.2.1")).toBe(false);
  });

  test("IPv6 counts by network, loopback and a limit of 0 never", () => {
    const failedSignIns = createFailedSignIns(1, () => 0);
    for (let i = 0; i < 3; i += 1) {
      failedSignIns.count(`2001:db8::${i + 1}`);
      failedSignIns.count("127.0.0.1");
      failedSignIns.count("::1");
    }
    expect(failedSignIns.isRefused("2001:db8:0:0:ffff::1")).toBe(true);
    expect(failedSignIns.isRefused("2001:db8:0:1::1")).toBe(false);
    expect(failedSignIns.isRefused("127.0.0.1")).toBe(false);
    expect(failedSignIns.isRefused("::1")).toBe(false);
    const off = createFailedSignIns(0, () => 0);
    off.count("192.0.2.1");
    expect(off.isRefused("192.0.2.1")).toBe(false);
  });
});
