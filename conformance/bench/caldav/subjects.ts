// The servers that are measured, each started fresh with `total` events. Radicale and Xandikos are given theirs on disk (by PUT it would
// take them minutes), this server by PUT.

import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startRadicale } from "../../peers/radicale.ts";
import { startServer } from "../../peers/server.ts";
import { startXandikos } from "../../peers/xandikos.ts";
import type { Peer } from "../../peers/peer.ts";
import { createBenchClient } from "./client.ts";
import { benchEvent } from "./events.ts";
import type { Calendar } from "./operations.ts";

export interface Subject {
  readonly name: string;
  start(total: number): Promise<{ readonly calendar: Calendar; stop(): Promise<void> }>;
}

export const subjects: readonly Subject[] = [
  { name: "T-Minus", start: startOwn },
  {
    name: "Radicale",
    start: async (total) => {
      const peer = await startRadicale();
      await writeEvents(peer.calendarFolder, total);
      return seeded(peer, total);
    },
  },
  {
    name: "Xandikos",
    start: async (total) => {
      const peer = await startXandikos();
      await writeEvents(peer.calendarFolder, total);
      const git = (...args: readonly string[]): void => {
        const who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0"];
        execFileSync("git", [...who, ...args], { cwd: peer.calendarFolder, stdio: "ignore" });
      };
      git("add", ".");
      git("commit", "-q", "-m", "Events to measure with");
      return seeded(peer, total);
    },
  },
];

async function startOwn(total: number): ReturnType<Subject["start"]> {
  const folder = await mkdtemp(join(tmpdir(), "t-minus-bench-"));
  const server = await startServer({ dataDir: join(folder, "data") });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const created = await fetch(`${server.url}/v1/admin/users`, {
      method: "POST",
      headers: { authorization: `Bearer ${await server.adminToken()}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "bench", email: "bench@example.com" }),
    });
    const answer: unknown = await created.json();
    if (typeof answer !== "object" || answer === null || !("app_password" in answer)) {
      throw new Error(`no user: ${created.status} ${JSON.stringify(answer)}`);
    }
    const calendar = {
      client: createBenchClient(server.url, "bench", String(answer.app_password)),
      path: "/dav/calendars/bench/unified/",
      total,
    };
    for (let i = 0; i < total; i += 1) {
      const { name, text } = benchEvent(i, total);
      const { status, body } = await calendar.client.send(
        "PUT",
        calendar.path + name,
        { "content-type": "text/calendar" },
        text,
      );
      if (status !== 201) throw new Error(`seeding: PUT ${name} answered ${status} ${body.slice(0, 200)}`);
    }
    return { calendar, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${server.log()}`, {
      cause: error,
    });
  }
}

/** The first listing fills the server's own caches, which files on disk have not done. */
async function seeded(peer: Peer, total: number): ReturnType<Subject["start"]> {
  const client = createBenchClient(peer.url, peer.username, peer.password);
  const path = new URL(peer.calendarUrl).pathname;
  try {
    const { status } = await client.send("PROPFIND", path, { depth: "1" });
    if (status !== 207) throw new Error(`${peer.name} answers ${status} to a first PROPFIND`);
  } catch (error) {
    client.close();
    await peer.stop();
    throw error;
  }
  return { calendar: { client, path, total }, stop: () => peer.stop() };
}

async function writeEvents(folder: string, total: number): Promise<void> {
  for (let i = 0; i < total; i += 1) {
    const { name, text } = benchEvent(i, total);
    await writeFile(join(folder, name), text);
  }
}
