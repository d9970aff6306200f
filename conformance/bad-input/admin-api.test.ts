// /v1 with whatever is wrong: problem documents (RFC 9457) that name the field, and nobody and nothing made.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { sender } from "../clients/request.ts";
import type { Answer, Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { stateOf } from "./untouched.ts";

let world: UsersServer;
let send: Send;
let authorization: string;
let before: string;

async function everything(): Promise<string> {
  const paths = ["", "/ada/accounts", "/ada/policy", "/ada/app-passwords", "/ada/feeds"];
  const answers = await Promise.all(paths.map((path) => admin("GET", `/users${path}`)));
  for (const answer of answers) expect(answer.status).toBe(200);
  return [
    ...answers.map(({ text }) => text.replaceAll(/"last_used_at":[^,}]*/g, "")),
    await stateOf(sender(world.url, { login: world.userNamed("ada") }), "ada"),
  ].join("\n");
}

function admin(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send({
    method,
    path: `/v1/admin${path}`,
    headers: { authorization, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

function problem(answer: Answer): { status: number; code: unknown; fields: readonly unknown[] } {
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  const body = JSON.parse(answer.text) as {
    code: unknown;
    detail: unknown;
    status: unknown;
    errors?: { field: unknown }[];
  };
  expect([body.status, typeof body.detail]).toEqual([answer.status, "string"]);
  return { status: answer.status, code: body.code, fields: (body.errors ?? []).map(({ field }) => field) };
}

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  send = sender(world.url);
  authorization = `Bearer ${await world.server.adminToken()}`;
  before = await everything();
});

afterEach(async () => {
  expect(await everything()).toBe(before);
});

afterAll(() => world?.close());

const user = { name: "Bob", email: "bob@example.com" };

describe("the token", () => {
  test.each(["", "Bearer", "Bearer ", "Bearer wrong", "Basic YWRhOmFkYQ==", `Bearer ${"a".repeat(20_000)}`])(
    "%s is 401",
    async (wrong) => {
      for (const [method, path] of [
        ["GET", "/users"],
        ["POST", "/users"],
        ["DELETE", "/users/ada/accounts/x"],
        ["GET", "/nothing"],
      ] as const) {
        const answer = await admin(method, path, method === "POST" ? user : undefined, {
          authorization: wrong,
        });
        expect([401, 429]).toContain(problem(answer).status);
        if (answer.status === 429) expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
      }
    },
  );

  test("an app password is no admin token", async () => {
    const answer = await admin("GET", "/users", undefined, {
      authorization: `Bearer ${world.userNamed("ada").password}`,
    });
    expect([401, 429]).toContain(problem(answer).status);
  });
});

describe("POST /users", () => {
  test.each<readonly [string, unknown, number, string, readonly string[]]>([
    ["nothing", "", 400, "malformed-json", []],
    ["no JSON", "{", 400, "malformed-json", []],
    ["JSON with something behind it", '{"name":"Bob","email":"bob@example.com"}x', 400, "malformed-json", []],
    ["null", "null", 422, "invalid-input", [""]],
    ["an array", [], 422, "invalid-input", [""]],
    ["a number", 7, 422, "invalid-input", [""]],
    ["no fields", {}, 422, "invalid-input", ["name", "email"]],
    ["a number for a name", { ...user, name: 7 }, 422, "invalid-input", ["name"]],
    ["an object for an address", { ...user, email: { $ne: "" } }, 422, "invalid-input", ["email"]],
    ["an address that is none", { ...user, email: "bob" }, 422, "invalid-input", ["email"]],
    ["an empty name", { ...user, name: "  " }, 422, "invalid-input", ["name"]],
    ["a name of 10,000 letters", { ...user, name: "b".repeat(10_000) }, 422, "invalid-input", ["name"]],
    ["a name with a line break", { ...user, name: "Bob\r\nX" }, 422, "invalid-input", ["name"]],
    ["a slug with a slash", { ...user, slug: "../ada" }, 422, "invalid-input", ["slug"]],
    ["a field nobody knows", { ...user, admin: true }, 422, "invalid-input", ["admin"]],
    [
      "__proto__",
      '{"name":"Bob","email":"bob@example.com","__proto__":{"x":1}}',
      422,
      "invalid-input",
      ["__proto__"],
    ],
    ["an address that exists", { name: "Other", email: "ada@example.com" }, 409, "email-taken", ["email"]],
    [
      "a slug that exists",
      { name: "Bob", email: "bob@example.com", slug: "ada" },
      409,
      "slug-taken",
      ["slug"],
    ],
    ["100,000 levels of JSON", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, 422, "invalid-input", [""]],
  ])("%s", async (_what, body, status, code, fields) => {
    expect(problem(await admin("POST", "/users", body))).toEqual({ status, code, fields });
  });

  test("a body that is not JSON by its type is 415", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
      const answer = await admin("POST", "/users", user, { "content-type": type });
      expect(problem(answer)).toEqual({ status: 415, code: "not-json", fields: [] });
    }
  });

  test("100 KB is 413", async () => {
    const answer = await admin("POST", "/users", { ...user, name: "b".repeat(100_000) });
    expect(problem(answer)).toEqual({ status: 413, code: "too-large", fields: [] });
  });
});

