// `npm run lock`: makes package-lock.json whole after a change of dependencies (see lock-file/complete.ts).

import { readFileSync, writeFileSync } from "node:fs";

import { missingEntries } from "./lock-file/complete.ts";
import type { LockPackages } from "./lock-file/complete.ts";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: LockPackages };
const missing = missingEntries(lock.packages);
const packages = Object.fromEntries(
  Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
process.stdout.write(`${Object.keys(missing).length} packages of other platforms added\n`);
