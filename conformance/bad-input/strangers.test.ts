// Who nobody knows: wrong credentials, accounts that do not exist, feeds and set-up links that are none. The same answer for a wrong
// password and for an unknown name, and right credentials keep working meanwhile.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { sender } from "../clients/request.ts";
import type { Answer, Login, Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { sendInVain } from "./untouched.ts";

let world: UsersServer;
let anonymous: Send;
let ada: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada", "bob"]);
  anonymous = sender(world.url);
  ada = sender(world.url, { login: world.userNamed("ada") });
});

afterAll(() => world?.close());

const wrongPassword = "00000-00000-00000-00000-000000";

function whole({ status, headers, text }: Answer): unknown {
  const { date: _date, ...rest } = headers;
  return { status, headers: rest, text };
}

function propfind(login: Login | null, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return anonymous({ method: "PROPFIND", path: "/dav/", login, headers: { depth: "0", ...headers } });
}

describe("credentials", () => {
  test("a wrong password, an unknown name and another user's password are one and the same 401", async () => {
    const bobs = world.userNamed("bob").password;
    const answers = [
      await propfind({ username: "ada", password: wrongPassword }),
      await propfind({ username: "nobody", password: wrongPassword }),
      await propfind({ username: "ada", password: bobs }),
      await propfind({ username: "nobody", password: bobs }),
      await propfind({ username: "ada", password: "" }),
      await propfind(null),
    ];
    for (const answer of answers) expect(whole(answer)).toEqual(whole(answers[0] ?? answer));
    expect([answers[0]?.status, answers[0]?.headers["www-authenticate"]]).toEqual([
      401,
      'Basic realm="T-Minus", charset="UTF-8"',
    ]);
  });

  test.each([
    "Basic",
    "Basic ",
    "Basic !!!!",
    `Basic ${Buffer.from("nocolon").toString("base64")}`,
    `Basic ${Buffer.from(":").toString("base64")}`,
    `Basic ${Buffer.from("\u00ff\u00fe:x", "latin1").toString("base64")}`,
    `Basic ${Buffer.from(`${"a".repeat(20_000)}:x`).toString("base64")}`,
    `Basic ${Buffer.from("ada\0:x").toString("base64")}`,
    `Basic ${Buffer.from("%zz:x").toString("base64")}`,
    `Basic ${Buffer.from("' OR 1=1 --:x").toString("base64")}`,
    "Bearer abc",
    "Digest username=ada",
    "Negotiate x",
  ])("Authorization: %s is 401", async (authorization) => {
    expect((await propfind(null, { authorization })).status).toBe(401);
  });

  test("without credentials every method on every path below /dav/ is 401", async () => {
    for (const method of [
      "OPTIONS",
      "PROPFIND",
      "GET",
      "PUT",
      "DELETE",
      "REPORT",
      "MKCOL",
      "MKCALENDAR",
      "PROPPATCH",
    ]) {
      for (const path of ["/dav/", "/dav/calendars/ada/unified/", "/dav/calendars/nobody/", "/dav/nothing"]) {
        const answer = await sendInVain(ada, "ada", {
          method,
          path,
          login: { username: "ada", password: wrongPassword },
        });
        expect([method, path, answer.status]).toEqual([method, path, 401]);
      }
    }
  });

  test("guessing is slowed down with 503 and Retry-After, and locks nobody out", async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 30; n++) {
      const password = `00000-00000-00000-00001-${String(n).padStart(6, "0")}`;
      const answer = await propfind({ username: "bob", password });
      statuses.add(answer.status);
      if (answer.status === 503) expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    }
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([401, 503]);
    expect((await propfind(world.userNamed("bob"))).status).toBe(207);
    expect((await propfind(world.userNamed("ada"))).status).toBe(207);
  });
});

