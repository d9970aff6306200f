// `npm run conformance -- SUITE…`: the suites that speak HTTP with running servers, each a folder of conformance/. Says what a suite
// needs and this machine lacks; installs nothing.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const folder = join(project, "conformance");

/** Programs by suite, and the Debian package of each. */
const needed: Readonly<Record<string, readonly string[]>> = {
  upstream: ["radicale", "xandikos", "vdirsyncer"],
  clients: ["vdirsyncer", "khal"],
};

const suites = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && hasTests(join(folder, entry.name)))
  .map(({ name }) => name);

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !suites.includes(name));
if (wanted.length === 0 || unknown !== undefined) {
  process.stderr.write(
    `${unknown === undefined ? "Name a suite" : `There is no suite "${unknown}"`}. The suites are: ${suites.join(", ")}.\n`,
  );
  process.exit(2);
}
const missing = wanted.flatMap((suite) => needed[suite] ?? []).filter((program) => !isInstalled(program));
if (missing.length > 0) {
  process.stderr.write(
    `These programs are missing: ${missing.join(", ")}. On Debian: apt-get install ${missing.join(" ")}\n`,
  );
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  [
    join(project, "node_modules/vitest/vitest.mjs"),
    "run",
    "--config",
    "conformance/vitest.config.ts",
    ...wanted.map((suite) => `conformance/${suite}/`),
  ],
  { cwd: project, stdio: "inherit" },
);
process.exitCode = status ?? 1;

function hasTests(path: string): boolean {
  return readdirSync(path, { recursive: true }).some((name) => String(name).endsWith(".test.ts"));
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((path) => existsSync(join(path, program)));
}
