// A user with two accounts at providers in memory, for the tests of federation.

import { expect } from "vitest";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { AccountId } from "../../core/id.ts";
import { addAccount } from "./accounts.ts";
import { workOneBatch } from "./background.ts";
import { settle, SimulatedAccount } from "./simulated-provider.ts";
import { calendarStore } from "./store.ts";
import { inFreshObject, openTestGraph } from "./testing-graph.ts";
import type { TestGraph } from "./testing-graph.ts";

export const A = "acc_A" as AccountId;
export const B = "acc_B" as AccountId;

export function ical(uid: string, summary: string, start = "20260302T090000Z"): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
  ];
  return [
    ...lines,
    `DTSTART:${start}`,
    "DURATION:PT1H",
    `SUMMARY:${summary}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

export interface World {
  readonly graph: TestGraph;
  readonly a: SimulatedAccount;
  readonly b: SimulatedAccount;
  readonly advance: () => void;
  /** Also until the outbox is worked off. */
  readonly rest: () => Promise<number>;
  readonly put: (uid: string, summary: string, start?: string) => Promise<void>;
  readonly remove: (uid: string) => Promise<void>;
  readonly titles: () => Promise<readonly string[]>;
}

export function world(run: (world: World) => Promise<void>): Promise<void> {
  return inFreshObject(async ({ storage }) => {
    let now = Date.UTC(2026, 2, 1);
    const graph = await openTestGraph(storage, { now: () => now });
    await addAccount(graph, { accountId: A, provider: "caldav", label: "Work" });
    await addAccount(graph, { accountId: B, provider: "caldav", label: "Home" });
    while (await workOneBatch(graph));
    const a = new SimulatedAccount(A);
    const b = new SimulatedAccount(B);
    const store = calendarStore(graph);
    const unified = store.collection("unified")?.calendarId;
    if (unified === undefined) throw new Error("unified always exists");
    const advance = (): void => {
      now += 7_200_000;
    };
    await run({
      graph,
      a,
      b,
      advance,
      rest: () => settle(graph, [a, b], advance),
      async put(uid, summary, start) {
        const object = readCalendarObject(ical(uid, summary, start));
        if (!object.ok) throw new Error("the test's own object is refused");
        const name = store.memberByUid(unified, uid)?.name ?? `${uid}.ics`;
        const outcome = await store.put({
          calendarId: unified,
          name,
          object: object.value,
          check: () => undefined,
          actor: "caldav:test",
        });
        expect(outcome.ok).toBe(true);
      },
      async remove(uid) {
        const name = store.memberByUid(unified, uid)?.name ?? "";
        const outcome = await store.delete({
          calendarId: unified,
          name,
          check: () => undefined,
          actor: "caldav:test",
        });
        expect(outcome.ok).toBe(true);
      },
      async titles() {
        const members = await store.open(
          unified,
          store.members(unified).map((member) => member.name),
        );
        return members.map((member) => titleOf(member?.ical ?? "")).toSorted();
      },
    });
  });
}

function titleOf(text: string): string {
  return /^SUMMARY:(.*)\r$/m.exec(text)?.[1] ?? "";
}

export function titlesIn(account: SimulatedAccount, which: "source" | "overlay"): readonly string[] {
  return [...account[which].resources.values()].map((resource) => titleOf(resource.ical)).toSorted();
}
