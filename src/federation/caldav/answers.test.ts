// What the connector makes of answers that no server should give, and of the habits of those that do. The server is a function here.

import { describe, expect, it } from "vitest";

import type { Connector } from "../../core/ports/connector.ts";
import { createCalDavConnector, type CalDavOptions } from "./connector.ts";
import { discoverCalDav } from "./discovery.ts";

const calendarId = "/dav/user/calendar/";
const ical = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:x",
  "BEGIN:VEVENT",
  "UID:u@example.com",
  "DTSTAMP:20260101T000000Z",
  "DTSTART:20260302T090000Z",
  "SUMMARY:secret canary",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

type Handler = (request: { method: string; url: URL; headers: Headers; body: string }) => Response | Error;

function optionsOver(handle: Handler): CalDavOptions {
  return {
    credentials: { provider: "caldav", url: "https://cal.example.com/dav/", username: "u", password: "p" },
    fetch: async (url, init) => {
      const body = typeof init.body === "string" ? init.body : "";
      const answer = handle({
        method: init.method ?? "",
        url: new URL(url),
        headers: new Headers(init.headers),
        body,
      });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    allowPrivateAddresses: false,
    clock: { now: () => 784_111_717_000 },
  };
}

function connectorOver(handle: Handler): Connector {
  return createCalDavConnector({ ...optionsOver(handle), homeUrl: "https://cal.example.com/dav/user/" });
}

function multistatus(inside: string, status = 207): Response {
  const body = `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:ca="http://apple.com/ns/ical/">${inside}</d:multistatus>`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}

function member(href: string, props: string): string {
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
}

const calendarType = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>";
const token = (text: string): string => `<d:sync-token>${text}</d:sync-token>`;

describe("statuses", () => {
  const everyCall = (connector: Connector) => [
    connector.listCalendars(),
    connector.createCalendar("External Busy"),
    connector.changes(calendarId, null),
    connector.changes(calendarId, "dtoken"),
    connector.changes(calendarId, "cctag"),
    connector.get(calendarId, [`${calendarId}a.ics`]),
    connector.upsert({ calendarId, id: null, expectedEtag: null, ical }),
    connector.upsert({ calendarId, id: `${calendarId}a.ics`, expectedEtag: '"1"', ical }),
    connector.delete({ calendarId, id: `${calendarId}a.ics`, expectedEtag: '"1"' }),
  ];

  it.each([
    ["401", () => new Response("canary", { status: 401 }), { kind: "reauthorize" }],
    [
      "429 with seconds",
      () => new Response("canary", { status: 429, headers: { "retry-after": "30" } }),
      { kind: "retry", code: "throttled", retryAfterMs: 30_000 },
    ],
    [
      "503 with a date",
      () =>
        new Response("canary", { status: 503, headers: { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" } }),
      { kind: "retry", code: "throttled", retryAfterMs: 60_000 },
    ],
    ["500", () => new Response("canary", { status: 500 }), { kind: "retry", code: "server-error" }],
    ["502", () => new Response("canary", { status: 502 }), { kind: "retry", code: "server-error" }],
    ["423", () => new Response("canary", { status: 423 }), { kind: "retry", code: "locked" }],
    ["a broken connection", () => new Error("canary"), { kind: "retry", code: "unreachable" }],
    [
      "another origin",
      ({ url }: { url: URL }) =>
        url.host === "cal.example.com"
          ? new Response(null, { status: 301, headers: { location: "https://other.example.com/" } })
          : new Response("canary", { status: 401 }),
      { kind: "give-up", code: "refused", reason: expect.stringContaining("https://other.example.com") },
    ],
  ] satisfies [string, Handler, object][])(
    "%s means the same to every call, and tells nothing",
    async (_, handle, expected) => {
      for (const result of await Promise.all(everyCall(connectorOver(handle)))) {
        expect(result).toMatchObject({ ok: false, error: expected });
        expect(JSON.stringify(result)).not.toContain("canary");
      }
    },
  );

  it.each([
    ["a web page", "<!DOCTYPE html><html><body>canary</body></html>"],
    ["nothing", ""],
    ["garbage", "canary \u0000\u0001"],
    [
      "half a multistatus",
      '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/dav/user/calendar/canary.ics</d:href>',
    ],
    ["another document", '<canary xmlns="DAV:"/>'],
    [
      "an entity bomb",
      '<!DOCTYPE a [<!ENTITY b "canary">]><d:multistatus xmlns:d="DAV:">&b;</d:multistatus>',
    ],
    [
      "a member without a name",
      '<d:multistatus xmlns:d="DAV:"><d:response><d:status>HTTP/1.1 200 OK</d:status></d:response></d:multistatus>',
    ],
  ])("%s instead of a multistatus is a bad response", async (_, body) => {
    const connector = connectorOver(() => new Response(body, { status: 207 }));
    for (const result of [
      await connector.listCalendars(),
      await connector.changes(calendarId, null),
      await connector.changes(calendarId, "dtoken"),
      await connector.get(calendarId, [`${calendarId}a.ics`]),
    ]) {
      expect(result).toMatchObject({ ok: false, error: { kind: "retry", code: "bad-response" } });
      expect(JSON.stringify(result)).not.toContain("canary");
    }
  });
});

describe("changes", () => {
  it("goes on after 507 until the end, and stays a full read", async () => {
    const asked: string[] = [];
    const connector = connectorOver(({ method, body }) => {
      if (method === "PROPFIND") return multistatus(member(calendarId, token("3")));
      const from = /sync-token>([^<]*)</.exec(body)?.[1] ?? "";
      asked.push(from);
      const page = (name: string, next: string, more: boolean): Response =>
        multistatus(
          member(calendarId + name, `<d:getetag>"${name}"</d:getetag>`) +
            (more
              ? `<d:response><d:href>${calendarId}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>`
              : "") +
            token(next),
        );
      return from === "" ? page("a.ics", "1", true) : page("b.ics", "2", false);
    });
    const first = await connector.changes(calendarId, null);
    expect(first).toMatchObject({
      ok: true,
      value: { more: true, scope: "full", items: [{ id: `${calendarId}a.ics` }] },
    });
    const second = await connector.changes(calendarId, first.ok ? first.value.cursor : null);
    expect(second).toMatchObject({
      ok: true,
      value: { more: false, scope: "full", items: [{ id: `${calendarId}b.ics` }] },
    });
    const third = await connector.changes(calendarId, second.ok ? second.value.cursor : null);
    expect(third).toMatchObject({ ok: true, value: { scope: "delta" } });
    expect(asked).toEqual(["", "1", "2"]);
  });

  it("does not circle when a page leads to itself", async () => {
    const stuck = `<d:response><d:href>${calendarId}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>${token("1")}`;
    const connector = connectorOver(() => multistatus(stuck));
    expect(await connector.changes(calendarId, "d1")).toMatchObject({
      ok: false,
      error: { code: "bad-response" },
    });
  });

  it.each([400, 403, 404, 409, 410, 412, 422])(
    "takes %i to a token for a cursor that is not known",
    async (status) => {
      const connector = connectorOver(() => new Response("", { status }));
      expect(await connector.changes(calendarId, "dold")).toMatchObject({
        ok: false,
        error: { kind: "resync" },
      });
    },
  );

  it("compares ctags where there is no sync token, and lists when they differ", async () => {
    let ctag = "1";
    const asked: string[] = [];
    const connector = connectorOver(({ method, headers }) => {
      asked.push(`${method} ${headers.get("depth")}`);
      const self = member(calendarId, `${calendarType}<cs:getctag>${ctag}</cs:getctag>`);
      return multistatus(
        self + (headers.get("depth") === "1" ? member(`${calendarId}x`, '<d:getetag>W/"1"</d:getetag>') : ""),
      );
    });
    const full = await connector.changes(calendarId, null);
    expect(full).toMatchObject({
      ok: true,
      value: { scope: "full", more: false, items: [{ id: `${calendarId}x`, etag: '"1"' }] },
    });
    const cursor = full.ok ? full.value.cursor : null;
    expect(await connector.changes(calendarId, cursor)).toMatchObject({
      ok: true,
      value: { scope: "delta", items: [] },
    });
    expect(asked).toEqual(["PROPFIND 0", "PROPFIND 1", "PROPFIND 0"]);
    ctag = "2";
    expect(await connector.changes(calendarId, cursor)).toMatchObject({ ok: true, value: { scope: "full" } });
  });

  it("lists every time where there is neither, and where the report is refused", async () => {
    for (const props of ["", token("1")]) {
      const connector = connectorOver(({ method }) =>
        method === "REPORT"
          ? new Response("", { status: 403 })
          : multistatus(member(calendarId, calendarType + props)),
      );
      expect(await connector.changes(calendarId, null)).toEqual({
        ok: true,
        value: { items: [], cursor: null, more: false, scope: "full" },
      });
    }
  });

  it("does not take a listing without the collection for an empty calendar", async () => {
    const connector = connectorOver(({ headers }) =>
      multistatus(headers.get("depth") === "0" ? member(calendarId, calendarType) : ""),
    );
    expect(await connector.changes(calendarId, null)).toMatchObject({
      ok: false,
      error: { code: "bad-response" },
    });
  });

  it("leaves out the collection, collections inside and strangers, in any spelling", async () => {
    const connector = connectorOver(() =>
      multistatus(
        member("https://inside.example.net/dav/user/calendar/", "") +
          member(`${calendarId}sub/`, "") +
          member(`${calendarId}sub2`, "<d:resourcetype><d:collection/></d:resourcetype>") +
          member("/dav/user/other/a.ics", "") +
          member(`${calendarId}a%40b`, '<d:getetag>"1"</d:getetag>') +
          `<d:response><d:href>${calendarId}c@d</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>` +
          token("2"),
      ),
    );
    expect(await connector.changes(calendarId, "d1")).toMatchObject({
      ok: true,
      value: {
        items: [
          { op: "present", id: `${calendarId}a%40b` },
          { op: "deleted", id: `${calendarId}c%40d` },
        ],
      },
    });
  });
});

describe("opening", () => {
  it("gets what the report leaves out, and everything where there is no report", async () => {
    const withReport = connectorOver(({ method }) =>
      method === "REPORT"
        ? multistatus(member(`${calendarId}a.ics`, '<d:getetag>"1"</d:getetag>'))
        : new Response(ical, { headers: { etag: 'W/"2"', "content-type": "text/calendar" } }),
    );
    const without = connectorOver(({ method }) =>
      method === "REPORT"
        ? new Response("", { status: 405 })
        : new Response(ical, { headers: { etag: '"2"' } }),
    );
    for (const connector of [withReport, without]) {
      expect(await connector.get(calendarId, [`${calendarId}a.ics`])).toEqual({
        ok: true,
        value: [{ id: `${calendarId}a.ics`, etag: '"2"', ical }],
      });
    }
  });

  it("asks in halves when an answer is too large", async () => {
    const sizes: number[] = [];
    const connector = createCalDavConnector({
      ...optionsOver(({ body }) => {
        const hrefs = [...body.matchAll(/href>([^<]+)</g)].map((match) => match[1] ?? "");
        sizes.push(hrefs.length);
        return multistatus(
          hrefs
            .map((href) => member(href, `<c:calendar-data><![CDATA[${ical}]]></c:calendar-data>`))
            .join(""),
        );
      }),
      homeUrl: "https://cal.example.com/dav/user/",
      answerBytesMax: 1_500,
    });
    const ids = ["a", "b", "c", "d"].map((name) => `${calendarId}${name}.ics`);
    const opened = await connector.get(calendarId, ids);
    expect(opened.ok && opened.value.map(({ id }) => id)).toEqual(ids);
    expect(opened.ok && opened.value[0]?.ical).toBe(ical);
    expect(sizes[0]).toBe(4);
    expect(sizes.length).toBeGreaterThan(2);
  });

  it("does not take a login page for the absence of an event", async () => {
    const connector = connectorOver(({ method }) =>
      method === "REPORT" ? multistatus("") : new Response("<html>Sign in</html>"),
    );
    expect(await connector.get(calendarId, [`${calendarId}a.ics`])).toMatchObject({
      ok: false,
      error: { code: "bad-response" },
    });
  });
});

describe("writing", () => {
  const id = `${calendarId}a.ics`;

  it("sends the strong form of a weak tag, and drops the condition only when the state did hold", async () => {
    for (const [now, written] of [
      ['W/"1"', true],
      ['W/"2"', false],
    ] as const) {
      const conditions: (string | null)[] = [];
      const connector = connectorOver(({ method, headers }) => {
        if (method === "GET") return new Response(ical, { headers: { etag: now } });
        conditions.push(headers.get("if-match"));
        return new Response(null, { status: headers.has("if-match") ? 412 : 204 });
      });
      const put = await connector.upsert({ calendarId, id, expectedEtag: '"1"', ical });
      const removed = await connector.delete({ calendarId, id, expectedEtag: '"1"' });
      expect(put).toMatchObject({ ok: true, value: { kind: written ? "written" : "conflict" } });
      expect(removed).toMatchObject({ ok: true, value: { kind: written ? "deleted" : "conflict" } });
      expect(conditions).toEqual(written ? ['"1"', null, '"1"', null] : ['"1"', '"1"']);
    }
  });

  it("never drops If-None-Match", async () => {
    const conditions: (string | null)[] = [];
    const connector = connectorOver(({ method, headers }) => {
      if (method === "GET") return new Response("", { status: 404 });
      conditions.push(headers.get("if-none-match"));
      return new Response(null, { status: 412 });
    });
    const put = await connector.upsert({ calendarId, id: null, expectedEtag: null, ical });
    expect(put).toEqual({ ok: true, value: { kind: "conflict", current: null } });
    expect(conditions).toEqual(["*"]);
  });

  it("takes a state without a tag as unknown", async () => {
    const connector = connectorOver(() => new Response(null, { status: 201 }));
    expect(await connector.upsert({ calendarId, id: null, expectedEtag: null, ical })).toEqual({
      ok: true,
      value: { kind: "written", id: `${calendarId}u~40example.com.ics`, etag: null },
    });
  });

  const error = (inside: string, status: number): Response =>
    new Response(`<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${inside}</d:error>`, {
      status,
    });

  it.each([
    [error("<c:max-resource-size/>", 403), { kind: "give-up", code: "too-large" }],
    [
      error("<c:supported-calendar-component/>", 403),
      { kind: "give-up", code: "refused", reason: expect.stringContaining("supported-calendar-component") },
    ],
    [
      error("<c:no-uid-conflict><d:href>/dav/user/other/x.ics</d:href></c:no-uid-conflict>", 403),
      { kind: "give-up", code: "refused", reason: expect.stringContaining("no-uid-conflict") },
    ],
    [new Response("canary", { status: 403 }), { kind: "give-up", code: "refused" }],
    [new Response("canary", { status: 409 }), { kind: "give-up", code: "not-found" }],
    [new Response("canary", { status: 413 }), { kind: "give-up", code: "too-large" }],
    [new Response("canary", { status: 507 }), { kind: "retry", code: "server-error" }],
  ])("names why an event is refused (%#)", async (response, expected) => {
    const put = await connectorOver(() => response).upsert({
      calendarId,
      id: null,
      expectedEtag: null,
      ical,
    });
    expect(put).toMatchObject({ ok: false, error: expected });
    expect(JSON.stringify(put)).not.toContain("canary");
  });

  it("shows the event of the calendar that has the UID already", async () => {
    const connector = connectorOver(({ method, url }) =>
      method === "GET" && url.pathname === `${calendarId}theirs.ics`
        ? new Response(ical, { headers: { etag: '"7"' } })
        : error(`<c:no-uid-conflict><d:href>${calendarId}theirs.ics</d:href></c:no-uid-conflict>`, 409),
    );
    expect(await connector.upsert({ calendarId, id: null, expectedEtag: null, ical })).toMatchObject({
      ok: true,
      value: { kind: "conflict", current: { id: `${calendarId}theirs.ics`, etag: '"7"' } },
    });
  });
});

describe("discovery", () => {
  const home = (extra = ""): string =>
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
    extra;

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
