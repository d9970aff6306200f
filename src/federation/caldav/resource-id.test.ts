import { expect, it } from "vitest";

import { isMember, resourceId } from "./resource-id.ts";
import { resourceName } from "./resource-name.ts";

const base = "https://cal.example.com/dav/home/calendar/";

it.each([
  ["/dav/user@example.com/a.ics", "/dav/user%40example.com/a.ics"],
  ["/dav/user%40example.com/a.ics", "/dav/user%40example.com/a.ics"],
  ["/dav/%e6%97%a5.ics", "/dav/%E6%97%A5.ics"],
  ["/dav/日.ics", "/dav/%E6%97%A5.ics"],
  ["/dav/a b.ics", "/dav/a%20b.ics"],
  ["/dav/a%2Fb.ics", "/dav/a%2Fb.ics"],
  ["/dav/%ff.ics", "/dav/%FF.ics"],
  ["/dav/%7Ename/", "/dav/~name/"],
  ["https://inside.example.net:8443/dav/x.ics", "/dav/x.ics"],
  ["x.ics", "/dav/home/calendar/x.ics"],
  ["//dav/x.ics", "//dav/x.ics"],
])("spells %s as %s", (href, id) => {
  expect(resourceId(href, base)).toBe(id);
});

it("tells members from the collection, its collections and strangers", () => {
  expect(isMember("/dav/c/", "/dav/c/a.ics")).toBe(true);
  for (const other of ["/dav/c/", "/dav/c/sub/", "/dav/c/sub/a.ics", "/dav/other/a.ics", "/dav/c"]) {
    expect(isMember("/dav/c/", other), other).toBe(false);
  }
});

it("names two UIDs never the same, and within what servers take", () => {
  const long = "x".repeat(5_000);
  const uids = [
    "a",
    "A",
    "a~",
    "a~7E",
    "a@b",
    "a~40b",
    ".",
    "..",
    "~2E.",
    "a/b",
    "a%2Fb",
    long,
    `${long}y`,
    `${long}é`,
  ];
  const names = uids.map(resourceName);
  expect(new Set(names).size).toBe(uids.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_~-][A-Za-z0-9_.~!-]{0,203}$/);
  expect(resourceName("event-1@example.com")).toBe("event-1~40example.com.ics");
});
