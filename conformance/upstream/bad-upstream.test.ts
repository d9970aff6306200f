// Upstreams that misbehave: each is named in words in the status, nothing is stored or lost, and the next good answer heals it.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { eventOf } from "./events.ts";
import type { Misbehaviour } from "./recording-proxy.ts";
import { eventually } from "./wait.ts";
import { createWorld, runAdmin } from "./world.ts";
import type { World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
}, 180_000);

afterAll(async () => {
  await world?.close();
});

const faults: readonly (readonly [name: string, fault: Misbehaviour, health: RegExp])[] = [
  ["401", { kind: "answer", status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }, /red/],
  ["429 with Retry-After", { kind: "answer", status: 429, headers: { "retry-after": "1" } }, /yellow/],
  ["500", { kind: "answer", status: 500, body: "boom" }, /yellow/],
  [
    "HTML with 200",
    {
      kind: "answer",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html><body>Log in</body></html>",
    },
    /yellow|red/,
  ],
  [
    "207 that is not XML",
    { kind: "answer", status: 207, headers: { "content-type": "application/xml" }, body: "not <xml" },
    /yellow|red/,
  ],
  ["nothing", { kind: "hang-up" }, /yellow/],
];

async function healthOf(label: string): Promise<{ health: string; message: string }> {
  const status = await world.admin("status", "--user", "ada");
  const accounts = status["accounts"] as readonly Record<string, unknown>[];
  const account = accounts.find((entry) => entry["label"] === label) ?? {};
  return { health: String(account["health"]), message: String(account["message"]) };
}

describe("an upstream that answers", () => {
  for (const [name, fault, health] of faults) {
    test(`${name}: is told in words, loses nothing and heals`, async () => {
      const before = (await world.unified()).length;
      world.a.proxy.misbehave(() => fault);
      const uid = `while-${name.replaceAll(/\W/g, "")}@example.com`;
      await world.phone.put(eventOf(uid, "20270301T090000Z", "20270301T100000Z", "Written meanwhile"));
      expect(await world.phone.sync()).toMatchObject({ ok: true });
      await runAdmin(world.dataDir, ["account", "sync", "--user", "ada", "A"]);
      const sick = await eventually(
        "the status says it",
        () => healthOf("A"),
        (now) => health.test(now.health),
      );
      expect(sick.message.length).toBeGreaterThan(10);
      expect((await world.unified()).length).toBe(before + 1);

      world.a.proxy.misbehave(undefined);
      if (name === "401") {
        // Proven bad credentials are not tried again by themselves: a sync that the user asks for does.
        await runAdmin(world.dataDir, ["account", "sync", "--user", "ada", "A"]);
      }
      await eventually(
        "A has it after all",
        async () => {
          await runAdmin(world.dataDir, ["account", "sync", "--user", "ada", "A"]);
          return world.inA();
        },
        (all) => all.filter((event) => event.uid === uid).length === 1,
        60_000,
      );
      await eventually(
        "green again",
        () => healthOf("A"),
        (now) => now.health === "green",
        60_000,
      );
    });
  }

  test("500 after the write was applied: the event is there once", async () => {
    let armed = true;
    world.a.proxy.misbehave((request) => {
      if (request.method !== "PUT" || !armed) return undefined;
      armed = false;
      return { kind: "apply-then-500" };
    });
    await world.phone.put(eventOf("applied@example.com", "20270302T090000Z", "20270302T100000Z", "Applied"));
    expect(await world.phone.sync()).toMatchObject({ ok: true });
    await eventually(
      "applied once",
      async () => armed,
      (still) => !still,
    );
    world.a.proxy.misbehave(undefined);
    await eventually(
      "nothing is pending",
      async () => {
        await runAdmin(world.dataDir, ["account", "sync", "--user", "ada", "A"]);
        return healthOf("A");
      },
      (now) => now.health === "green",
      60_000,
    );
    expect((await world.inA()).filter(({ uid }) => uid === "applied@example.com")).toHaveLength(1);
    expect((await world.unified()).filter(({ uid }) => uid === "applied@example.com")).toHaveLength(1);
  });
});

describe("connecting is refused with a reason and stores nothing", () => {
  const refusals: readonly (readonly [
    name: string,
    url: () => string,
    username: string,
    password: string,
  ])[] = [
    ["wrong password", () => world.a.proxy.url, "user01", "wrong"],
    ["no server there", () => "http://127.0.0.1:1/", "user01", "user01"],
    ["not a URL", () => "calendar please", "user01", "user01"],
    ["file URL", () => "file:///etc/passwd", "user01", "user01"],
  ];
  for (const [name, url, username, password] of refusals) {
    test(name, async () => {
      const answer = await runAdmin(
        world.dataDir,
        [
          "account",
          "add",
          "caldav",
          "--user",
          "ada",
          "--url",
          url(),
          "--username",
          username,
          "--password-stdin",
        ],
        `${password}\n`,
      );
      expect(answer.code).toBe(1);
      expect(answer.stdout).toBe("");
      expect(answer.stderr.trim().length).toBeGreaterThan(10);
      const listed = JSON.stringify(await world.admin("account", "list", "--user", "ada"));
      expect(listed.match(/acc_/g)?.length).toBe(2);
    });
  }
});
