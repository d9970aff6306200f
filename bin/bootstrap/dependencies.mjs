// Installs from the lock file when node_modules differs from it. Compares the two lock files instead of times: a checkout
// changes times, an interrupted install leaves npm's own record (node_modules/.package-lock.json) absent.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { fail } from "./fail.mjs";
import { npm } from "./npm.mjs";
import { projectFolder } from "./project.mjs";

export function ensureDependencies() {
  if (isInstalled(projectFolder)) return;
  process.stderr.write("Installing dependencies (npm ci) …\n");
  if (!npm(["ci"], projectFolder) || !isInstalled(projectFolder)) {
    fail("The dependencies could not be installed: npm ci failed (its message is above).");
  }
}

/** Optional packages (of other platforms) and, with NODE_ENV=production, development packages may be missing. */
export function isInstalled(folder) {
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const present = packagesOf(join(folder, "node_modules/.package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  const withoutDev = process.env.NODE_ENV === "production";
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const installed = present[path];
    if (installed === undefined)
      return entry.optional === true || entry.devOptional === true || (withoutDev && entry.dev === true);
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}
