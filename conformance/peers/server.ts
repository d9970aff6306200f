// This server as a child process: its own DATA_DIR and port, kill -9, and a start again on both.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { freePort, startChildServer } from "./child-server.ts";
import type { ChildServer } from "./child-server.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  adminToken(): Promise<string>;
  log(): string;
  /** kill -9 of the server's process. */
  kill(): Promise<void>;
  /** Starts again on the same folder and port, after `kill` or `stop`. */
  start(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

/** Runs `bin/serve.ts` with this Node; resolves when the port accepts connections. */
export async function startServer(options: {
  readonly dataDir: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}): Promise<ServerProcess> {
  const port = options.port ?? (await freePort());
  const launch = (): Promise<ChildServer> =>
    startChildServer({
      name: "t-minus",
      command: process.execPath,
      args: ["--disable-warning=ExperimentalWarning", join(project, "bin/serve.ts"), ...(options.args ?? [])],
      env: { ...options.env, PORT: String(port), HOST: "127.0.0.1", DATA_DIR: options.dataDir },
      cwd: project,
      port,
    });
  let child = await launch();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir: options.dataDir,
    adminToken: async () => (await readFile(join(options.dataDir, "secrets/admin-token"), "utf8")).trim(),
    log: () => child.log(),
    kill: async () => {
      await child.end("SIGKILL");
    },
    start: async () => {
      child = await launch();
    },
    stop: () => child.end("SIGTERM"),
  };
}
