// Clients of the unified calendar and other clients of both providers act at random while everything fails at random: requests, confirmations
// after the write was applied, the process between two steps, cursors, duplicated deltas. When the faults end, everything must
// agree: nothing lost, nothing doubled, no loop, no write too many, no canary at BUSY in any octet that left.

import { describe, expect, it } from "vitest";
import type { ConnectorFailure } from "../core/ports/connector.ts";
import { parseCalendar } from "../core/ical/parse.ts";
import { contentHash } from "../core/projection/hash.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { reconcile } from "./reconcile.ts";
import {
  A,
  createWorld,
  event,
  hash,
  HOME,
  overlayOf,
  property,
  type Side,
  type World,
} from "./testing/world.ts";

const SEEDS = 60;
const STEPS = 120;

class Crash extends Error {}

const FAILURES: readonly ConnectorFailure[] = [
  { kind: "retry", code: "server-error", retryAfterMs: null, reason: "broken" },
  { kind: "retry", code: "timeout", retryAfterMs: null, reason: "late" },
  { kind: "retry", code: "throttled", retryAfterMs: 1_000, reason: "slow down" },
  { kind: "retry", code: "unreachable", retryAfterMs: null, reason: "away" },
];

function generator(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

describe("simulation", () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))("seed %i", async (seed) => {
    const random = generator(seed);
    const world = createWorld();
    const actors = new Actors(world, random);
    spoil(world, random);
    for (let step = 0; step < STEPS; step++) {
      actors.act();
      world.clock.nowMs += Math.floor(random() * 120_000);
      if (random() < 0.5) await surviving(() => pass(random() < 0.5 ? world.a : world.b, random));
    }
    heal(world);
    await world.settle(8);
    for (const side of [world.a, world.b]) await reconcile(side.context);
    await world.settle(8);
    expectAgreement(world, actors);
    await expectQuiet(world);
  });
});

/** What people do. Remembers what must be there in the end: the last word on every title, unless it was merged away. */
class Actors {
  readonly #world: World;
  readonly #random: () => number;
  #count = 0;
  /** Titles by UID that nobody has deleted or replaced. */
  readonly created = new Set<string>();
  /** UIDs that somebody tried to delete. */
  readonly deleted = new Set<string>();

  constructor(world: World, random: () => number) {
    this.#world = world;
    this.#random = random;
  }

  act(): void {
    const random = this.#random;
    const what = Math.floor(random() * 8);
    const side = random() < 0.5 ? this.#world.a : this.#world.b;
    const uid = this.#pick([...this.#world.graph.events().keys()].filter((known) => known.startsWith("u")));
    const place = this.#pick(side.provider.events(HOME).map((one) => one.id));
    const title = `t${++this.#count}`;
    if (what === 0) this.#clientPuts(this.#newUid(), title);
    else if (what === 1) this.#otherPuts(side, this.#newUid(), title);
    else if (what === 2 && uid !== undefined) this.#clientPuts(uid, title);
    else if (what === 3 && uid !== undefined && random() < 0.5) this.#clientRemoves(uid);
    else if (what === 4 && place !== undefined) this.#otherEdits(side, place, title);
    else if (what === 5 && place !== undefined && random() < 0.5) this.#otherRemoves(side, place);
    else if (what === 6) this.#disturbOverlay(side);
  }

