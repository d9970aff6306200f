// `npm run dev`: the Worker in `wrangler dev`, with secrets of its own (.dev.vars, made once, not in the repository) and its local
// registry migrated. Everything it stores is below .wrangler/.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readOrCreateSecrets } from "./serve/secrets.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const variables = join(project, ".dev.vars");

if (!existsSync(variables)) {
  const folder = join(project, ".wrangler/secrets");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = readOrCreateSecrets(folder, false);
  if (!secrets.ok) {
    process.stderr.write(`${secrets.error}\n`);
    process.exit(1);
  }
  const values = { ...secrets.value, SETUP_TOKEN: "dev", ALLOW_PRIVATE_UPSTREAMS: "1" };
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(variables, lines.join(""), { mode: 0o600 });
}
wrangler("d1", "migrations", "apply", "REGISTRY", "--local");
process.stdout.write("The first user is created at /setup?token=dev\n");
wrangler("dev", ...process.argv.slice(2));

function wrangler(...args: readonly string[]): void {
  const { status } = spawnSync(
    process.execPath,
    [join(project, "node_modules/wrangler/bin/wrangler.js"), ...args],
    {
      cwd: project,
      stdio: "inherit",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
