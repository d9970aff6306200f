// Builds a Worker into one module with esbuild, and keeps the result by content: a start after no change builds nothing.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

import type { BuildFailure, Plugin } from "esbuild";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";

/** Files besides the sources that decide what is built. */
const settings = ["package-lock.json", "tsconfig.json", "tsconfig.base.json", "bin/serve/bundle.ts"];

interface Kept {
  readonly inputs: readonly string[];
  readonly digest: string;
  readonly contents: string;
}

/** `entry` relative to `project`. The error holds esbuild's messages. */
export async function bundleWorker(
  project: string,
  entry: string,
): Promise<Result<{ readonly contents: string; readonly wasBuilt: boolean }, string>> {
  const cacheFolder = join(project, ".cache/worker");
  const cacheFile = join(cacheFolder, `${entry.replaceAll(/[^A-Za-z0-9.]/g, "-")}.json`);
  const kept = readKept(cacheFile);
  if (kept !== undefined && digestOf(project, kept.inputs) === kept.digest) {
    return ok({ contents: kept.contents, wasBuilt: false });
  }
  const built = await build(project, entry);
  if (!built.ok) return built;
  const { contents, inputs } = built.value;
  const digest = digestOf(project, inputs);
  if (digest !== undefined) keep(cacheFolder, cacheFile, { inputs, digest, contents });
  return ok({ contents, wasBuilt: true });
}

async function build(
  project: string,
  entry: string,
): Promise<Result<{ contents: string; inputs: string[] }, string>> {
  const esbuild = await import("esbuild");
  try {
    const result = await esbuild.build({
      absWorkingDir: project,
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      target: "es2024",
      platform: "neutral",
      conditions: ["workerd", "worker", "browser", "production"],
      mainFields: ["module", "browser", "main"],
      external: ["node:*", "cloudflare:*"],
      define: { "process.env.NODE_ENV": '"production"' },
      loader: { ".sql": "text", ".txt": "text" },
      logLevel: "silent",
      plugins: [nodeBuiltins],
    });
    const contents = result.outputFiles[0]?.text;
    if (contents === undefined) return err(`${entry}: esbuild built nothing`);
    return ok({
      contents,
      inputs: Object.keys(result.metafile.inputs).filter((input) => !input.includes(":")),
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const messages = await esbuild.formatMessages(error.errors, { kind: "error" });
    return err(`The Worker ${entry} does not build:\n${messages.join("")}`);
  }
}

/** `fs` means `node:fs`, and a require() of either becomes an import: a module has no require. */
const nodeBuiltins: Plugin = {
  name: "node-builtins",
  setup(build) {
    const names = new Set(builtinModules);
    build.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path, kind }) => {
      const bare = path.replace(/^node:/, "");
      if (!names.has(bare)) return undefined;
      if (kind === "require-call") return { path: `node:${bare}`, namespace: "required-builtin" };
      return { path: `node:${bare}`, external: true };
    });
    build.onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({
      contents: `import builtin from ${JSON.stringify(path)}; module.exports = builtin;`,
      loader: "js",
    }));
  },
};

function digestOf(project: string, inputs: readonly string[]): string | undefined {
  const hash = createHash("sha256");
  try {
    for (const input of [...settings.filter((file) => existsSync(join(project, file))), ...inputs]) {
      hash
        .update(input)
        .update("\0")
        .update(readFileSync(join(project, input)))
        .update("\0");
    }
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}

function readKept(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Kept;
  } catch {
    return undefined;
  }
}

/** A project folder that cannot be written costs only the speed of the next start. */
function keep(folder: string, file: string, kept: Kept): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    return;
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
