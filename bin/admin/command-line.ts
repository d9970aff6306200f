// Reads the command line of the admin command against the table of commands. Every mistake is one sentence.

import { parseArgs } from "node:util";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";
import { adminCommands } from "./commands.ts";
import type { AdminCommand } from "./commands.ts";
import { commandUsage, synopsis, usage } from "./usage.ts";

export type CommandLine =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "command";
      readonly command: AdminCommand;
      readonly values: Readonly<Record<string, string>>;
      readonly dataDir: string | undefined;
    };

export function readCommandLine(args: readonly string[]): Result<CommandLine, string> {
  const command = adminCommands.find(({ words }) => words.every((word, i) => args[i] === word));
  if (command === undefined) {
    const words = args.filter((arg) => !arg.startsWith("-"));
    if (words.length === 0 && (args.length === 0 || args.some((arg) => arg === "--help" || arg === "-h"))) {
      return ok({ kind: "help", text: usage(adminCommands) });
    }
    return err(
      `Unknown command "${words.slice(0, 2).join(" ")}". \`npm run --silent admin -- --help\` lists the commands.`,
    );
  }
  return readArguments(command, args.slice(command.words.length));
}

function readArguments(command: AdminCommand, args: readonly string[]): Result<CommandLine, string> {
  const usageHint = `Usage: ${synopsis(command)}`;
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(command.options.map(({ name }) => [name, { type: "string" as const }])),
        ...(command.readsPassword ? { "password-stdin": { type: "boolean" as const } } : {}),
        "data-dir": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return err(`${message.replace(/\.*$/, "")}. ${usageHint}`);
  }
  if (parsed.values["help"] === true) return ok({ kind: "help", text: commandUsage(command) });

  const values: Record<string, string> = {};
  if (parsed.positionals.length > command.positionals.length) {
    return err(`"${parsed.positionals[command.positionals.length]}" is one argument too many. ${usageHint}`);
  }
  for (const [i, { name }] of command.positionals.entries()) {
    const value = parsed.positionals[i];
    if (value === undefined || value === "") return err(`${name.toUpperCase()} is missing. ${usageHint}`);
    values[name] = value;
  }
  for (const { name, isRequired, choices } of command.options) {
    const value = parsed.values[name];
    if (typeof value !== "string") {
      if (isRequired) return err(`--${name} is missing. ${usageHint}`);
      continue;
    }
    if (value === "") return err(`--${name} is empty. ${usageHint}`);
    if (choices !== undefined && !choices.includes(value)) {
      return err(`--${name} must be ${choices.join(" or ")}, not "${value}".`);
    }
    values[name] = value;
  }
  if (command.readsPassword && parsed.values["password-stdin"] !== true) {
    return err("The password is read from standard input only: add --password-stdin.");
  }
  const dataDir = parsed.values["data-dir"];
  return ok({ kind: "command", command, values, dataDir: typeof dataDir === "string" ? dataDir : undefined });
}
