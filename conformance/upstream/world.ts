// The world of the story: this server as a child process, Radicale (account A) and Xandikos (account B) behind recording proxies,
// a user, and two vdirsyncer replicas: the phone (of `unified`) and the desk (of A's calendar).

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startRadicale } from "../peers/radicale.ts";
import { startServer } from "../peers/server.ts";
import type { ServerProcess } from "../peers/server.ts";
import { startXandikos } from "../peers/xandikos.ts";
import { listCollections, readCollection } from "./calendar-client.ts";
import type { Login, RemoteEvent } from "./calendar-client.ts";
import { startRecordingProxy } from "./recording-proxy.ts";
import type { RecordingProxy } from "./recording-proxy.ts";
import { createReplica } from "./vdirsyncer.ts";
import type { Replica } from "./vdirsyncer.ts";

export interface Upstream {
  readonly proxy: RecordingProxy;
  readonly login: Login;
  /** The calendar of the account, on the real server. */
  readonly calendarUrl: string;
  /** Where collections of the account are listed. */
  readonly homeUrl: string;
  readonly accountId: string;
}

export interface World {
  readonly server: ServerProcess;
  readonly dataDir: string;
  readonly user: Login & { readonly slug: string };
  readonly a: Upstream;
  readonly b: Upstream;
  readonly phone: Replica;
  readonly desk: Replica;
  admin(...args: readonly string[]): Promise<Record<string, unknown>>;
  unified(): Promise<readonly RemoteEvent[]>;
  inA(): Promise<readonly RemoteEvent[]>;
  inB(): Promise<readonly RemoteEvent[]>;
  /** The busy blocks in an account's "External Busy" calendar; none while the calendar does not exist. */
  overlay(upstream: Upstream): Promise<readonly RemoteEvent[]>;
  close(): Promise<void>;
}

/** The admin command as a user runs it. */
export function runAdmin(
  dataDir: string,
  args: readonly string[],
  input = "",
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      "npm",
      ["run", "--silent", "admin", "--", ...args],
      { env: { ...process.env, DATA_DIR: dataDir }, timeout: 120_000, maxBuffer: 16_000_000 },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1,
          stdout,
          stderr,
        }),
    );
    child.stdin?.end(input);
  });
}

export async function createWorld(options: { readonly args?: readonly string[] } = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "t-minus-story-"));
  const dataDir = join(folder, "data");
  const [radicale, xandikos] = await Promise.all([startRadicale(), startXandikos()]);
  const [proxyA, proxyB] = await Promise.all([
    startRecordingProxy(radicale.url),
    startRecordingProxy(xandikos.url),
  ]);
  const server = await startServer({
    dataDir,
    env: { ALLOW_PRIVATE_UPSTREAMS: "1" },
    args: options.args ?? [],
  });

  async function admin(args: readonly string[], input?: string): Promise<Record<string, unknown>> {
    const answer = await runAdmin(dataDir, args, input);
    if (answer.code !== 0) throw new Error(`admin ${args.join(" ")}: ${answer.code} ${answer.stderr}`);
    return JSON.parse(answer.stdout) as Record<string, unknown>;
  }

  const user = await admin(["user", "add", "ada", "--email", "ada@example.com"]);
  const login = { slug: "ada", username: "ada", password: String(user["app_password"]) };
  const desk = await createReplica({
    folder: join(folder, "desk"),
    url: radicale.calendarUrl,
    username: radicale.username,
    password: radicale.password,
    conflict: "a wins",
  });

  async function connect(
    label: string,
    proxy: RecordingProxy,
    peer: {
      url: string;
      calendarUrl: string;
      homeUrl: string;
      username: string;
      password: string;
      accountPath: string;
    },
  ): Promise<Upstream> {
    const added = await admin(
      [
        "account",
        "add",
        "caldav",
        "--user",
        "ada",
        "--url",
        proxy.url + peer.accountPath,
        "--username",
        peer.username,
        "--password-stdin",
        "--label",
        label,
      ],
      `${peer.password}\n`,
    );
    const account = (added["account"] ?? added) as Record<string, unknown>;
    return {
      proxy,
      login: { username: peer.username, password: peer.password },
      calendarUrl: peer.calendarUrl,
      homeUrl: peer.homeUrl,
      accountId: String(account["account_id"] ?? account["id"]),
    };
  }

  const a = await connect("A", proxyA, radicale);
  const b = await connect("B", proxyB, xandikos);
  const phone = await createReplica({
    folder: join(folder, "phone"),
    url: `${server.url}/`,
    collection: "unified",
    username: login.username,
    password: login.password,
    conflict: "a wins",
  });

  return {
    server,
    dataDir,
    user: login,
    a,
    b,
    phone,
    desk,
    admin: (...args) => admin(args),
    unified: () => readCollection(`${server.url}/dav/calendars/ada/unified/`, login),
    inA: () => readCollection(a.calendarUrl, a.login),
    inB: () => readCollection(b.calendarUrl, b.login),
    overlay: async (upstream) => {
      const collections = await listCollections(upstream.homeUrl, upstream.login);
      const found = collections.find(({ name }) => name === "External Busy");
      if (found === undefined) return [];
      return readCollection(new URL(found.href, upstream.homeUrl).href, upstream.login);
    },
    close: async () => {
      await server.stop();
      await Promise.all([proxyA.close(), proxyB.close(), radicale.stop(), xandikos.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
