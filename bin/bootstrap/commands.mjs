// What each npm script runs. TypeScript files run as they are; `lifeline` ends the child when this process is killed.

import { join } from "node:path";

import { projectFolder } from "./project.mjs";

const commands = {
  start: { file: "bin/serve.ts", lifeline: true },
  admin: { file: "bin/admin.ts" },
  test: { file: "node_modules/vitest/vitest.mjs", args: ["run"] },
  check: { file: "bin/check.ts" },
  bench: { file: "bin/bench.ts" },
  conformance: { file: "bin/conformance.ts" },
  wrangler: { file: "node_modules/wrangler/bin/wrangler.js" },
  dev: { file: "bin/dev.ts" },
  deploy: { file: "node_modules/wrangler/bin/wrangler.js", args: ["deploy"] },
  lock: { file: "bin/complete-lock.ts" },
  "build:zones": { file: "bin/build-zones.ts" },
};

/** @returns {{ file: string, args: string[], lifeline: boolean } | undefined} */
export function commandFor(script) {
  if (!Object.hasOwn(commands, script)) return undefined;
  const { file, args = [], lifeline = false } = commands[script];
  return { file: join(projectFolder, file), args, lifeline };
}

export function scriptNames() {
  return Object.keys(commands);
}
