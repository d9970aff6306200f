// What the connector makes of answers that no server should give, and of the habits of those that do.

import { describe, expect, it } from "vitest";

import type { Connector } from "../../core/ports/connector.ts";
import { createCalDavConnector } from "./connector.ts";
import {
  calendarId,
  ical,
  type Handler,
  optionsOver,
  connectorOver,
  multistatus,
  member,
  calendarType,
  token,
} from "./testing/scripted-server.ts";

function everyCall(connector: Connector) {
  return [
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
}

function error(inside: string, status: number): Response {
  const body = `<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${inside}</d:error>`;
  return new Response(body, { status });
}

const page = (name: string, next: string, more: boolean): Response =>
  multistatus(
    member(calendarId + name, `<d:getetag>"${name}"</d:getetag>`) +
      (more
        ? `<d:response><d:href>${calendarId}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>`
        : "") +
      token(next),
  );

describe("statuses", () => {
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
      { kind: "reauthorize", reason: expect.stringContaining("https://other.example.com") },
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
        const hrefs = [...body.matchAll(/:href>([^<]+)<\/d:href/g)].map((match) => match[1] ?? "");
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

  it("never drops If-None-Match, whatever is there", async () => {
    for (const there of [true, false]) {
      const conditions: (string | null)[] = [];
      const connector = connectorOver(({ method, headers }) => {
        if (method === "GET") return there ? new Response(ical) : new Response("", { status: 404 });
        conditions.push(headers.get("if-none-match"));
        return new Response(null, { status: 412 });
      });
      const put = await connector.upsert({ calendarId, id: null, expectedEtag: null, ical });
      const current = there ? { id: `${calendarId}u~40example.com.ics`, etag: null, ical } : null;
      expect(put).toEqual({ ok: true, value: { kind: "conflict", current } });
      expect(conditions).toEqual(["*"]);
    }
  });

  it("takes a state without a tag as unknown", async () => {
    const connector = connectorOver(() => new Response(null, { status: 201 }));
    expect(await connector.upsert({ calendarId, id: null, expectedEtag: null, ical })).toEqual({
      ok: true,
      value: { kind: "written", id: `${calendarId}u~40example.com.ics`, etag: null },
    });
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
