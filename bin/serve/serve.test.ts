// The server as a process, with a small Worker of its own: first start, crash, lock, drain, and settings that are wrong.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const entry = fileURLToPath(new URL("../serve.ts", import.meta.url));

const worker = `
import { DurableObject } from "cloudflare:workers";
import { createHash } from "crypto";
export class Counter extends DurableObject {
  add() {
    this.ctx.storage.sql.exec("create table if not exists counted (n integer)");
    this.ctx.storage.sql.exec("insert into counted values (1)");
    return this.ctx.storage.sql.exec("select count(*) as c from counted").one().c;
  }
}
export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/admin/users") {
      if (request.headers.get("authorization") !== "Bearer " + env.ADMIN_TOKEN) return new Response(null, { status: 401 });
      return Response.json({ users: (await env.REGISTRY.prepare("select name from users").all()).results });
    }
    if (pathname === "/env") return Response.json({ ...env, hash: createHash("sha256").update("a").digest("hex") });
    if (pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 700));
    if (pathname === "/user") await env.REGISTRY.prepare("insert into users values ('ada')").run();
    return new Response(String(await env.COUNTER.get(env.COUNTER.idFromName("one")).add()));
  },
};`;

const wrangler = `
name = "small"
main = "worker.ts"
compatibility_date = "2026-07-30"
compatibility_flags = ["nodejs_compat"]
[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]
[[d1_databases]]
binding = "REGISTRY"
database_name = "registry"
database_id = "00000000-0000-0000-0000-000000000000"
`;

let project: string;
let dataDir: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "t-minus-serve-"));
  mkdirSync(join(project, "migrations"));
  writeFileSync(join(project, "worker.ts"), worker);
  writeFileSync(join(project, "wrangler.toml"), wrangler);
  writeFileSync(
    join(project, "migrations/0001_users.sql"),
    "-- users\ncreate table users (\n  name text default ';'\n);\n-- the end\n",
  );
});

