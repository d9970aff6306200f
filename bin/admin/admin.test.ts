// The admin command as a process, against an HTTP server that records what it is asked.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const entry = fileURLToPath(new URL("../admin.ts", import.meta.url));

let server: Server;
let dataDir: string;
let asked: unknown[] = [];
let answer: { status: number; body: string };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { authorization, host } = request.headers;
    asked.push([authorization, host, request.method, request.url, body === "" ? null : JSON.parse(body)]);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  dataDir = mkdtempSync(join(tmpdir(), "t-minus-admin-"));
  mkdirSync(join(dataDir, "secrets"));
  writeFileSync(join(dataDir, "secrets/admin-token"), "the-token\n");
  writeFileSync(
    join(dataDir, "server.json"),
    JSON.stringify({ url: "https://cal.example.com", adminUrl: `http://127.0.0.1:${port}`, pid: 1 }),
  );
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: '{"a":1}' };
});
afterAll(() => {
  server.close();
  rmSync(dataDir, { recursive: true });
});

function admin(
  args: readonly string[],
  input = "",
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [entry, ...args],
      { env: { ...process.env, DATA_DIR: dataDir } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

const users = "/v1/admin/users";

test.each([
  ["user add Ada --email ada@example.com", "POST", users, { name: "Ada", email: "ada@example.com" }],
  ["user list", "GET", users, null],
  ["app-password add --user ada --label phone", "POST", `${users}/ada/app-passwords`, { label: "phone" }],
  [
    "app-password add --user ada --label tv --scope caldav-read",
    "POST",
    `${users}/ada/app-passwords`,
    { label: "tv", scope: "caldav-read" },
  ],
  ["app-password list --user ada", "GET", `${users}/ada/app-passwords`, null],
  ["app-password revoke apw_1 --user ada", "DELETE", `${users}/ada/app-passwords/apw_1`, null],
  ["account list --user ada", "GET", `${users}/ada/accounts`, null],
  ["account sync acc/1 --user ada", "POST", `${users}/ada/accounts/acc%2F1/sync`, null],
  ["account remove acc_1 --user ada", "DELETE", `${users}/ada/accounts/acc_1?mirrors=remove`, null],
  [
    "account remove acc_1 --user ada --mirrors keep",
    "DELETE",
    `${users}/ada/accounts/acc_1?mirrors=keep`,
    null,
  ],
  ["reconcile acc_1 --user ada", "POST", `${users}/ada/accounts/acc_1/reconcile`, null],
  [
    "policy set --user ada --from A --to B --detail BUSY --kind OVERLAY --enabled false",
    "PUT",
    `${users}/ada/policy`,
    { from: "A", to: "B", detail: "BUSY", kind: "OVERLAY", enabled: false },
  ],
  ["status --user ada", "GET", `${users}/ada/status`, null],
  ["approval list --user ada", "GET", `${users}/ada/approvals`, null],
  ["approval approve apr_1 --user ada", "POST", `${users}/ada/approvals/apr_1`, { decision: "approve" }],
  ["approval reject apr_1 --user ada", "POST", `${users}/ada/approvals/apr_1`, { decision: "reject" }],
  ["feed add --user ada --detail TITLE", "POST", `${users}/ada/feeds`, { detail: "TITLE" }],
  ["feed list --user ada", "GET", `${users}/ada/feeds`, null],
  ["feed remove fed_1 --user ada", "DELETE", `${users}/ada/feeds/fed_1`, null],
])("%s", async (line, method, path, body) => {
  const { code, stdout, stderr } = await admin(line.split(" "));
  expect(stderr).toBe("");
  expect(asked).toEqual([["Bearer the-token", "cal.example.com", method, path, body]]);
  expect(JSON.parse(stdout)).toEqual({ a: 1 });
  expect(code).toBe(0);
});

test("the password of an account comes from standard input", async () => {
  const line =
    "account add caldav --user ada --url https://dav.example.com --username a --password-stdin --label Work";
  await admin(line.split(" "), "pass word \n");
  expect(asked).toEqual([
    [
      "Bearer the-token",
      "cal.example.com",
      "POST",
      `${users}/ada/accounts`,
      {
        provider: "caldav",
        url: "https://dav.example.com",
        username: "a",
        password: "pass word ",
        label: "Work",
      },
    ],
  ]);
  expect((await admin(line.split(" "), "\n")).code).toBe(2);
});

test("an answer without a body still prints JSON", async () => {
  answer = { status: 204, body: "" };
  expect((await admin(["feed", "remove", "fed_1", "--user", "ada"])).stdout).toBe('{\n  "done": true\n}\n');
});

test.each([
  [409, '{"title":"Conflict","detail":"The login name ada is taken."}', "The login name ada is taken.\n"],
  [404, '{"title":"There is no user ada."}', "There is no user ada.\n"],
  [500, "oops", "The server answered 500.\n"],
])("a refusal (%i) is a sentence on standard error", async (status, body, sentence) => {
  answer = { status, body };
  expect(await admin(["user", "list"])).toEqual({ code: 1, stdout: "", stderr: sentence });
});

test.each([
  ["user remove ada", 'Unknown command "user remove"'],
  ["user add --email a@example.com", "NAME is missing"],
  ["user add Ada", "--email is missing"],
  ["user add Ada Lovelace --email a@example.com", '"Lovelace" is one argument too many'],
  ["user list --all", "Unknown option '--all'"],
  [
    "policy set --user a --from A --to B --detail SOME --kind OVERLAY",
    '--detail must be BUSY or TITLE or FULL, not "SOME"',
  ],
  ["account add caldav --user a --url u --username b", "add --password-stdin"],
])("wrong usage: %s", async (line, message) => {
  const { code, stdout, stderr } = await admin(line.split(" "));
  expect(stderr).toContain(message);
  expect([code, stdout, asked]).toEqual([2, "", []]);
});

test("without a server the exit code is 3", async () => {
  const nowhere = await admin(["user", "list", "--data-dir", join(dataDir, "none")]);
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining("No server is running")]);
  const gone = mkdtempSync(join(dataDir, "gone-"));
  mkdirSync(join(gone, "secrets"));
  writeFileSync(join(gone, "secrets/admin-token"), "x");
  writeFileSync(
    join(gone, "server.json"),
    '{"url":"http://127.0.0.1:1","adminUrl":"http://127.0.0.1:1","pid":1}',
  );
  const dead = await admin(["user", "list", "--data-dir", gone]);
  expect([dead.code, dead.stderr]).toEqual([
    3,
    "The server at http://127.0.0.1:1 does not answer. Is it running?\n",
  ]);
});

test("help names every command and every option of one", async () => {
  expect((await admin([])).stdout).toContain("policy set --user SLUG --from ACCOUNT");
  expect((await admin(["policy", "set", "--help"])).stdout).toContain("--detail BUSY|TITLE|FULL");
});
