// Xandikos (Debian package `xandikos`) in a folder of its own. It knows one principal and asks for no password: any is taken.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, startChildServer } from "./child-server.ts";
import type { Peer } from "./peer.ts";

export async function startXandikos(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), "t-minus-xandikos-"));
  const port = await freePort();
  const child = await startChildServer({
    name: "xandikos",
    command: "xandikos",
    args: [
      "--defaults",
      "-d",
      folder,
      "-p",
      String(port),
      "-l",
      "127.0.0.1",
      "--current-user-principal",
      "/user01/",
    ],
    port,
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    name: "Xandikos",
    url,
    username: "user01",
    password: "user01",
    accountPath: "/",
    homeUrl: `${url}/user01/calendars/`,
    calendarUrl: `${url}/user01/calendars/calendar/`,
    calendarFolder: join(folder, "user01/calendars/calendar"),
    stop: async () => {
      await child.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
