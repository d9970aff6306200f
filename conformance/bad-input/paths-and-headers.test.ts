// Odd paths, methods and headers (checklist O5): the exact answer, nothing stored, never a 500. The one 5xx is 501 to a method that HTTP
// does not know, as RFC 9110 9.1 asks for.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { clauseOf } from "../clients/multistatus.ts";
import { basic, sender } from "../clients/request.ts";
import type { Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { exchangeRaw } from "./raw-connection.ts";
import { sendInVain, stateOf } from "./untouched.ts";

const unified = "/dav/calendars/ada/unified/";

let world: UsersServer;
let send: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada", "bob"]);
  send = sender(world.url, { login: world.userNamed("ada") });
});

afterAll(() => world?.close());

function event(uid: string): string {
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.com//EN\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
}

describe("paths", () => {
  test.each([
    ["/dav/calendars/ada/../bob/", 404, 409],
    ["/dav/calendars/ada/%2e%2e/bob/", 404, 409],
    ["/dav/calendars/ada/%2E%2E/bob/unified/x.ics", 404, 409],
    ["/dav/calendars/ada/unified/../../bob/unified/x.ics", 404, 409],
    ["/dav/calendars/ada/unified/../../../../etc/passwd", 405, 405],
    [`${unified}%00.ics`, 400, 400],
    [`${unified}a%00b.ics`, 400, 400],
    [`${unified}%.ics`, 400, 400],
    [`${unified}%zz.ics`, 400, 400],
    [`${unified}%ff.ics`, 400, 400],
    [`${unified}%c0%ae%c0%ae`, 400, 400],
    [`${unified}%ed%a0%80.ics`, 400, 400],
    [`${unified}${"a".repeat(300)}.ics`, 404, 403],
    [`${unified}${"%F0%9F%8E%84".repeat(70)}.ics`, 404, 403],
    [`${unified}${"a".repeat(60_000)}.ics`, 404, 403],
    [`/dav/calendars/ada/${"a".repeat(300)}/x.ics`, 404, 409],
    [`${unified}a/b.ics`, 404, 409],
    [`${unified}a/b/c/d/e.ics`, 404, 409],
    ["/dav/nothing/", 404, 409],
    ["/dav/calendars/ada/free.ics", 404, 403],
  ])("%s", async (path, propfind, put) => {
    const found = await sendInVain(send, "ada", { method: "PROPFIND", path, headers: { depth: "0" } });
    expect(found.status).toBe(propfind);
    const stored = await sendInVain(send, "ada", { method: "PUT", path, body: event("odd@example.com") });
    expect(stored.status).toBe(put);
    expect(await stateOf(sender(world.url, { login: world.userNamed("bob") }), "bob")).not.toContain(".ics");
  });

  test.each([
    ["a%2Fb.ics", "a%2Fb.ics"],
    ["a%252Fb.ics", "a%252Fb.ics"],
    ["..%2F..%2Fbob.ics", "..%2F..%2Fbob.ics"],
    ["%2e%2e%2f.ics", "..%2F.ics"],
    ["a%20b%3F%23.ics", "a%20b%3F%23.ics"],
    ["%C3%A9t%C3%A9.ics", "%C3%A9t%C3%A9.ics"],
    ["a@b.ics", "a@b.ics"],
    ["a%40b%3A.ics", "a@b:.ics"],
    ["%3Cscript%3E&amp;.ics", "%3Cscript%3E%26amp%3B.ics"],
    ["a;b=c.ics", "a%3Bb=c.ics"],
  ])("a name of its own: %s is stored, listed as %s and found under both", async (name, listed) => {
    const path = unified + name;
    expect((await send({ method: "PUT", path, body: event("name@example.com") })).status).toBe(201);
    const { text } = await send({ method: "PROPFIND", path: unified, headers: { depth: "1" } });
    expect([...text.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href)).toEqual([
      unified,
      unified + listed,
    ]);
    for (const spelled of [name, listed]) {
      expect((await send({ method: "GET", path: unified + spelled })).text).toBe(event("name@example.com"));
    }
    expect((await send({ method: "DELETE", path: unified + listed })).status).toBe(204);
  });

  test("doubled slashes and a query name the same resource", async () => {
    for (const path of [
      "/dav//calendars//ada//unified//",
      `${unified}?a=b`,
      "/dav/calendars/%61da/unified",
    ]) {
      expect((await send({ method: "PROPFIND", path, headers: { depth: "0" } })).status).toBe(207);
    }
  });
});