describe("feeds", () => {
  test.each([
    "/feeds/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics",
    "/feeds/x.ics",
    "/feeds/.ics",
    "/feeds/%00.ics",
    "/feeds/..%2f..%2fsecrets.ics",
    `/feeds/${"a".repeat(10_000)}.ics`,
    "/feeds/AAAAAAAAAAAAAAAAAAAAAA.ics?token=x",
  ])("%s is 404 with a sentence", async (path) => {
    const answer = await anonymous({ method: "GET", path });
    expect([answer.status, answer.text]).toEqual([404, "There is no such feed. It may have been removed.\n"]);
  });

  test("a feed takes GET and HEAD alone, and its token opens nothing else", async () => {
    const { pathname } = new URL(world.userNamed("ada").feedUrl);
    const token = /([^/]+)\.ics$/.exec(pathname)?.[1] ?? "";
    expect((await anonymous({ method: "GET", path: pathname })).status).toBe(200);
    for (const method of ["PUT", "DELETE", "POST", "PROPFIND", "REPORT", "MKCOL"]) {
      const answer = await sendInVain(ada, "ada", { method, path: pathname, login: null });
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
    expect((await propfind({ username: "ada", password: token })).status).toBe(401);
    expect((await anonymous({ method: "GET", path: pathname.replace(/.\.ics$/, "_.ics") })).status).toBe(404);
  });
});

describe("the set-up page once a user exists", () => {
  test.each(["/setup", "/setup?token=", "/setup?token=guess", `/setup?token=${"a".repeat(10_000)}`])(
    "GET %s is 403",
    async (path) => {
      const answer = await anonymous({ method: "GET", path });
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain("<form");
    },
  );

  test("POST makes nobody", async () => {
    const first = await anonymous({ method: "GET", path: "/sign-in" });
    const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
    const formToken = /name="form-token" value="([^"]*)"/.exec(first.text)?.[1] ?? "";
    expect(formToken).not.toBe("");
    const form = new URLSearchParams({
      "form-token": formToken,
      token: "guess",
      name: "Mallory",
      email: "mallory@example.com",
      password: "correct horse battery",
    }).toString();
    const type = "application/x-www-form-urlencoded";
    const own = await anonymous({
      method: "POST",
      path: "/setup",
      headers: { "content-type": type, origin: world.url, cookie },
      body: form,
    });
    const foreign = await anonymous({
      method: "POST",
      path: "/setup",
      headers: { "content-type": type, origin: "https://evil.example.com", cookie },
      body: form,
    });
    expect([own.status, foreign.status]).toEqual([403, 403]);
    const users = await anonymous({
      method: "GET",
      path: "/v1/admin/users",
      headers: { authorization: `Bearer ${await world.server.adminToken()}` },
    });
    const listed = JSON.parse(users.text) as { users: readonly { user: string }[] };
    expect(listed.users.map(({ user }) => user).toSorted()).toEqual(["ada", "bob"]);
  });
});

describe("forms that are none", () => {
  test.each([
    ["multipart/form-data", "x"],
    ["multipart/form-data; boundary=b", "--b\r\nnonsense"],
    ["application/x-www-form-urlencoded", "%zz=%ff&&&=&"],
    ["application/json", "{"],
    ["text/plain", "form-token=x"],
  ])("POST /sign-in as %s is a 4xx", async (type, body) => {
    const first = await anonymous({ method: "GET", path: "/sign-in" });
    const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
    const answer = await anonymous({
      method: "POST",
      path: "/sign-in",
      headers: { "content-type": type, origin: world.url, cookie },
      body,
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    "/passkeys",
    "/sign-in/passkey",
    "/link/x",
    "/welcome/x",
    "/apple/x",
    "/accounts/x",
    "/nothing",
  ])("GET and POST %s by a stranger are below 500", async (path) => {
    for (const method of ["GET", "POST"]) {
      const answer = await anonymous({ method, path, headers: { origin: world.url } });
      expect(answer.status).toBeGreaterThanOrEqual(300);
      expect(answer.status).toBeLessThan(500);
    }
  });
});
