// A server as a child process: free port, wait until it answers, stop it, and never leave it behind when this process ends.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const startMsMax = 60_000;
const stopMsMax = 15_000;
const logBytesMax = 65_536;

/** Where the system can: a test runner that is killed leaves no server behind. */
const diesWithParent = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];

export interface ChildServer {
  readonly pid: number;
  /** The last output of the process, for messages about failures. */
  log(): string;
  /** Sends the signal and waits for the end; SIGKILL follows when it does not come. Returns the exit code, null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ChildServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly port: number;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

/** Resolves when the port accepts a connection; throws with the output of the process when it ends before. */
export async function startChildServer(options: ChildServerCommand): Promise<ChildServer> {
  const [command = options.command, ...args] = [...diesWithParent, options.command, ...options.args];
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let output = "";
  const remember = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-logBytesMax);
  };
  child.stdout.on("data", remember);
  child.stderr.on("data", remember);
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  const killAtExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtExit);
  child.once("exit", () => process.off("exit", killAtExit));

  const deadline = Date.now() + startMsMax;
  while (!(await accepts(options.port))) {
    if (failure !== undefined) throw new Error(`${options.name} does not start: ${failure.message}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${options.name} ended at start (${child.exitCode ?? child.signalCode}):\n${output}`);
    }
    if (Date.now() > deadline) {
      await endChild(child, "SIGKILL");
      throw new Error(`${options.name} does not listen on port ${options.port}:\n${output}`);
    }
    await sleep(25);
  }
  return { pid: child.pid ?? 0, log: () => output, end: (signal) => endChild(child, signal) };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
  await ended;
  clearTimeout(late);
  return child.exitCode;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
