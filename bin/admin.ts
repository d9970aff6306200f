// `npm run --silent admin -- COMMAND`: manages the server that runs on DATA_DIR. JSON on standard output, one sentence on standard
// error. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no server.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

import { callAdmin } from "./admin/client.ts";
import { readCommandLine } from "./admin/command-line.ts";
import { readRunningServer } from "./serve/data-folder.ts";
import { adminTokenPath } from "./serve/secrets.ts";

async function main(): Promise<number> {
  const read = readCommandLine(process.argv.slice(2));
  if (!read.ok) return fail(2, read.error);
  if (read.value.kind === "help") {
    process.stdout.write(read.value.text);
    return 0;
  }
  const { command, values, dataDir } = read.value;
  const folder = resolve(dataDir ?? (process.env["DATA_DIR"] || "data"));
  const server = readRunningServer(folder);
  const token = readToken(folder);
  if (server === undefined || token === undefined) {
    return fail(3, `No server is running on DATA_DIR ${folder}. Start it with npm start.`);
  }
  const password = command.readsPassword ? (await text(process.stdin)).replace(/\r?\n$/, "") : undefined;
  if (password === "") return fail(2, "The password on standard input is empty.");
  const answer = await callAdmin(
    server,
    token,
    command.request(password === undefined ? values : { ...values, password }),
  );
  if (!answer.ok) return fail(answer.error.kind === "refused" ? 1 : 3, answer.error.sentence);
  process.stdout.write(`${JSON.stringify(answer.value ?? { done: true }, null, 2)}\n`);
  return 0;
}

function readToken(folder: string): string | undefined {
  try {
    return readFileSync(adminTokenPath(folder), "utf8").trim();
  } catch {
    return undefined;
  }
}

function fail(exitCode: number, sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return exitCode;
}

process.exitCode = await main();
