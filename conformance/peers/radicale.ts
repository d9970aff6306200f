// Radicale (Debian package `radicale`) in a folder of its own: users user01…, password = name, each with `calendar`.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, startChildServer } from "./child-server.ts";
import type { Peer } from "./peer.ts";

export async function startRadicale(options: { readonly users?: number } = {}): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), "t-minus-radicale-"));
  const port = await freePort();
  const users = Array.from({ length: options.users ?? 1 }, (_, i) => `user${String(i + 1).padStart(2, "0")}`);
  await writeFile(join(folder, "users"), users.map((user) => `${user}:${user}\n`).join(""));
  await writeFile(join(folder, "config"), configuration(folder, port));
  for (const user of users) {
    const calendar = join(folder, "data/collection-root", user, "calendar");
    await mkdir(calendar, { recursive: true });
    await writeFile(
      join(calendar, ".Radicale.props"),
      JSON.stringify({
        tag: "VCALENDAR",
        "D:displayname": "calendar",
        "C:supported-calendar-component-set": "VEVENT",
      }),
    );
  }
  const child = await startChildServer({
    name: "radicale",
    command: "radicale",
    args: ["--config", join(folder, "config")],
    port,
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    name: "Radicale",
    url,
    username: "user01",
    password: "user01",
    accountPath: "/",
    homeUrl: `${url}/user01/`,
    calendarUrl: `${url}/user01/calendar/`,
    calendarFolder: join(folder, "data/collection-root/user01/calendar"),
    stop: async () => {
      await child.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number): string {
  return `[server]
hosts = 127.0.0.1:${port}
max_connections = 50
[auth]
type = htpasswd
htpasswd_filename = ${folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = ${folder}/data
[logging]
level = warning
`;
}
