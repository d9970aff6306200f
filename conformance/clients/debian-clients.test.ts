// khal and vdirsyncer as Debian packages them: a person's terminal calendar on `unified`, and tasks on `tasks`.

import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createReplica } from "../upstream/vdirsyncer.ts";
import type { Replica } from "../upstream/vdirsyncer.ts";
import { sender } from "./request.ts";
import type { Send } from "./request.ts";
import { startUsersServer } from "./users-server.ts";
import type { UsersServer } from "./users-server.ts";

function isMissing(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    process.stderr.write(
      `${program} is not installed: its tests are skipped (apt-get install ${program}).\n`,
    );
    return true;
  }
}

const withoutVdirsyncer = isMissing("vdirsyncer");
const withoutKhal = withoutVdirsyncer || isMissing("khal");

let world: UsersServer;
let client: Send;

beforeAll(async () => {
  if (withoutVdirsyncer) return;
  world = await startUsersServer(["ada"]);
  client = sender(world.url, { login: world.userNamed("ada") });
});

afterAll(() => world?.close());

async function replicaOf(collection: string): Promise<Replica> {
  const folder = join(world.folder, collection);
  await mkdir(folder, { recursive: true });
  const { username, password } = world.userNamed("ada");
  return createReplica({ folder, url: `${world.url}/`, collection, username, password });
}

async function listing(collection: string): Promise<readonly string[]> {
  const { text } = await client({
    method: "PROPFIND",
    path: `/dav/calendars/ada/${collection}/`,
    headers: { depth: "1" },
  });
  return [...text.matchAll(/<D:href>([^<]+\.ics)<\/D:href>/g)].map(([, href = ""]) => href);
}

describe.skipIf(withoutKhal)("khal", () => {
  let replica: Replica;
  const program = "khal";
  let configPath: string;

  function khal(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC", HOME: world.folder };
    return new Promise((resolve, reject) => {
      execFile(program, ["-c", configPath, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`khal ${args.join(" ")}: ${stdout}${stderr}`)),
      );
    });
  }

  beforeAll(async () => {
    replica = await replicaOf("unified");
    configPath = join(world.folder, "khal.conf");
    await writeFile(
      configPath,
      [
        "[calendars]",
        "[[unified]]",
        `path = ${replica.folder}`,
        "type = calendar",
        "[locale]",
        "timeformat = %H:%M",
        "dateformat = %Y-%m-%d",
        "longdateformat = %Y-%m-%d",
        "datetimeformat = %Y-%m-%d %H:%M",
        "longdatetimeformat = %Y-%m-%d %H:%M",
        "local_timezone = UTC",
        "default_timezone = UTC",
        "[default]",
        "default_calendar = unified",
        "[sqlite]",
        `path = ${join(world.folder, "khal.db")}`,
        "",
      ].join("\n"),
    );
  });

  test("`khal list` shows what is on the server, each instance of a series too", async () => {
    const text = [
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//example.com//EN",
      "BEGIN:VEVENT",
      "UID:standup@example.com",
      "DTSTAMP:20260101T000000Z",
      "DTSTART:20260601T083000Z",
      "DTEND:20260601T084500Z",
      "RRULE:FREQ=DAILY;COUNT=3",
      "SUMMARY:Stand-up",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ].join("\r\n");
    expect(
      (await client({ method: "PUT", path: "/dav/calendars/ada/unified/standup.ics", body: text })).status,
    ).toBe(201);
    expect(await replica.sync()).toMatchObject({ ok: true });
    const shown = await khal(
      "list",
      "--format",
      "{start} {title}",
      "--day-format",
      "",
      "2026-06-01",
      "2026-06-08",
    );
    expect(
      shown
        .trim()
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    ).toEqual(["2026-06-01 08:30 Stand-up", "2026-06-02 08:30 Stand-up", "2026-06-03 08:30 Stand-up"]);
  });

  test("`khal new` and a synchronisation make the event on the server", async () => {
    const before = await listing("unified");
    await khal("new", "-a", "unified", "2026-06-10", "14:00", "15:30", "Dentist", "::", "Bring the card");
    expect(await replica.sync()).toMatchObject({ ok: true });
    const added = (await listing("unified")).filter((href) => !before.includes(href));
    expect(added).toHaveLength(1);
    const { text } = await client({ method: "GET", path: added[0] ?? "" });
    expect(text).toContain("SUMMARY:Dentist");
    expect(text).toContain("DESCRIPTION:Bring the card");
    expect(text).toMatch(/DTSTART(;VALUE=DATE-TIME)?:20260610T140000Z\r\n/);
  });

  test("what is deleted on the server disappears from khal", async () => {
    expect((await client({ method: "DELETE", path: "/dav/calendars/ada/unified/standup.ics" })).status).toBe(
      204,
    );
    expect(await replica.sync()).toMatchObject({ ok: true });
    expect(await khal("list", "2026-06-01", "2026-06-08")).not.toContain("Stand-up");
  });
});

const todo = (status: string): string =>
  [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//example.com//EN",
    "BEGIN:VTODO",
    "UID:bread@example.com",
    "DTSTAMP:20260101T000000Z",
    "DUE;VALUE=DATE:20260611",
    "SUMMARY:Buy bread",
    `STATUS:${status}`,
    "END:VTODO",
    "END:VCALENDAR",
    "",
  ].join("\r\n");

describe.skipIf(withoutVdirsyncer)("vdirsyncer on tasks", () => {
  test("O1: a task goes up, is done elsewhere and comes back, and is deleted", async () => {
    const replica = await replicaOf("tasks");
    await writeFile(join(replica.folder, "bread.ics"), todo("NEEDS-ACTION"));
    expect(await replica.sync()).toMatchObject({ ok: true });
    const [href = "", ...others] = await listing("tasks");
    expect([others, await listing("unified")]).toEqual([[], expect.not.arrayContaining([href])]);
    expect((await client({ method: "GET", path: href })).text).toContain("STATUS:NEEDS-ACTION");

    expect((await client({ method: "PUT", path: href, body: todo("COMPLETED") })).status).toBe(204);
    expect(await replica.sync()).toMatchObject({ ok: true });
    const local = [...(await replica.events()).values()];
    expect(local.map(({ text }) => /STATUS:(.*)/.exec(text)?.[1]?.trim())).toEqual(["COMPLETED"]);

    // vdirsyncer takes nothing for granted when a side becomes empty, so another task stays.
    const milk = "/dav/calendars/ada/tasks/milk.ics";
    const put = await client({
      method: "PUT",
      path: milk,
      body: todo("NEEDS-ACTION").replaceAll("bread", "milk"),
    });
    expect(put.status).toBe(201);
    expect((await client({ method: "DELETE", path: href })).status).toBe(204);
    expect(await replica.sync()).toMatchObject({ ok: true });
    const left = [...(await replica.events()).values()];
    expect(left.map(({ text }) => /SUMMARY:(.*)/.exec(text)?.[1]?.trim())).toEqual(["Buy milk"]);
  });

  test("an event does not go into tasks: it is refused and nothing is stored", async () => {
    const before = await listing("tasks");
    const replica = await replicaOf("tasks");
    await writeFile(
      join(replica.folder, "event.ics"),
      todo("X").replaceAll("VTODO", "VEVENT").replace("DUE", "DTSTART"),
    );
    const refused = await replica.sync();
    expect([refused.ok, before.length]).toEqual([false, 1]);
    expect(await listing("tasks")).toEqual(before);
  });
});
