// `npm run check [-- STEP…]`: everything that must hold for a commit, or the named steps only. Each step says whether it held; the
// output of those that did not follows. Exit code 1 when one did not.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { checkLayers } from "./check/layers.ts";
import { tooLongFiles } from "./check/file-length.ts";
import { missingEntries } from "./lock-file/complete.ts";
import type { LockPackages } from "./lock-file/complete.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

interface Outcome {
  readonly held: boolean;
  readonly output: string;
}

const steps: Readonly<Record<string, () => Promise<Outcome>>> = {
  format: () => run("oxfmt", ["--check", "."]),
  lint: () => run("oxlint", ["--type-aware", "--deny-warnings"]),
  "types-core": () => run("tsc", ["-p", "src/core/tsconfig.json"]),
  "types-worker": () => run("tsc", ["-p", "tsconfig.json"]),
  "types-node": () => run("tsc", ["-p", "tsconfig.node.json"]),
  layers: async () =>
    checkLayers(
      await run("depcruise", ["--output-type", "json", "--config", ".dependency-cruiser.mjs", "src"]),
      sources("src"),
    ),
  lock: async () => {
    const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")) as {
      packages: LockPackages;
    };
    const missing = Object.keys(missingEntries(packages));
    return {
      held: missing.length === 0,
      output: `npm run lock adds what npm ci will miss:\n${missing.join("\n")}`,
    };
  },
  unused: () => run("knip", ["--no-progress"]),
  length: async () => tooLongFiles(project, ["src", "bin", "conformance", "migrations"].flatMap(sources)),
  tests: () => run("vitest", ["run"]),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(steps, name));
if (unknown !== undefined) {
  process.stderr.write(`There is no step "${unknown}". The steps are: ${Object.keys(steps).join(", ")}.\n`);
  process.exit(2);
}
let failed = 0;
let passed = 0;
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  const { held, output } = await step();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${held ? "ok    " : "FAILED"} ${name} (${seconds} s)\n${held ? "" : `${output.trimEnd()}\n`}`,
  );
  if (held) passed += 1;
  else failed += 1;
}
process.stdout.write(`check: ${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function run(tool: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(join(project, "node_modules/.bin", tool), args, {
      cwd: project,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const remember = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on("data", remember);
    child.stderr.on("data", remember);
    child.once("error", (error) => resolve({ held: false, output: error.message }));
    child.once("close", (code) => resolve({ held: code === 0, output }));
  });
}

/** TypeScript, JavaScript and SQL files below a folder, relative to the project. */
function sources(folder: string): readonly string[] {
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs|sql)$/.test(entry.name))
    .map((entry) => relative(project, join(entry.parentPath, entry.name)));
}