  #newUid(): string {
    const uid = `u${++this.#count}`;
    this.created.add(uid);
    return uid;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  #clientPuts(uid: string, title: string): void {
    this.#world.graph.put(uid, event(uid, 8 + Math.floor(this.#random() * 10), title));
  }

  #clientRemoves(uid: string): void {
    this.deleted.add(uid);
    this.#world.graph.remove(uid);
  }

  #otherPuts(side: Side, uid: string, title: string): void {
    side.provider.put(`${HOME}${uid}.ics`, event(uid, 8 + Math.floor(this.#random() * 10), title));
  }

  #otherEdits(side: Side, place: string, title: string): void {
    const ical = side.provider.events(HOME).find((one) => one.id === place)?.ical;
    const uid = property(ical, "UID") ?? "";
    side.provider.put(place, event(uid, 8 + Math.floor(this.#random() * 10), title));
  }

  #otherRemoves(side: Side, place: string): void {
    const ical = side.provider.events(HOME).find((one) => one.id === place)?.ical;
    this.deleted.add(property(ical, "UID") ?? "");
    side.provider.remove(place);
  }

  #disturbOverlay(side: Side): void {
    const block = this.#pick(side.provider.events(overlayOf(side)));
    if (block === undefined) return;
    if (this.#random() < 0.5) side.provider.remove(block.id);
    else
      side.provider.put(
        block.id,
        block.ical.replace(
          /^DTSTART:.*$/m,
          `DTSTART:20260114T01${String(this.#count++ % 60).padStart(2, "0")}00Z`,
        ),
      );
  }
}

function spoil(world: World, random: () => number): void {
  for (const { provider } of [world.a, world.b]) {
    provider.faults.before = () =>
      random() < 0.06 ? (FAILURES[Math.floor(random() * FAILURES.length)] ?? null) : null;
    provider.faults.after = () => {
      if (random() < 0.03) throw new Crash();
      return random() < 0.08 ? (FAILURES[0] ?? null) : null;
    };
    provider.faults.repeatsItems = random() < 0.5;
    provider.faults.withholdEtags(random() < 0.3);
  }
}

function heal(world: World): void {
  for (const { provider } of [world.a, world.b]) {
    provider.faults.before = () => null;
    provider.faults.after = () => null;
    provider.faults.repeatsItems = false;
  }
}

async function pass(side: Side, random: () => number): Promise<void> {
  if (random() < 0.05) side.provider.faults.forgetCursors();
  // The process dies at one of the calls to the graph or the state.
  let callsLeft = random() < 0.3 ? Math.floor(random() * 12) : Number.POSITIVE_INFINITY;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]): unknown => {
          if (callsLeft-- <= 0) throw new Crash();
          return Reflect.apply(value, target, parameters);
        };
      },
    });
  const context = { ...side.context, graph: mortal(side.context.graph), state: mortal(side.context.state) };
  await pull(context);
  await push(context);
  if (random() < 0.1) await reconcile(context);
}

async function surviving(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

function meaning(ical: string): string {
  const calendar = parseCalendar(ical);
  return calendar.ok ? contentHash(calendar.value, hash) : "unreadable";
}

function expectAgreement(world: World, actors: Actors): void {
  const canonical = world.graph.events();
  // Nothing lost: what nobody deleted is there. Nothing undead: what is there was made by somebody.
  for (const uid of actors.created)
    if (!actors.deleted.has(uid)) expect(canonical.has(uid), `lost ${uid}`).toBe(true);
  for (const uid of canonical.keys()) expect(actors.created.has(uid), `foreign ${uid}`).toBe(true);

  const held = new Map<string, string[]>();
  for (const { provider } of [world.a, world.b])
    for (const { ical } of provider.events(HOME)) {
      const uid = property(ical, "UID") ?? "";
      held.set(uid, [...(held.get(uid) ?? []), ical]);
    }
  // Every event is at its origin once, with the same meaning, and nothing else is there.
  expect([...held.keys()].toSorted()).toEqual([...canonical.keys()].toSorted());
  for (const [uid, copies] of held) {
    expect(copies, `doubled ${uid}`).toHaveLength(1);
    expect(meaning(copies[0] ?? ""), `differs ${uid}`).toBe(meaning(canonical.get(uid) ?? ""));
  }
  // Every event blocks the other account exactly once, at its time.
  for (const [side, other] of [
    [world.a, world.b],
    [world.b, world.a],
  ] as const) {
    const wanted = other.provider.events(HOME).map(({ ical }) => property(ical, "DTSTART"));
    const blocks = side.provider.events(overlayOf(side)).map(({ ical }) => property(ical, "DTSTART"));
    expect(blocks.map(String).toSorted()).toEqual(wanted.map(String).toSorted());
    expect(side.provider.calendars().length).toBeLessThanOrEqual(2);
  }
  expectNoLeak(world);
}

/** What was sent to an overlay names no canary; origins get their own events in full. */
function expectNoLeak(world: World): void {
  let blocks = 0;
  for (const { provider } of [world.a, world.b])
    for (const ical of provider.sent) {
      if (!/^UID:[0-9a-f]+@t-minus/m.test(ical)) continue;
      blocks++;
      expect(ical.toLowerCase()).not.toContain("canary");
    }
  expect(blocks).toBeGreaterThan(0);
}

async function expectQuiet(world: World): Promise<void> {
  const before = [world.a.provider.writes(), world.b.provider.writes()];
  for (let i = 0; i < 10; i++) await world.round();
  expect([world.a.provider.writes(), world.b.provider.writes()]).toEqual(before);
  expect(world.graph.rows().filter((row) => row.desiredHash !== row.projectedHash)).toEqual([]);
  expect(world.graph.rows().some((row) => row.accountId === A)).toBe(true);
}
