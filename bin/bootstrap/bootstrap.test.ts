// The bootstrap as a process in a small project of its own, with an npm that only notes what it is asked.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL("..", import.meta.url));
const folders: string[] = [];
let project: string;

const script = `
const say = (text: string): void => void process.stdout.write(text);
if (process.argv[2] === "wait") {
  process.on("SIGTERM", () => { say("asked to end"); process.exit(4); });
  setTimeout(() => process.exit(9), 30_000);
  say("ready");
} else {
  let input = "";
  process.stdin.on("data", (chunk) => (input += chunk));
  process.stdin.on("end", () => { say(JSON.stringify([process.argv.slice(2), input])); process.exit(7); });
}`;

const npm = `
const { writeFileSync, copyFileSync, mkdirSync } = require("node:fs");
writeFileSync("npm-was-asked", JSON.stringify(process.argv.slice(2, 3)));
console.log("noise of npm");
if (process.env.NPM_FAILS !== "1") {
  mkdirSync("node_modules", { recursive: true });
  copyFileSync("package-lock.json", "node_modules/.package-lock.json");
}
process.exit(process.env.NPM_FAILS === "1" ? 1 : 0);`;

const lock = {
  packages: {
    "": {},
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/mac-only": { version: "1.0.0", optional: true },
  },
};

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "t-minus-bootstrap-"));
  folders.push(project);
  mkdirSync(join(project, "bin"));
  mkdirSync(join(project, "node_modules"));
  cpSync(join(bin, "run.mjs"), join(project, "bin/run.mjs"));
  cpSync(join(bin, "bootstrap"), join(project, "bin/bootstrap"), { recursive: true });
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  writeFileSync(join(project, "bin/admin.ts"), script);
  mkdirSync(join(project, "npm"));
  writeFileSync(join(project, "npm/npm-cli.js"), npm);
  writeFileSync(join(project, "npm/package.json"), "{}");
  writeLock("package-lock.json", lock);
  writeLock("node_modules/.package-lock.json", {
    packages: { "node_modules/a": lock.packages["node_modules/a"] },
  });
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function writeLock(path: string, content: object): void {
  writeFileSync(join(project, path), JSON.stringify(content));
}

async function run(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Record<string, string>; readonly termAt?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(project, "bin/run.mjs"), ...args], {
    env: { ...process.env, npm_execpath: join(project, "npm/npm-cli.js"), ...options.env },
  });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout === options.termAt) child.kill("SIGTERM");
  });
  child.stdin.end(options.input ?? "");
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

const npmWasAsked = (): boolean => existsSync(join(project, "npm-was-asked"));

test("arguments, standard input, standard output and the exit code pass through", async () => {
  expect(await run(["admin", "--a", "b c"], { input: "secret\n" })).toEqual({
    code: 7,
    stdout: '[["--a","b c"],"secret\\n"]',
    stderr: "",
  });
  expect(npmWasAsked()).toBe(false);
});

test("a signal reaches the script, and its exit code comes back", async () => {
  expect(await run(["admin", "wait"], { termAt: "ready" })).toMatchObject({
    code: 4,
    stdout: "readyasked to end",
  });
});

test.each([
  ["another version", { packages: { "node_modules/a": { version: "0.9.0", integrity: "sha512-a" } } }],
  ["another content", { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } } }],
  ["a package missing", { packages: {} }],
])("installs when node_modules differs from the lock file: %s", async (_name, present) => {
  writeLock("node_modules/.package-lock.json", present);
  const { code, stdout, stderr } = await run(["admin"]);
  expect([code, stdout]).toEqual([7, '[[],""]']);
  expect(stderr).toContain("noise of npm");
  expect(readFileSync(join(project, "npm-was-asked"), "utf8")).toBe('["ci"]');
});

test("installs when there is no node_modules, and says so when that fails", async () => {
  rmSync(join(project, "node_modules"), { recursive: true });
  const { code, stderr } = await run(["admin"], { env: { NPM_FAILS: "1" } });
  expect([code, stderr]).toEqual([1, expect.stringContaining("The dependencies could not be installed")]);
  expect((await run(["admin"])).code).toBe(7);
});

test("an unknown script is named", async () => {
  const { code, stderr } = await run(["nope"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Unknown script "nope"\. There are: start, admin,/);
});
