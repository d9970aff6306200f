// Runs npm: the one that runs this script if any, else the one in PATH. Its output goes to standard error.

import { spawnSync } from "node:child_process";
import { basename } from "node:path";

/** @returns {boolean} whether npm ended well */
export function npm(args, folder) {
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const script = process.env.npm_execpath;
  const own = script !== undefined && basename(script) === "npm-cli.js";
  const [command, first] = own ? [process.execPath, [script]] : ["npm", []];
  const { status } = spawnSync(command, [...first, ...args, ...quiet], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  return status === 0;
}