afterEach(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

afterAll(() => rmSync(project, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

function launch(
  args: readonly string[] = [],
  env: Record<string, string> = {},
): { child: ChildProcess; output: () => string } {
  const { DATA_DIR: _folder, PORT: _port, ...inherited } = process.env;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      entry,
      "--config",
      join(project, "wrangler.toml"),
      "--data-dir",
      dataDir,
      "--port",
      "0",
      ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...inherited, ...env } },
  );
  running.add(child);
  child.once("close", () => running.delete(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Started> {
  const { child, output } = launch(args, env);
  for (;;) {
    const url = /T-Minus is at (\S+)/.exec(output())?.[1];
    if (url !== undefined) return { child, url, output };
    if (child.exitCode !== null) throw new Error(output());
    await sleep(10);
  }
}

async function ending(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const { child, output } = launch(args, env);
  await once(child, "close");
  return { code: child.exitCode, output: output() };
}

const get = async (url: string): Promise<string> => (await fetch(url)).text();
const fresh = (): string => (dataDir = mkdtempSync(join(project, "data-")));

test("a first start makes secrets only the owner can read, migrates and offers the first-user link; later starts keep all", async () => {
  fresh();
  const first = await start();
  const link = /Create the first user: (\S+)/;
  await expect.poll(() => first.output()).toMatch(link);
  const env = JSON.parse(await get(`${first.url}/env`)) as Record<string, string>;
  expect(first.output()).toContain(`${first.url}/setup?token=${env["SETUP_TOKEN"]}`);
  expect(env["hash"]).toBe("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  expect(files.map(({ name }) => name)).toContain("key-encryption-keys.json");
  for (const file of files)
    expect(statSync(join(file.parentPath, file.name)).mode & 0o077, file.name).toBe(0);
  expect(await get(`${first.url}/user`)).toBe("1");

  first.child.kill("SIGKILL");
  const second = await start();
  expect(await get(`${second.url}/`)).toBe("2");
  const envAgain = JSON.parse(await get(`${second.url}/env`)) as Record<string, string>;
  for (const name of ["KEY_ENCRYPTION_KEYS", "TOKEN_PEPPER", "SESSION_SECRET", "ADMIN_TOKEN"]) {
    expect(env[name]).toMatch(/.{32}/);
    expect(envAgain[name]).toBe(env[name]);
  }
  expect(envAgain["SETUP_TOKEN"]).not.toBe(env["SETUP_TOKEN"]);
  expect(second.output()).not.toMatch(link);
});

test("a second server on the folder is refused and the first one named", async () => {
  fresh();
  const first = await start();
  const second = await ending([]);
  expect(second.code).toBe(1);
  expect(second.output).toContain(`(pid ${first.child.pid}, ${first.url}) is using DATA_DIR ${dataDir}`);
});

test("kill -9 takes the runtime along", async () => {
  fresh();
  const { child } = await start();
  const pid = Number(readFileSync(join(dataDir, "runtime.pid"), "utf8"));
  const isRunning = (): boolean => {
    try {
      return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };
  if (process.platform === "linux") expect(isRunning()).toBe(true);
  child.kill("SIGKILL");
  if (process.platform === "linux") await expect.poll(isRunning, { timeout: 5_000 }).toBe(false);
  await start();
});

test("a crash of the runtime is survived", async () => {
  fresh();
  const { url } = await start();
  expect(await get(url)).toBe("1");
  process.kill(Number(readFileSync(join(dataDir, "runtime.pid"), "utf8")), "SIGKILL");
  await expect.poll(() => get(url).catch(() => ""), { timeout: 10_000 }).toBe("2");
});

test("SIGTERM finishes the open request, refuses new ones and ends with 0", async () => {
  fresh();
  const { child, url } = await start();
  const open = get(`${url}/slow`);
  await sleep(200);
  child.kill("SIGTERM");
  await sleep(50);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(await open).toBe("1");
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  expect(readdirSync(dataDir)).not.toContain("server.json");
});

test("a lost key beside existing data stops the start", async () => {
  fresh();
  const { child } = await start();
  child.kill("SIGTERM");
  await once(child, "close");
  rmSync(join(dataDir, "secrets/key-encryption-keys.json"));
  const next = await ending([]);
  expect(next.code).toBe(1);
  expect(next.output).toMatch(/key-encryption-keys\.json is missing, but there is data that needs it/);
});

test("a taken port is a sentence", async () => {
  fresh();
  const { url } = await start();
  fresh();
  const port = new URL(url).port;
  const second = await ending(["--port", port]);
  expect(second).toEqual({
    code: 1,
    output: `Port ${port} on 127.0.0.1 is taken by another program. Choose another with PORT or --port.\n`,
  });
});

test.each([
  [["--nope"], {}, /Unknown option '--nope'/],
  [["stray"], {}, /Unexpected argument 'stray'/],
  [["--port", "70000"], {}, /PORT must be a number from 0 to 65535, not "70000"/],
  [["--host", "a b"], {}, /HOST must be .*"a b"/],
  [
    [],
    { PUBLIC_URL: "https://x.example.com/dav" },
    /PUBLIC_URL must be an origin .*"https:\/\/x.example.com\/dav"/,
  ],
  [[], { TLS_CERT: "c.pem" }, /TLS_KEY is missing/],
  [[], { TLS_CERT: "/none.pem", TLS_KEY: "/none.key" }, /TLS_CERT \/none.pem cannot be read/],
  [[], { ALLOW_PRIVATE_UPSTREAMS: "yes" }, /ALLOW_PRIVATE_UPSTREAMS must be 1 or 0, not "yes"/],
  [[], { FAILED_SIGN_INS_PER_MINUTE: "-1" }, /FAILED_SIGN_INS_PER_MINUTE must be/],
])("wrong settings end with 2 and name the setting: %j %j", async (args, env, message) => {
  fresh();
  const { code, output } = await ending(args, env);
  expect(output).toMatch(message);
  expect(code).toBe(2);
});

test("a Worker that does not build and an unknown setting of wrangler.toml are told", async () => {
  fresh();
  writeFileSync(join(project, "broken.ts"), "import './absent.ts'; export default {};");
  const broken = join(project, "broken.toml");
  writeFileSync(broken, wrangler.replace("worker.ts", "broken.ts"));
  const build = await ending(["--config", broken]);
  expect(build.code).toBe(1);
  expect(build.output).toMatch(/The Worker broken.ts does not build:[^]*absent\.ts/);
  writeFileSync(broken, `${wrangler}\n[[hyperdrive]]\nbinding = "X"\n`);
  const unknown = await ending(["--config", broken]);
  expect(unknown.code).toBe(1);
  expect(unknown.output).toContain("hyperdrive");
});
