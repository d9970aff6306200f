// What every Connector does, as tests. Run over the fake here and over the connectors against real servers. The engines of federation
// rely on nothing that is not asserted here.

import { beforeEach, describe, expect, it } from "vitest";
import { readCalendarObject } from "../ical/calendar-object-resource.ts";
import type { Connector, ConnectorFailure, ProviderItem } from "../ports/connector.ts";
import type { Result } from "../result.ts";

/** A provider with an empty, writable calendar. `outside` is another client of the same account. */
export interface ConnectorUnderTest {
  readonly connector: Connector;
  readonly calendarId: string;
  readonly outside: {
    put(calendarId: string, name: string, ical: string): Promise<void>;
    remove(calendarId: string, name: string): Promise<void>;
  };
}

export function contractEvent(uid: string, summary = "Meeting"): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Corp.//Contract//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260302T090000Z",
    "DTEND:20260302T100000Z",
    `SUMMARY:${summary}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

function valueOf<T>(result: Result<T, ConnectorFailure>): T {
  if (!result.ok) throw new Error(`failed: ${JSON.stringify(result.error)}`);
  return result.value;
}

function failureOf(result: Result<unknown, ConnectorFailure>): string {
  if (result.ok) return "succeeded";
  return "code" in result.error ? `${result.error.kind} ${result.error.code}` : result.error.kind;
}

function summaryOf(ical: string | undefined): string | undefined {
  return /^SUMMARY:(.*?)\r?$/m.exec(ical ?? "")?.[1];
}

interface Read {
  readonly items: ReadonlyMap<string, ProviderItem>;
  readonly cursor: string | null;
  readonly scopes: ReadonlySet<string>;
}

async function readAll(connector: Connector, calendarId: string, from: string | null): Promise<Read> {
  const items = new Map<string, ProviderItem>();
  const scopes = new Set<string>();
  let cursor = from;
  for (;;) {
    const page = valueOf(await connector.changes(calendarId, cursor));
    for (const item of page.items) items.set(item.id, item);
    scopes.add(page.scope);
    cursor = page.cursor;
    if (!page.more) return { items, cursor, scopes };
    expect(cursor, "a page that is not the last says how to go on").not.toBeNull();
  }
}

function present(read: Read): readonly string[] {
  return [...read.items.values()].filter(({ op }) => op === "present").map(({ id }) => id);
}

export function connectorContract(make: () => Promise<ConnectorUnderTest>): void {
  let connector: Connector;
  let calendarId: string;
  let outside: ConnectorUnderTest["outside"];
  beforeEach(async () => {
    ({ connector, calendarId, outside } = await make());
  });

  async function create(uid: string, summary?: string): Promise<{ id: string; etag: string }> {
    const ical = contractEvent(uid, summary);
    const outcome = valueOf(await connector.upsert({ calendarId, id: null, expectedEtag: null, ical }));
    if (outcome.kind !== "written") throw new Error(`not created: ${outcome.kind}`);
    const [event] = valueOf(await connector.get(calendarId, [outcome.id]));
    if (typeof event?.etag !== "string") throw new Error("what was created has no etag");
    if (outcome.etag !== null) expect(outcome.etag).toBe(event.etag);
    return { id: outcome.id, etag: event.etag };
  }

  async function stored(id: string): Promise<string | undefined> {
    return summaryOf(valueOf(await connector.get(calendarId, [id]))[0]?.ical);
  }

  describe("calendars", () => {
    it("lists the calendar, for events, with one default at most", async () => {
      const calendars = valueOf(await connector.listCalendars());
      expect(calendars.find(({ id }) => id === calendarId)).toMatchObject({ writable: true });
      expect(calendars.every(({ components }) => components.includes("VEVENT"))).toBe(true);
      expect(calendars.filter(({ primary }) => primary).length).toBeLessThanOrEqual(1);
    });

    it("creates one under its name, once, and it takes events", async () => {
      const made = valueOf(await connector.createCalendar("External Busy"));
      expect(made).toMatchObject({ name: "External Busy", writable: true, primary: false });
      expect(valueOf(await connector.createCalendar("External Busy")).id).toBe(made.id);
      const named = valueOf(await connector.listCalendars()).filter(({ name }) => name === "External Busy");
      expect(named.map(({ id }) => id)).toEqual([made.id]);
      const ical = contractEvent("in-overlay@example.com");
      const written = valueOf(
        await connector.upsert({ calendarId: made.id, id: null, expectedEtag: null, ical }),
      );
      expect(written.kind).toBe("written");
      expect(present(await readAll(connector, made.id, null))).toHaveLength(1);
    });

    it("keeps a name of digits a string", async () => {
      expect(valueOf(await connector.createCalendar("2024")).name).toBe("2024");
    });

    it("gives up on a calendar that is not there", async () => {
      const gone = calendarId.replace(/[^/]+\/$/, "never-made/");
      expect(failureOf(await connector.changes(gone, null))).toBe("give-up not-found");
      const ical = contractEvent("nowhere@example.com");
      expect(
        failureOf(await connector.upsert({ calendarId: gone, id: null, expectedEtag: null, ical })),
      ).toBe("give-up not-found");
    });
  });

  describe("creating", () => {
    it("stores under the id that idOf foretells", async () => {
      const { id } = await create("foretold@example.com", "Foretold");
      expect(connector.idOf(calendarId, "foretold@example.com") ?? id).toBe(id);
      expect(await stored(id)).toBe("Foretold");
    });

    it("creates once: a repetition after a lost answer meets what is there", async () => {
      const { id, etag } = await create("once@example.com");
      const ical = contractEvent("once@example.com", "Second");
      const again = valueOf(await connector.upsert({ calendarId, id: null, expectedEtag: null, ical }));
      expect(again).toMatchObject({ kind: "conflict", current: { id, etag } });
      expect(await stored(id)).toBe("Meeting");
    });

    it.each([
      ["an address", "person@example.com"],
      ["separators", "a/b?c#d%2F&e"],
      ["letters of other scripts", "日本-ñ"],
      ["a length beyond file names", `${"x".repeat(300)}@example.com`],
      ["a leading dot", ".hidden"],
    ])("takes a UID with %s", async (_, uid) => {
      const { id } = await create(uid);
      const [event] = valueOf(await connector.get(calendarId, [id]));
      const object = readCalendarObject(event?.ical ?? "");
      expect(object.ok && object.value.uid).toBe(uid);
      expect(present(await readAll(connector, calendarId, null))).toEqual([id]);
    });

    it("refuses what is no event", async () => {
      const request = { calendarId, id: null, expectedEtag: null, ical: "no calendar" };
      expect(failureOf(await connector.upsert(request))).toBe("give-up refused");
    });
  });

  describe("updating", () => {
    it("writes over the expected state and says the new one", async () => {
      const { id, etag } = await create("update@example.com");
      const ical = contractEvent("update@example.com", "Changed");
      const written = valueOf(await connector.upsert({ calendarId, id, expectedEtag: etag, ical }));
      expect(written).toMatchObject({ kind: "written", id });
      expect(await stored(id)).toBe("Changed");
      expect(valueOf(await connector.get(calendarId, [id]))[0]?.etag).not.toBe(etag);
    });

    it("writes nothing over another state and shows it", async () => {
      const { id, etag } = await create("race@example.com");
      const theirs = contractEvent("race@example.com", "Theirs");
      valueOf(await connector.upsert({ calendarId, id, expectedEtag: etag, ical: theirs }));
      const ours = contractEvent("race@example.com", "Ours");
      const lost = valueOf(await connector.upsert({ calendarId, id, expectedEtag: etag, ical: ours }));
      expect(lost.kind === "conflict" && summaryOf(lost.current?.ical)).toBe("Theirs");
      expect(await stored(id)).toBe("Theirs");
    });

    it("does not bring back what is gone", async () => {
      const { id, etag } = await create("gone@example.com");
      valueOf(await connector.delete({ calendarId, id, expectedEtag: etag }));
      const ical = contractEvent("gone@example.com");
      for (const expectedEtag of [etag, null]) {
        const lost = valueOf(await connector.upsert({ calendarId, id, expectedEtag, ical }));
        expect(lost).toEqual({ kind: "conflict", current: null });
      }
    });

    it("writes over any state when none is expected", async () => {
      const { id } = await create("any@example.com");
      const ical = contractEvent("any@example.com", "Any");
      const written = valueOf(await connector.upsert({ calendarId, id, expectedEtag: null, ical }));
      expect(written.kind).toBe("written");
      expect(await stored(id)).toBe("Any");
    });
  });

  describe("deleting", () => {
    it("deletes the expected state, then finds it gone", async () => {
      const { id, etag } = await create("delete@example.com");
      expect(valueOf(await connector.delete({ calendarId, id, expectedEtag: etag })).kind).toBe("deleted");
      expect(valueOf(await connector.delete({ calendarId, id, expectedEtag: etag })).kind).toBe(
        "already-gone",
      );
      expect(valueOf(await connector.delete({ calendarId, id, expectedEtag: null })).kind).toBe(
        "already-gone",
      );
    });

    it("spares another state and shows it", async () => {
      const { id, etag } = await create("spare@example.com");
      const ical = contractEvent("spare@example.com", "Newer");
      valueOf(await connector.upsert({ calendarId, id, expectedEtag: etag, ical }));
      const lost = valueOf(await connector.delete({ calendarId, id, expectedEtag: etag }));
      expect(lost.kind === "conflict" && summaryOf(lost.current?.ical)).toBe("Newer");
      expect(await stored(id)).toBe("Newer");
    });

    it("deletes any state when none is expected", async () => {
      const { id } = await create("delete-any@example.com");
      expect(valueOf(await connector.delete({ calendarId, id, expectedEtag: null })).kind).toBe("deleted");
      expect(await stored(id)).toBeUndefined();
    });
  });

  describe("opening", () => {
    it("leaves out what is not there, and keeps the rest", async () => {
      const first = await create("first@example.com", "First");
      const second = await create("second@example.com", "Second");
      const absent = connector.idOf(calendarId, "absent@example.com") ?? `${calendarId}absent`;
      const events = valueOf(await connector.get(calendarId, [first.id, absent, second.id]));
      expect(events.map(({ id, etag }) => ({ id, etag }))).toEqual([first, second]);
    });

    it("opens nothing when asked for nothing", async () => {
      expect(valueOf(await connector.get(calendarId, []))).toEqual([]);
    });

    it("opens more than fit in one request", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 120; n++) {
        await outside.put(calendarId, `many-${n}.ics`, contractEvent(`many-${n}@example.com`, `Number ${n}`));
        ids.push(`${calendarId}many-${n}.ics`);
      }
      const events = valueOf(await connector.get(calendarId, ids));
      expect(events.map(({ ical }) => summaryOf(ical))).toEqual(ids.map((_, n) => `Number ${n}`));
    });

    it("keeps text as it was written", async () => {
      const text = "a < b & c > d ]]> \\, \\n ä 日本 🎉";
      const { id } = await create("text@example.com", text);
      expect(await stored(id)).toBe(text);
    });
  });

  describe("changes", () => {
    it("reads everything first, with the etags that writes need", async () => {
      const one = await create("one@example.com");
      await outside.put(calendarId, "two.ics", contractEvent("two@example.com"));
      const read = await readAll(connector, calendarId, null);
      expect([...read.scopes]).toEqual(["full"]);
      expect(present(read).toSorted()).toEqual([one.id, `${calendarId}two.ics`].toSorted());
      expect(read.items.get(one.id)).toMatchObject({ op: "present", etag: one.etag });
    });

    it("then what was created, changed and deleted since", async () => {
      const stays = await create("stays@example.com");
      const changes = await create("changes@example.com");
      await outside.put(calendarId, "goes.ics", contractEvent("goes@example.com"));
      const { cursor } = await readAll(connector, calendarId, null);
      await outside.put(calendarId, "comes.ics", contractEvent("comes@example.com"));
      await outside.remove(calendarId, "goes.ics");
      const ical = contractEvent("changes@example.com", "Changed");
      valueOf(await connector.upsert({ calendarId, id: changes.id, expectedEtag: changes.etag, ical }));

      const read = await readAll(connector, calendarId, cursor);
      expect(present(read)).toEqual(expect.arrayContaining([`${calendarId}comes.ics`, changes.id]));
      expect(read.items.get(changes.id)).not.toMatchObject({ etag: changes.etag });
      if (read.scopes.has("delta")) {
        expect(read.items.get(`${calendarId}goes.ics`)).toEqual({
          op: "deleted",
          id: `${calendarId}goes.ics`,
        });
        expect(read.items.has(stays.id)).toBe(false);
      } else {
        expect(present(read)).toContain(stays.id);
        expect(present(read)).not.toContain(`${calendarId}goes.ics`);
      }
      if (connector.capabilities.delta) expect([...read.scopes]).toEqual(["delta"]);
    });

    it("then nothing", async () => {
      await create("quiet@example.com");
      const { cursor } = await readAll(connector, calendarId, null);
      const read = await readAll(connector, calendarId, cursor);
      if (read.scopes.has("delta")) expect([...read.items]).toEqual([]);
    });

    it("gives a cursor once more, and the same answer", async () => {
      const { cursor } = await readAll(connector, calendarId, null);
      const { id } = await create("twice@example.com");
      expect(present(await readAll(connector, calendarId, cursor))).toEqual([id]);
      expect(present(await readAll(connector, calendarId, cursor))).toEqual([id]);
    });

    it("asks for a full read when it does not know the cursor", async () => {
      const { cursor } = await readAll(connector, calendarId, null);
      if (cursor === null) return;
      const unknown =
        cursor[0] +
        cursor
          .slice(1)
          .replaceAll(/[0-9a-f](?=[^/]*$)/g, "0")
          .replace(/.$/, "9");
      expect(unknown).not.toBe(cursor);
      expect(failureOf(await connector.changes(calendarId, unknown))).toBe("resync");
      expect(failureOf(await connector.changes(calendarId, "from another version"))).toBe("resync");
    });

    it("has one id for a resource, however it is read", async () => {
      const { id } = await create("same@id.example.com");
      const read = await readAll(connector, calendarId, null);
      expect(present(read)).toEqual([id]);
      expect(valueOf(await connector.get(calendarId, [id])).map((event) => event.id)).toEqual([id]);
    });
  });
}
