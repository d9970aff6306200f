// A small world for simulations: one user, accounts A (default) and B with overlay edges both ways, two providers, one clock.

import { createHmac } from "node:crypto";
import { createMemoryGraph, type MemoryGraph } from "../../core/testing/fake-user-graph.ts";
import type { AccountId, EdgeId } from "../../core/id.ts";
import type { DetailLevel, EdgeCalendarKind, PolicyEdge } from "../../core/ports/user-graph.ts";
import type { EngineContext } from "../context.ts";
import { pull } from "../pull.ts";
import { push } from "../push.ts";
import { createStandIn, type StandIn } from "./stand-in-provider.ts";
import { createStandInState, type StandInState } from "./stand-in-state.ts";

export const A = "acc_a" as AccountId;
export const B = "acc_b" as AccountId;
export const HOME = "/cal/";

const KEY = new TextEncoder().encode("test");

export interface Side {
  readonly provider: StandIn;
  readonly state: StandInState;
  readonly context: EngineContext;
}

export interface World {
  readonly graph: MemoryGraph;
  readonly a: Side;
  readonly b: Side;
  readonly clock: { nowMs: number };
  /** One round: pull and push of both accounts, a minute later. */
  round(): Promise<void>;
  settle(rounds?: number): Promise<void>;
}

export function hash(purpose: string, text: string): string {
  return createHmac("sha256", KEY).update(`${purpose}\0${text}`).digest("hex").slice(0, 32);
}

function edge(from: AccountId, to: AccountId, detail: DetailLevel, kind: EdgeCalendarKind): PolicyEdge {
  return { edgeId: `edg_${from}_${to}` as EdgeId, from, to, detail, kind, enabled: true };
}

export function createWorld(detail: DetailLevel = "BUSY", kind: EdgeCalendarKind = "OVERLAY"): World {
  const time = { nowMs: 1_790_000_000_000 };
  const clock = { now: () => time.nowMs };
  const graph = createMemoryGraph({
    hash,
    clock,
    defaultAccount: A,
    edges: [edge(A, B, detail, kind), edge(B, A, detail, kind)],
  });
  const side = (accountId: AccountId): Side => {
    const provider = createStandIn();
    const state = createStandInState();
    return { provider, state, context: { accountId, connector: provider.connector, graph, state, clock } };
  };
  const [a, b] = [side(A), side(B)];
  async function round(): Promise<void> {
    time.nowMs += 60_000;
    for (const { context } of [a, b]) {
      await pull(context);
      await push(context);
    }
  }
  async function settle(rounds = 6): Promise<void> {
    // Longer than the longest wait after a failure.
    time.nowMs += 24 * 3_600_000;
    for (let i = 0; i < rounds; i++) await round();
  }
  return { graph, a, b, clock: time, round, settle };
}

export function overlayOf(side: Side): string {
  return side.provider.calendars().find((id) => id !== HOME) ?? "";
}

let stamps = 0;

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** An event of which every text is a canary. `hour` on 15 January 2026. */
export function event(uid: string, hour: number, title: string, extra: readonly string[] = []): string {
  const stamp = new Date(Date.UTC(2026, 0, 1) + ++stamps * 1_000).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//canary//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    `DTSTAMP:${stamp}`,
    `LAST-MODIFIED:${stamp}`,
    `DTSTART:20260115T${pad(hour)}0000Z`,
    `DTEND:20260115T${pad(hour)}3000Z`,
    `SUMMARY:canary ${title}`,
    "LOCATION:canary place",
    "X-CANARY:canary",
    ...extra,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

export function property(ical: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}[;:](.*)$`, "m").exec(ical ?? "")?.[1]?.trim();
}
