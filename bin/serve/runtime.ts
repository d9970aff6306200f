// workerd through Miniflare's API: persistent state, no telemetry, no look-ups on the internet, loopback only.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";
import type { WorkerOptions } from "miniflare";

import { loggedLine } from "./runtime-log.ts";

export interface Runtime {
  readonly miniflare: Miniflare;
  /** Where workerd listens now; it changes when workerd crashes and is started again. */
  workerPort(): number;
  dispose(): Promise<void>;
}

export interface RuntimeOptions {
  readonly worker: WorkerOptions;
  readonly stateFolder: string;
  readonly pidFile: string;
}

/** Rejects when workerd does not take the Worker, with workerd's message. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  process.env["MINIFLARE_WORKERD_PATH"] = fileURLToPath(new URL("workerd-child.sh", import.meta.url));
  let port = 0;
  // Until it serves, workerd speaks of the program alone, and why it refuses it must be readable.
  let isServing = false;
  function log(line: string): void {
    const logged = isServing ? loggedLine(line) : line;
    if (logged !== null) process.stderr.write(`${logged}\n`);
  }
  const signalListeners = keepSignalListeners();
  const miniflare = new Miniflare({
    workers: [options.worker],
    defaultPersistRoot: options.stateFolder,
    cf: false,
    telemetry: { enabled: false },
    unsafeLocalExplorer: false,
    logRequests: false,
    unsafeRuntimeEnv: { T_MINUS_WORKERD: workerdPath(), T_MINUS_RUNTIME_PID_FILE: options.pidFile },
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) createInterface({ input: stream }).on("line", log);
    },
    unsafeHandleRuntimeRestart: readPort,
  });
  signalListeners.restore();

  async function readPort(): Promise<void> {
    port = Number((await miniflare.unsafeGetDirectURL(options.worker.name)).port);
  }

  try {
    await miniflare.ready;
    await readPort();
    isServing = true;
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    throw error;
  }
  return { miniflare, workerPort: () => port, dispose: () => miniflare.dispose() };
}

/** Miniflare ends the process at once on a signal; this server ends it after the open requests. */
function keepSignalListeners(): { restore(): void } {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  return {
    restore() {
      for (const signal of signals) {
        for (const listener of process.listeners(signal)) {
          if (before.get(signal)?.includes(listener) !== true) process.off(signal, listener);
        }
      }
    },
  };
}

/** Of the version that Miniflare was made for. */
function workerdPath(): string {
  const path: unknown = createRequire(import.meta.resolve("miniflare"))("workerd").default;
  if (typeof path !== "string") throw new Error("the package workerd does not say where its program is");
  return path;
}