describe("methods", () => {
  test.each(["POST", "LOCK", "UNLOCK", "COPY", "MOVE", "ACL", "PATCH", "TRACE", "SEARCH", "MKACTIVITY"])(
    "%s is 405 with Allow",
    async (method) => {
      const answer = await sendInVain(send, "ada", {
        method,
        path: unified,
        headers: { destination: "/dav/calendars/ada/elsewhere/" },
      });
      expect([answer.status, answer.headers.allow]).toEqual([
        405,
        "OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, DELETE",
      ]);
    },
  );

  test.each(["FOO", "MKCALENDARS", "A".repeat(5_000)])(
    "%s, which HTTP does not know, is 501",
    async (method) => {
      const answer = await sendInVain(send, "ada", { method, path: unified });
      expect(answer.status).toBe(501);
    },
  );

  test("methods are case-sensitive", async () => {
    expect((await raw(`propfind ${unified} HTTP/1.1\r\nHost: x\r\n\r\n`)).status).toBe(501);
  });

  test("CONNECT is 405", async () => {
    const answer = await raw("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n");
    expect(answer.status).toBe(405);
  });

  test("PUT onto a collection, MKCOL onto what exists, DELETE of what is not a client's to delete", async () => {
    const put = await sendInVain(send, "ada", { method: "PUT", path: unified, body: event("x") });
    const mkcol = await sendInVain(send, "ada", { method: "MKCOL", path: unified });
    const mkcalendar = await sendInVain(send, "ada", { method: "MKCALENDAR", path: unified });
    const reserved = await sendInVain(send, "ada", {
      method: "MKCALENDAR",
      path: "/dav/calendars/ada/inbox/",
    });
    const deep = await sendInVain(send, "ada", { method: "MKCALENDAR", path: `${unified}inside/` });
    const home = await sendInVain(send, "ada", { method: "DELETE", path: "/dav/calendars/ada/" });
    const calendar = await sendInVain(send, "ada", { method: "DELETE", path: unified });
    expect(
      [put, mkcol, mkcalendar, reserved, deep, home, calendar].map(({ status, text }) => [
        status,
        clauseOf(text),
      ]),
    ).toEqual([
      [405, undefined],
      [405, undefined],
      [403, "{DAV:}resource-must-be-null"],
      [403, "{urn:ietf:params:xml:ns:caldav}calendar-collection-location-ok"],
      [403, "{urn:ietf:params:xml:ns:caldav}calendar-collection-location-ok"],
      [405, undefined],
      [403, undefined],
    ]);
  });
});

const headersOf = (bytes: number): Record<string, string> => ({ depth: "0", "x-large": "a".repeat(bytes) });

describe("headers", () => {
  test.each([
    [{ depth: "x" }, 400, undefined],
    [{ depth: "2" }, 400, undefined],
    [{ depth: "1, 1" }, 400, undefined],
    [{ depth: "-1" }, 400, undefined],
    [{ depth: "\u00e9" }, 400, undefined],
    [{ depth: "infinity" }, 403, "{DAV:}propfind-finite-depth"],
    [{}, 403, "{DAV:}propfind-finite-depth"],
  ])("PROPFIND with %o", async (headers, status, clause) => {
    const answer = await sendInVain(send, "ada", { method: "PROPFIND", path: unified, headers });
    expect([answer.status, clauseOf(answer.text)]).toEqual([status, clause]);
  });

  test.each([
    [{ if: "garbage" }, 400],
    [{ if: "(" }, 400],
    [{ if: "()" }, 400],
    [{ if: `(${"<a>".repeat(10_000)}` }, 400],
    [{ if: "(<opaquelocktoken:nobody>)" }, 412],
    [{ if: '(["nobody"])' }, 412],
    [{ if: '</dav/calendars/bob/unified/> (["x"])' }, 412],
    [{ "if-match": '"""' }, 400],
    [{ "if-match": "*" }, 412],
    [{ "if-match": '"nobody"' }, 412],
    [{ "if-none-match": "," }, 400],
    [{ "if-schedule-tag-match": '"nobody"' }, 412],
  ])("PUT with %o", async (headers: Record<string, string>, status) => {
    const answer = await sendInVain(send, "ada", {
      method: "PUT",
      path: `${unified}if.ics`,
      headers,
      body: event("if@example.com"),
    });
    expect(answer.status).toBe(status);
  });

  test("a header of 64 KB does no harm, one of 200 KB is 431", async () => {
    const some = await sendInVain(send, "ada", {
      method: "PROPFIND",
      path: unified,
      headers: headersOf(65_536),
    });
    const more = await sendInVain(send, "ada", {
      method: "PROPFIND",
      path: unified,
      headers: headersOf(204_800),
    });
    expect([some.status, more.status]).toEqual([207, 431]);
  });

  test("x-tm-* headers of a client's invention do nothing", async () => {
    const answer = await sender(world.url)({
      method: "PROPFIND",
      path: "/dav/calendars/ada/",
      headers: { depth: "0", "x-tm-slug": "ada", "x-tm-epoch": "1", "x-tm-scope": "caldav" },
    });
    expect(answer.status).toBe(401);
    const foreign = await send({
      method: "PROPFIND",
      path: "/dav/calendars/bob/",
      headers: { depth: "0", "x-tm-slug": "bob", "x-tm-epoch": "1" },
    });
    expect(foreign.status).toBe(404);
  });
});

