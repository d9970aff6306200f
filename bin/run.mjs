// `node bin/run.mjs <script> [arguments]`: the one way into every npm script. Runs on Node >= 18 without any dependency: installs what the
// lock file names, finds or fetches a Node that runs TypeScript, and starts the script under it. Standard output belongs to the script.

import { commandFor, scriptNames } from "./bootstrap/commands.mjs";
import { ensureDependencies } from "./bootstrap/dependencies.mjs";
import { runChild } from "./bootstrap/child.mjs";
import { ensureNode } from "./bootstrap/node.mjs";
import { fail } from "./bootstrap/fail.mjs";

const [script = "", ...args] = process.argv.slice(2);
const command = commandFor(script);
if (command === undefined) fail(`Unknown script "${script}". There are: ${scriptNames().join(", ")}.`, 2);
if (Number(process.versions.node.split(".")[0]) < 18) {
  fail(`T-Minus needs Node 18 or newer; this is ${process.versions.node}.`);
}
ensureDependencies();
runChild(ensureNode(), command, args);
