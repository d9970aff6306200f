import { expect, it } from "vitest";

import { retryAfterMs } from "./retry-after.ts";

/** Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 5.6.7. */
const example = 784_111_777_000;

it.each([
  ["120", 120_000],
  ["0", 0],
  [" 7 ", 7_000],
  ["999999999999", 86_400_000],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 60_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 60_000],
  ["Sun Nov  6 08:49:37 1994", 60_000],
  ["Sat, 05 Nov 1994 08:49:37 GMT", 0],
  ["-5", null],
  ["1.5", null],
  ["soon", null],
  ["", null],
  [null, null],
])("reads %j as %j", (value, expected) => {
  expect(retryAfterMs(value, example - 60_000)).toBe(expected);
});
