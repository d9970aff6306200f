// What the outbox wants: never the end of an object that a living event stands for.

import { describe, expect, it } from "vitest";
import type { AccountId, CanonicalEventId } from "../id.ts";
import { parseCalendar } from "../ical/parse.ts";
import { newMirrorRow, type MirrorRow } from "./outbox-row.ts";
import { compilePolicy } from "./policy-compiler.ts";
import { planMirrors } from "./plan-mirrors.ts";
import type { TransitionContext } from "./transition-shape.ts";

const account = "acc_1" as AccountId;
const id = "evt_1" as CanonicalEventId;
const policy = compilePolicy([]);
const context: TransitionContext = {
  hash: (purpose, text) => `${purpose} ${text}`,
  nowMs: 1,
  newEventId: () => id,
};

const parsed = parseCalendar(
  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260115T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
);
if (!parsed.ok) throw new Error("fixture");
const calendar = parsed.value;

function origin(desiredHash: string | null, projectedHash: string | null): MirrorRow {
  return { ...newMirrorRow(id, account, "origin"), desiredHash, projectedHash, providerEventId: "/1.ics" };
}

describe("origin rows", () => {
  it("follow the event also where the placement names no origin (an event that somebody else manages)", () => {
    const placement = { origin: null, sourceAccounts: [account], projectable: false };
    const [planned] = planMirrors(id, { calendar, placement }, policy, [origin("old", "old")], context);
    expect(planned).toMatchObject({ state: "PENDING", projectedHash: "old" });
    expect(planned?.desiredHash).not.toBeNull();
  });

  it("give up a deletion when the event lives", () => {
    const placement = { origin: null, sourceAccounts: [account], projectable: true };
    const [planned] = planMirrors(id, { calendar, placement }, policy, [origin(null, "old")], context);
    expect(planned).toMatchObject({ desiredHash: null, projectedHash: null, state: "TOMBSTONED" });
  });

  it("want the object gone when the event is deleted", () => {
    const [planned] = planMirrors(id, null, policy, [origin("old", "old")], context);
    expect(planned).toMatchObject({
      desiredHash: null,
      projectedHash: "old",
      state: "DELETING",
      nextAttemptAt: 1,
    });
  });

  it("are returned only when they change", () => {
    const placement = { origin: account, sourceAccounts: [account], projectable: true };
    const [first] = planMirrors(id, { calendar, placement }, policy, [], context);
    const rows = first === undefined ? [] : [first];
    expect(rows).toHaveLength(1);
    expect(planMirrors(id, { calendar, placement }, policy, rows, context)).toEqual([]);
  });
});
