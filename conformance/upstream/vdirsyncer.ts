// vdirsyncer (Debian) as a calendar client that nobody here wrote: a folder of .ics files kept in step with one CalDAV collection.

import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Replica {
  /** Absolute path of the folder that holds one .ics file per event. */
  readonly folder: string;
  /** Runs one synchronisation; false when vdirsyncer reported a failure (the server may be down). */
  sync(): Promise<{ readonly ok: boolean; readonly output: string }>;
  events(): Promise<ReadonlyMap<string, LocalEvent>>;
  put(event: LocalEvent): Promise<void>;
  remove(uid: string): Promise<void>;
}

/** What the tests look at: everything else of the file is left to the servers. */
export interface LocalEvent {
  readonly uid: string;
  readonly text: string;
}

export function fieldOf(text: string, name: string): string | undefined {
  const unfolded = text.replaceAll(/\r?\n[ \t]/g, "");
  const body = unfolded.slice(unfolded.indexOf("BEGIN:VEVENT"));
  return new RegExp(`^${name}(?:;[^:\\r\\n]*)?:(.*)$`, "m").exec(body)?.[1]?.trim();
}

function run(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; input?: string; timeoutMs: number },
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { env: options.env, timeout: options.timeoutMs, maxBuffer: 16_000_000 },
      (error, stdout, stderr) => resolve({ ok: error === null, output: stdout + stderr }),
    );
    child.stdin?.end(options.input ?? "");
  });
}

/** Sets up a replica of one collection. `url` is the collection itself, or any URL from which discovery finds `collection`. */
export async function createReplica(options: {
  readonly folder: string;
  readonly url: string;
  readonly collection?: string;
  readonly username: string;
  readonly password: string;
  readonly conflict?: "a wins" | "b wins";
}): Promise<Replica> {
  const events = join(options.folder, "events");
  const configPath = join(options.folder, "config");
  const single = options.collection === undefined;
  await mkdir(join(options.folder, "status"), { recursive: true });
  await mkdir(events, { recursive: true });
  await writeFile(
    configPath,
    [
      "[general]",
      `status_path = "${join(options.folder, "status")}"`,
      "[pair replica]",
      'a = "here"',
      'b = "there"',
      single ? "collections = null" : `collections = ["${options.collection}"]`,
      `conflict_resolution = "${options.conflict ?? "b wins"}"`,
      "[storage here]",
      'type = "filesystem"',
      `path = "${events}"`,
      'fileext = ".ics"',
      "[storage there]",
      'type = "caldav"',
      `url = "${options.url}"`,
      `username = "${options.username}"`,
      `password = "${options.password}"`,
      "",
    ].join("\n"),
  );
  const env = { ...process.env, VDIRSYNCER_CONFIG: configPath, LC_ALL: "C.UTF-8", LANG: "C.UTF-8" };
  const discovered = await run("vdirsyncer", ["discover"], { env, input: "y\ny\ny\n", timeoutMs: 60_000 });
  if (!discovered.ok) throw new Error(`vdirsyncer discover: ${discovered.output}`);
  const folder = single ? events : join(events, options.collection ?? "");

  async function files(): Promise<readonly { path: string; uid: string; text: string }[]> {
    const found: { path: string; uid: string; text: string }[] = [];
    for (const name of await readdir(folder)) {
      if (!name.endsWith(".ics")) continue;
      const path = join(folder, name);
      const text = await readFile(path, "utf8");
      found.push({ path, uid: fieldOf(text, "UID") ?? name, text });
    }
    return found;
  }

  return {
    folder,
    sync: () => run("vdirsyncer", ["sync"], { env, timeoutMs: 60_000 }),
    events: async () => new Map((await files()).map(({ uid, text }) => [uid, { uid, text }])),
    put: async ({ uid, text }) => {
      const known = (await files()).find((file) => file.uid === uid);
      await writeFile(known?.path ?? join(folder, `${uid.replaceAll(/[^\w.-]/g, "_")}.ics`), text);
    },
    remove: async (uid) => {
      for (const file of await files()) if (file.uid === uid) await rm(file.path);
    },
  };
}
