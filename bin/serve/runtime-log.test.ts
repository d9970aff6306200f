// The log holds no text that a person wrote (invariant J), whatever workerd prints.

import { expect, test } from "vitest";

import { loggedLine } from "./runtime-log.ts";

test("the Worker's own events pass as they are", () => {
  const line =
    '{"event":"unexpected","reference":"abc","method":"PUT","area":"/dav","name":"TypeError","frames":[]}';
  expect(loggedLine(line)).toBe(line);
});

test("workerd's lines keep place and severity, not the host that a user named", () => {
  expect(
    loggedLine(
      "workerd/io/io-context.c++:442: error: e = kj/async-io-unix.c++:1293: failed: DNS lookup failed.; params.host = secret.example.com",
    ),
  ).toBe("workerd: error at workerd/io/io-context.c++:442");
});

test("stack addresses, exception texts and anything else do not pass", () => {
  expect(loggedLine("stack: /opt/workerd@53fab6e /opt/workerd@53fb660")).toBeNull();
  expect(loggedLine("Error: UNIQUE constraint failed: Dinner with Ada")).toBeNull();
  expect(loggedLine('  {"event":"looks like ours but is indented"}')).toBeNull();
});
