import { describe, expect, it } from "vitest";

import { discoverCalDav } from "./discovery.ts";
import { type Handler, optionsOver, multistatus, member, calendarType } from "./testing/scripted-server.ts";

function home(extra = ""): string {
  return (
    member("/dav/user/", "<d:resourcetype><d:collection/></d:resourcetype>") +
    member(
      "/dav/user/a/",
      `${calendarType}<d:displayname>2024</d:displayname><ca:calendar-color>#FF0000FF</ca:calendar-color>`,
    ) +
    member("/dav/user/b/", `${calendarType}<d:displayname>007</d:displayname>`) +
    member(
      "/dav/user/todo/",
      `${calendarType}<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>`,
    ) +
    member(
      "/dav/user/shared/",
      `${calendarType}<d:displayname> true </d:displayname><d:current-user-privilege-set><d:privilege><d:read/></d:privilege></d:current-user-privilege-set>`,
    ) +
    extra
  );
}

/** The shape of Cyrus 3.6: a redirect at the well-known address, a principal, an inbox that names the default calendar. */
const server =
  (homeHref: string, extra = ""): Handler =>
  ({ url, headers }) => {
    if (headers.get("authorization") === null) return new Response("", { status: 401 });
    if (url.pathname === "/.well-known/caldav") {
      return new Response(null, { status: 301, headers: { location: "/dav/" } });
    }
    if (url.pathname === "/dav/") {
      return multistatus(
        member(
          "/dav/",
          "<d:current-user-principal><d:href>/dav/principals/user/u/</d:href></d:current-user-principal>",
        ),
      );
    }
    if (url.pathname === "/dav/principals/user/u/") {
      return multistatus(
        member(url.pathname, `<c:calendar-home-set><d:href>${homeHref}</d:href></c:calendar-home-set>`),
      );
    }
    if (url.pathname === "/dav/user/") return multistatus(home(extra));
    return new Response("", { status: 404 });
  };

const at = (url: string, handle: Handler) => {
  const options = optionsOver(handle);
  return discoverCalDav({ ...options, credentials: { ...options.credentials, url } });
};

describe("discovery", () => {
  it("goes by the principal, or by the well-known address, and keeps names as they are", async () => {
    for (const url of [
      "https://cal.example.com/dav/",
      "https://cal.example.com",
      "cal.example.com",
      "https://cal.example.com/wrong",
    ]) {
      expect(await at(url, server("/dav/user/")), url).toMatchObject({
        ok: true,
        value: {
          homeUrl: "https://cal.example.com/dav/user/",
          calendars: [
            { id: "/dav/user/a/", name: "2024", color: "#FF0000FF", writable: true, primary: true },
            { id: "/dav/user/b/", name: "007", color: null, primary: false },
            { id: "/dav/user/shared/", name: "true", writable: false, primary: false },
          ],
        },
      });
    }
  });

  it("takes the default calendar that the inbox names", async () => {
    const inbox = member(
      "/dav/user/Inbox/",
      "<c:schedule-default-calendar-URL><d:href>/dav/user/b</d:href></c:schedule-default-calendar-URL>",
    );
    const found = await at("https://cal.example.com/dav/", server("/dav/user/", inbox));
    expect(found.ok && found.value.calendars.filter(({ primary }) => primary).map(({ id }) => id)).toEqual([
      "/dav/user/b/",
    ]);
  });

  it("follows the home to another host, never from https to http, never inside", async () => {
    const elsewhere = await at(
      "https://cal.example.com/dav/",
      server("https://p01-cal.example.com:443/dav/user/"),
    );
    expect(elsewhere).toMatchObject({
      ok: true,
      value: { homeUrl: "https://p01-cal.example.com/dav/user/" },
    });
    const plain = await at("https://cal.example.com/dav/", server("http://p01-cal.example.com/dav/user/"));
    expect(plain.ok).toBe(false);
    const inside = await at("https://cal.example.com/dav/", server("https://10.0.0.5/dav/user/"));
    expect(inside).toMatchObject({ ok: false, error: { code: "address-refused" } });
  });

  it.each([
    ["not a url", () => new Response(""), "invalid-url"],
    ["ftp://cal.example.com/", () => new Response(""), "invalid-url"],
    ["http://192.168.0.1/", () => new Response(""), "address-refused"],
    ["https://cal.example.com/", () => new Error("down"), "unreachable"],
    ["https://cal.example.com/", () => new Response("", { status: 401 }), "wrong-credentials"],
    ["https://cal.example.com/", () => new Response("", { status: 403 }), "wrong-credentials"],
    ["https://cal.example.com/", () => new Response("<html>hello</html>"), "not-caldav"],
    ["https://cal.example.com/", () => new Response("", { status: 405 }), "not-caldav"],
    ["https://cal.example.com/", () => new Response("", { status: 500 }), "provider-error"],
    [
      "https://cal.example.com/",
      () => multistatus(member("/", "<c:calendar-home-set><d:href>/h/</d:href></c:calendar-home-set>")),
      "no-calendars",
    ],
  ] satisfies [string, Handler, string][])("refuses %s in words (%#)", async (url, handle, code) => {
    const found = await at(url, handle);
    expect(found).toMatchObject({ ok: false, error: { code } });
    expect(!found.ok && found.error.reason).toMatch(/^[A-Z0-9a-z].*\.$/);
  });
});
