// `npm run bench -- NAME [options]`: the measurement conformance/bench/NAME.ts.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../conformance/bench", import.meta.url));
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map(({ name }) => name.slice(0, -3));
const [name = "", ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(
    `${name === "" ? "Name a measurement" : `There is no measurement "${name}"`}: ${names.join(", ")}.\n`,
  );
  process.exit(2);
}
process.exitCode =
  spawnSync(process.execPath, [join(folder, `${name}.ts`), ...args], { stdio: "inherit" }).status ?? 1;
