import { describe, expect, it } from "vitest";
import type { ConnectorFailure } from "../ports/connector.ts";
import { connectorContract, contractEvent } from "./connector-contract.ts";
import { createFakeProvider, type FakeProvider } from "./fake-connector.ts";

function contractOver(make: () => FakeProvider): void {
  connectorContract(async () => {
    const provider = make();
    const calendarId = provider.addCalendar("Calendar", { primary: true });
    return {
      connector: provider.connector,
      calendarId,
      outside: {
        put: async (calendar, name, ical) => void provider.put(calendar, name, ical),
        remove: async (calendar, name) => provider.remove(`${calendar}${name}`),
      },
    };
  });
}

describe("the fake keeps the contract of connectors", () => contractOver(() => createFakeProvider()));
describe("page by page too", () => contractOver(() => createFakeProvider({ pageSize: 1 })));

describe("faults", () => {
  const throttled: ConnectorFailure = { kind: "retry", code: "throttled", retryAfterMs: 5, reason: "slowly" };

  it("fails the named calls after the given number of good ones", async () => {
    const { connector, faults } = createFakeProvider();
    faults.failNext(throttled, { method: "listCalendars", count: 2, skip: 1 });
    const outcomes: boolean[] = [];
    for (let n = 0; n < 4; n++) outcomes.push((await connector.listCalendars()).ok);
    expect(outcomes).toEqual([true, false, false, true]);
  });

  it("applies a write whose answer is lost", async () => {
    const { connector, faults, addCalendar, events, writes } = createFakeProvider();
    const calendarId = addCalendar("Calendar");
    faults.failAfterWrite(throttled);
    const ical = contractEvent("lost@example.com");
    const request = { calendarId, id: null, expectedEtag: null, ical };
    expect(await connector.upsert(request)).toEqual({ ok: false, error: throttled });
    expect(events(calendarId)).toHaveLength(1);
    expect(await connector.upsert(request)).toMatchObject({ ok: true, value: { kind: "conflict" } });
    expect(writes()).toBe(1);
  });

  it("forgets cursors, in the middle of a full read too", async () => {
    const { connector, faults, addCalendar, put } = createFakeProvider({ pageSize: 1 });
    const calendarId = addCalendar("Calendar");
    put(calendarId, "a.ics", contractEvent("a@example.com"));
    put(calendarId, "b.ics", contractEvent("b@example.com"));
    const first = await connector.changes(calendarId, null);
    faults.forgetCursors();
    const cursor = first.ok ? first.value.cursor : null;
    expect(cursor).not.toBeNull();
    expect(await connector.changes(calendarId, cursor)).toMatchObject({
      ok: false,
      error: { kind: "resync" },
    });
  });
});