function raw(...parts: readonly string[]): ReturnType<typeof exchangeRaw> {
  return exchangeRaw(world.server.port, async (put) => {
    for (const part of parts) await put(part);
  });
}

const authorized = (line: string, headers = ""): string =>
  `${line}\r\nHost: cal.example.com\r\nAuthorization: ${basic(world.userNamed("ada"))}\r\n${headers}\r\n`;

describe("what is hardly HTTP", () => {
  test.each<readonly [string, () => string, number]>([
    [
      "an unknown transfer coding",
      () => authorized("PUT /dav/x HTTP/1.1", "Transfer-Encoding: gzip\r\n"),
      400,
    ],
    ["a Host with blanks", () => "GET / HTTP/1.1\r\nHost: a b c\r\n\r\n", 400],
    ["a Host of percent signs", () => "GET / HTTP/1.1\r\nHost: %%%\r\n\r\n", 400],
    ["no Host", () => "GET / HTTP/1.1\r\n\r\n", 400],
    ["no target", () => "GET  HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["a NUL in the target", () => authorized("PROPFIND /dav/\0 HTTP/1.1", "Depth: 0\r\n"), 400],
    ["a NUL in a header", () => authorized("PROPFIND /dav/ HTTP/1.1", "Depth: 0\0\r\n"), 400],
    ["a header without a colon", () => authorized("PROPFIND /dav/ HTTP/1.1", "Depth\r\n"), 400],
    ["a target that is `*`", () => authorized("PROPFIND * HTTP/1.1", "Depth: 0\r\n"), 400],
    ["OPTIONS *", () => authorized("OPTIONS * HTTP/1.1"), 204],
    [
      "an absolute target",
      () => authorized("PROPFIND http://cal.example.com/dav/ HTTP/1.1", "Depth: 0\r\n"),
      207,
    ],
    [
      "an absolute target of a foreign scheme",
      () => authorized("PROPFIND ftp://x/dav/ HTTP/1.1", "Depth: 0\r\n"),
      400,
    ],
    ["MKCALENDAR of `*`", () => authorized("MKCALENDAR * HTTP/1.1"), 400],
    ["MKCALENDAR without Host", () => "MKCALENDAR /dav/calendars/ada/new/ HTTP/1.1\r\n\r\n", 400],
    [
      "MKCALENDAR with a wrong length",
      () => authorized("MKCALENDAR /dav/x/ HTTP/1.1", "Content-Length: -1\r\n"),
      400,
    ],
    [
      "MKCALENDAR with 64 KB of header",
      () => authorized("MKCALENDAR /dav/x/ HTTP/1.1", `X: ${"a".repeat(65_536)}\r\n`),
      431,
    ],
  ])("%s", async (_what, request, status) => {
    const before = await stateOf(send, "ada");
    const answer = await raw(request());
    expect(answer.status).toBe(status);
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test("noise and a TLS greeting end the connection, not the server", async () => {
    for (const noise of [
      "\0\u0001\u0002\r\n\r\n",
      "\u0016\u0003\u0001\u0002\0\u0001\0",
      "\r\n\r\n\r\n\r\n",
    ]) {
      expect([0, 400, 501]).toContain((await raw(noise)).status);
    }
    expect((await send({ method: "PROPFIND", path: unified, headers: { depth: "0" } })).status).toBe(207);
  });
});
