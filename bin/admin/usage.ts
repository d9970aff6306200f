// The help texts, made from the table of commands.

import type { AdminCommand, AdminOption } from "./commands.ts";

export function usage(commands: readonly AdminCommand[]): string {
  const lines = commands.map((command) => [synopsis(command), command.help] as const);
  return `Usage: npm run --silent admin -- COMMAND [options]

Talks to the running server of DATA_DIR (--data-dir FOLDER, ./data). JSON on standard output, errors on standard error.
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no server.

${table(lines)}
COMMAND --help explains one.
`;
}

export function commandUsage(command: AdminCommand): string {
  const lines: (readonly [string, string])[] = [
    ...command.positionals.map(({ name, help }) => [name.toUpperCase(), help] as const),
    ...command.options.map((option) => [optionSynopsis(option), optionHelp(option)] as const),
    ...(command.readsPassword
      ? [["--password-stdin", "read the password there from standard input"] as const]
      : []),
  ];
  return `Usage: npm run --silent admin -- ${synopsis(command)}\n\n${command.help}\n\n${table(lines)}`;
}

export function synopsis({ words, positionals, options, readsPassword }: AdminCommand): string {
  return [
    ...words,
    ...positionals.map(({ name }) => name.toUpperCase()),
    ...options.map((option) => (option.isRequired ? optionSynopsis(option) : `[${optionSynopsis(option)}]`)),
    ...(readsPassword ? ["--password-stdin"] : []),
  ].join(" ");
}

function optionSynopsis({ name, value, choices }: AdminOption): string {
  return `--${name} ${choices?.join("|") ?? value}`;
}

function optionHelp({ help, isRequired }: AdminOption): string {
  return isRequired ? help : `${help}, optional`;
}

function table(lines: readonly (readonly [string, string])[]): string {
  return lines.map(([left, right]) => `  ${left}\n      ${right}\n`).join("");
}
