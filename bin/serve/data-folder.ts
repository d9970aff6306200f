// The folder that holds everything of one server: `state/` (databases), `secrets/`, `server.json` (for the admin command). One server
// at a time: an exclusive lock of SQLite on `lock.sqlite`, which the operating system gives back even after kill -9.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";

export interface DataFolder {
  readonly path: string;
  readonly stateFolder: string;
  readonly secretsFolder: string;
  readonly runtimePidFile: string;
  /** Tells the admin command where the server is. */
  announce(server: RunningServer): void;
  release(): void;
}

export interface RunningServer {
  /** What people and clients use. */
  readonly url: string;
  /** The same server without TLS, on loopback. */
  readonly adminUrl: string;
  readonly pid: number;
}

/** The error is a sentence. Files that this process and its children create are readable by the owner only. */
export function openDataFolder(path: string): Result<DataFolder, string> {
  process.umask(0o077);
  const folder = resolve(path);
  const serverFile = join(folder, "server.json");
  let lock: DatabaseSync;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const part of ["state", "secrets"]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(folder, "lock.sqlite"));
  } catch (error) {
    return err(
      `DATA_DIR ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  try {
    lock.exec("begin exclusive");
  } catch {
    lock.close();
    const other = readRunningServer(folder);
    const which = other === undefined ? "" : ` (pid ${other.pid}, ${other.url})`;
    return err(`Another server${which} is using DATA_DIR ${folder}. Stop it, or choose another DATA_DIR.`);
  }
  return ok({
    path: folder,
    stateFolder: join(folder, "state"),
    secretsFolder: join(folder, "secrets"),
    runtimePidFile: join(folder, "runtime.pid"),
    announce: (server) => {
      writeFileSync(`${serverFile}.new`, `${JSON.stringify(server)}\n`);
      renameSync(`${serverFile}.new`, serverFile);
    },
    release: () => {
      rmSync(serverFile, { force: true });
      lock.close();
    },
  });
}

/** What the last server on this folder announced; it may have died since. */
export function readRunningServer(path: string): RunningServer | undefined {
  try {
    const { url, adminUrl, pid } = JSON.parse(
      readFileSync(join(path, "server.json"), "utf8"),
    ) as Partial<RunningServer>;
    const isWhole = typeof url === "string" && typeof adminUrl === "string" && typeof pid === "number";
    return isWhole ? { url, adminUrl, pid } : undefined;
  } catch {
    return undefined;
  }
}