describe("what belongs to a user", () => {
  const account = { provider: "caldav", url: "https://cal.example.com/", username: "ada", password: "x" };
  const edge = { from: "A", to: "B", detail: "BUSY", kind: "OVERLAY" };

  test.each<readonly [string, string, unknown, number, string, readonly string[]]>([
    ["POST", "/users/nobody/accounts", account, 404, "not-found", []],
    ["GET", "/users/nobody/status", undefined, 404, "not-found", []],
    ["GET", "/users/%00/status", undefined, 404, "not-found", []],
    ["GET", "/users/..%2fada/status", undefined, 404, "not-found", []],
    ["GET", "/users/%zz/status", undefined, 404, "not-found", []],
    ["POST", "/users/ada/accounts", { ...account, provider: "fax" }, 422, "invalid-input", ["provider"]],
    ["POST", "/users/ada/accounts", { ...account, url: "file:///etc/passwd" }, 422, "invalid-input", ["url"]],
    ["POST", "/users/ada/accounts", { ...account, url: "javascript:1" }, 422, "invalid-input", ["url"]],
    ["POST", "/users/ada/accounts", { ...account, password: "" }, 422, "invalid-input", ["password"]],
    ["POST", "/users/ada/accounts", { ...account, token: "x" }, 422, "invalid-input", ["token"]],
    ["POST", "/users/ada/accounts/acc_nothing/sync", {}, 404, "not-found", []],
    ["POST", "/users/ada/accounts/%2e%2e/sync", {}, 404, "not-found", []],
    ["DELETE", "/users/ada/accounts/acc_nothing", undefined, 404, "not-found", []],
    ["PUT", "/users/ada/policy", { ...edge, detail: "EVERYTHING" }, 422, "invalid-input", ["detail"]],
    ["PUT", "/users/ada/policy", { ...edge, enabled: "yes" }, 422, "invalid-input", ["enabled"]],
    ["PUT", "/users/ada/policy", edge, 422, "unknown-account", ["from"]],
    ["POST", "/users/ada/app-passwords", { label: "" }, 422, "invalid-input", ["label"]],
    ["POST", "/users/ada/app-passwords", { label: "x", scope: "root" }, 422, "invalid-input", ["scope"]],
    ["DELETE", "/users/ada/app-passwords/nothing", undefined, 404, "not-found", []],
    ["DELETE", "/users/ada/feeds/nothing", undefined, 404, "not-found", []],
    ["POST", "/users/ada/feeds", { detail: "busy" }, 422, "invalid-input", ["detail"]],
    ["POST", "/users/ada/approvals/nothing", { decision: "approve" }, 404, "not-found", []],
    ["POST", "/users/ada/approvals/nothing", { decision: "maybe" }, 422, "invalid-input", ["decision"]],
    ["GET", "/nothing", undefined, 404, "not-found", []],
    ["PATCH", "/users", undefined, 404, "not-found", []],
  ])("%s %s %o", async (method, path, body, status, code, fields) => {
    expect(problem(await admin(method, path, body))).toEqual({ status, code, fields });
  });

  test.each([
    "http://127.0.0.1:1/",
    "http://[::1]/",
    "http://169.254.169.254/",
    "http://localhost/",
    "http://0x7f000001/",
    "http://10.0.0.1/",
  ])("an account at the private address %s is refused without a request", async (url) => {
    const answer = await admin("POST", "/users/ada/accounts", { ...account, url });
    expect(problem(answer).status).toBe(422);
    expect(answer.text).not.toContain("ECONNREFUSED");
  });

  test("/v1 outside of admin is 404, and status says nothing about anyone", async () => {
    expect(problem(await send({ method: "GET", path: "/v1/nothing" })).status).toBe(404);
    const status = await send({ method: "GET", path: "/v1/status" });
    expect(Object.keys(JSON.parse(status.text) as object).toSorted()).toEqual([
      "status",
      "tzdata",
      "version",
    ]);
  });
});
