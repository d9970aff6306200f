// This server as a child process with users in it, each made by the admin command, and always stopped.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "../peers/server.ts";
import type { ServerProcess } from "../peers/server.ts";
import { runAdmin } from "../upstream/world.ts";
import type { Login } from "./request.ts";

export interface User extends Login {
  readonly feedUrl: string;
}

export interface UsersServer {
  readonly server: ServerProcess;
  readonly url: string;
  /** For whatever a test keeps on disk; removed at the end. */
  readonly folder: string;
  readonly users: Readonly<Record<string, User>>;
  userNamed(name: string): User;
  close(): Promise<void>;
}

export async function startUsersServer(names: readonly string[]): Promise<UsersServer> {
  const folder = await mkdtemp(join(tmpdir(), "t-minus-clients-"));
  const dataDir = join(folder, "data");
  const server = await startServer({ dataDir });
  const close = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const users: Record<string, User> = {};
  try {
    for (const name of names) {
      const answer = await runAdmin(dataDir, ["user", "add", name, "--email", `${name}@example.com`]);
      if (answer.code !== 0) throw new Error(`admin user add ${name}: ${answer.stderr}`);
      const made = JSON.parse(answer.stdout) as { app_password: string; feed_url: string };
      users[name] = { username: name, password: made.app_password, feedUrl: made.feed_url };
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    server,
    url: server.url,
    folder,
    users,
    userNamed: (name) => {
      const user = users[name];
      if (user === undefined) throw new Error(`no user ${name}`);
      return user;
    },
    close,
  };
}
