// The main story: a phone edits the unified calendar and the change reaches two real upstream servers, and back.
// Servers: Radicale (A, the default account) and Xandikos (B). Clients: vdirsyncer.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { canaryEvent, foundIn } from "./canaries.ts";
import { eventOf, instant } from "./events.ts";
import { eventually } from "./wait.ts";
import { createWorld } from "./world.ts";
import type { Upstream, World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
}, 180_000);

afterAll(async () => {
  await world?.close();
});

const uids = (events: readonly { uid: string }[]): readonly string[] =>
  events.map(({ uid }) => uid).toSorted();
const starts = (events: readonly { text: string }[]): readonly number[] =>
  events.map(({ text }) => instant(text)).toSorted((x, y) => x - y);

/** Every byte our server sent to an upstream, from request number `from` on. */
function sentTo({ proxy }: Upstream, from = 0): Buffer {
  return Buffer.concat(
    proxy.requests.slice(from).flatMap(({ url, head, body }) => [Buffer.from(`${url}\n${head}`), body]),
  );
}

function unfolded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(/\r?\n[ \t]/g, ""), "latin1");
}

describe("one canonical calendar over Radicale and Xandikos", () => {
  test("A's existing events appear in unified, and in B as busy blocks", async () => {
    await world.desk.put(eventOf("desk-1@example.com", "20270105T090000Z", "20270105T100000Z", "Board"));
    await world.desk.put(eventOf("desk-2@example.com", "20270106T090000Z", "20270106T100000Z", "Budget"));
    expect(await world.desk.sync()).toMatchObject({ ok: true });
    await world.admin("account", "sync", "--user", "ada", "A");
    await eventually("unified holds A's events", world.unified, (events) => events.length === 2);
    await eventually(
      "B holds two busy blocks",
      () => world.overlay(world.b),
      (events) => events.length === 2,
    );
    expect(starts(await world.overlay(world.b))).toEqual([Date.UTC(2027, 0, 5, 9), Date.UTC(2027, 0, 6, 9)]);
  });

  test("an event created by the phone reaches A in full and B as a busy block", async () => {
    expect(await world.phone.sync()).toMatchObject({ ok: true });
    const before = world.b.proxy.requests.length;
    const made = canaryEvent("phone-1@example.com", "20270107T090000Z", "20270107T100000Z");
    await world.phone.put(made);
    expect(await world.phone.sync()).toMatchObject({ ok: true });
    await eventually("A holds it", world.inA, (events) => uids(events).includes(made.uid));
    // What was sent is judged, not what is kept: Radicale 3.1.8 cuts X-APPLE-STRUCTURED-LOCATION at its comma.
    expect(foundIn(unfolded(sentTo(world.a)), made.canaries)).toEqual(made.canaries);
    const blocks = await eventually(
      "B holds three blocks",
      () => world.overlay(world.b),
      (all) => all.length === 3,
    );
    expect(blocks.map(({ summary }) => summary)).toEqual(["Busy", "Busy", "Busy"]);
    const sent = unfolded(sentTo(world.b, before));
    expect(sent.length).toBeGreaterThan(200);
    expect(foundIn(sent, made.canaries)).toEqual([]);
  });

  test("moving it in A with another client moves it in unified and in B", async () => {
    expect(await world.desk.sync()).toMatchObject({ ok: true });
    const event = (await world.desk.events()).get("phone-1@example.com");
    expect(event).toBeDefined();
    await world.desk.put({
      uid: "phone-1@example.com",
      text: (event?.text ?? "")
        .replace("20270107T090000Z", "20270108T110000Z")
        .replace("20270107T100000Z", "20270108T120000Z"),
    });
    expect(await world.desk.sync()).toMatchObject({ ok: true });
    await world.admin("account", "sync", "--user", "ada", "A");
    const moved = Date.UTC(2027, 0, 8, 11);
    await eventually("unified moved", world.unified, (all) => starts(all).includes(moved));
    await eventually(
      "B moved",
      () => world.overlay(world.b),
      (all) => starts(all).includes(moved) && all.length === 3,
    );
  });

  test("an event made in B is in unified in full and in A as a busy block", async () => {
    const event = eventOf("b-1@example.com", "20270109T090000Z", "20270109T100000Z", "Only in B");
    const made = await fetch(`${world.b.calendarUrl}b-1.ics`, {
      method: "PUT",
      headers: { "content-type": "text/calendar" },
      body: event.text,
    });
    expect(made.status).toBeLessThan(300);
    await world.admin("account", "sync", "--user", "ada", "B");
    await eventually("unified holds it", world.unified, (all) =>
      all.some(({ summary }) => summary === "Only in B"),
    );
    await eventually(
      "A holds a block",
      () => world.overlay(world.a),
      (all) => starts(all).includes(Date.UTC(2027, 0, 9, 9)),
    );
    expect(uids(await world.inA())).not.toContain("b-1@example.com");
  });

  test("a busy block that somebody deletes or renames in B is put back", async () => {
    const [first, second] = await world.overlay(world.b);
    await fetch(new URL(first?.href ?? "", world.b.calendarUrl), { method: "DELETE" });
    await fetch(new URL(second?.href ?? "", world.b.calendarUrl), {
      method: "PUT",
      headers: { "content-type": "text/calendar" },
      body: (second?.text ?? "").replace("SUMMARY:Busy", "SUMMARY:Mine now"),
    });
    await world.admin("account", "sync", "--user", "ada", "B");
    await eventually(
      "B is as before",
      () => world.overlay(world.b),
      (all) => all.length === 3 && all.every(({ summary }) => summary === "Busy"),
    );
  });

  test("deleting in unified deletes in A and B; deleting in A deletes in unified and B", async () => {
    expect(await world.phone.sync()).toMatchObject({ ok: true });
    await world.phone.remove("phone-1@example.com");
    expect(await world.phone.sync()).toMatchObject({ ok: true });
    await eventually("A lost it", world.inA, (all) => !uids(all).includes("phone-1@example.com"));
    await eventually(
      "B lost it",
      () => world.overlay(world.b),
      (all) => all.length === 2,
    );
    expect(await world.desk.sync()).toMatchObject({ ok: true });
    await world.desk.remove("desk-1@example.com");
    expect(await world.desk.sync()).toMatchObject({ ok: true });
    await world.admin("account", "sync", "--user", "ada", "A");
    await eventually("unified lost it", world.unified, (all) => !uids(all).includes("desk-1@example.com"));
    await eventually(
      "B lost it too",
      () => world.overlay(world.b),
      (all) => all.length === 1,
    );
  });

  test("quiet: ten further rounds of synchronisation write nothing upstream", async () => {
    world.a.proxy.reset();
    world.b.proxy.reset();
    for (let round = 0; round < 10; round++) {
      await world.admin("account", "sync", "--user", "ada", "A");
      await world.admin("account", "sync", "--user", "ada", "B");
    }
    expect(world.a.proxy.requests.length).toBeGreaterThanOrEqual(10);
    expect(world.b.proxy.requests.length).toBeGreaterThanOrEqual(10);
    expect(world.a.proxy.writes().map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    expect(world.b.proxy.writes().map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });
});
