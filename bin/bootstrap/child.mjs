// Runs the script as a child with this terminal: standard streams, signals and the exit code pass through.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname } from "node:path";

import { fail } from "./fail.mjs";

const forwarded = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"];

export function runChild(node, command, args) {
  const child = spawn(node.path, [command.file, ...command.args, ...args], {
    // With the channel the child notices the death of this process even when it is killed.
    stdio: ["inherit", "inherit", "inherit", ...(command.lifeline ? ["ipc"] : [])],
    // Whatever the script starts finds the same Node with the same flags.
    env: {
      ...process.env,
      PATH: `${dirname(node.path)}${delimiter}${process.env.PATH ?? ""}`,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, ...node.flags].filter(Boolean).join(" "),
    },
  });
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`${node.path} does not start: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
