// Invariant J at the level of rows: a canary in everything that a person can write is in no cell of any table, and the same search
// finds it when sealing is switched off.

import { expect, it } from "vitest";
import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { AccountId } from "../../core/id.ts";
import { addAccount } from "./accounts.ts";
import { applyProviderDelta } from "./delta.ts";
import { pull, push, SimulatedAccount } from "./simulated-provider.ts";
import { calendarStore } from "./store.ts";
import { inFreshObject, openTestGraph } from "./testing-graph.ts";

const CANARY = "KANARIENVOGEL";
const A = "acc_A" as AccountId;

function ical(uid: string): string {
  const component = [
    "SUMMARY",
    "LOCATION",
    "DESCRIPTION",
    "CATEGORIES",
    "COMMENT",
    "STATUS",
    "CLASS",
    "X-NOTE",
  ].map((name) => `${name}:${CANARY} ${name}`);
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    `DTSTART;TZID=${CANARY}/Zone:20260302T090000`,
    "DURATION:PT1H",
    `ORGANIZER;CN=${CANARY}:mailto:${CANARY}@example.com`,
    `ATTENDEE;CN=${CANARY}:mailto:${CANARY}2@example.com`,
    ...component,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

async function useEverything(storage: DurableObjectStorage, sealing: string): Promise<void> {
  const graph = await openTestGraph(storage, { sealing, now: () => Date.UTC(2026, 2, 1) });
  await addAccount(graph, { accountId: A, provider: "caldav", label: CANARY });
  const store = calendarStore(graph);
  const unified = store.collection("unified")?.calendarId;
  if (unified === undefined) throw new Error("unified always exists");
  const dead = new Map([["{urn:x}note", `<note xmlns="urn:x">${CANARY}</note>`]]);
  const text = { displayName: CANARY, description: CANARY, color: CANARY, timeZone: CANARY, dead };
  await store.createCollection({ slug: "local", components: ["VEVENT"], ...text }, "test");
  await store.patchCollection(unified, text);
  await store.patchCollection("home", { dead });
  for (const duration of ["PT2H", "PT3H"]) {
    const object = readCalendarObject(ical("one").replace("PT1H", duration));
    if (!object.ok) throw new Error(JSON.stringify(object.error));
    const put = await store.put({
      calendarId: unified,
      name: "one.ics",
      object: object.value,
      check: () => undefined,
      actor: "test",
    });
    expect(put.ok).toBe(true);
  }
  const account = new SimulatedAccount(A);
  await push(graph, account, { fails: () => true });
  await push(graph, account, { losesReport: () => true });
  account.source.write("/two.ics", ical("two"));
  account.source.write("/broken.ics", CANARY);
  await pull(graph, account);
  await applyProviderDelta(graph, {
    accountId: A,
    providerCalendarId: account.source.id,
    role: "source",
    upserts: [{ id: "/two.ics", etag: "new", ical: ical("two").replace("SUMMARY:", "SUMMARY:changed ") }],
    deletedIds: [],
    deletionProof: "tombstone",
  });
  await store.delete({ calendarId: unified, name: "one.ics", check: () => undefined, actor: "test" });
}

/** Table and column of every cell that holds the canary. */
function findCanaries(sql: SqlStorage): readonly string[] {
  const tables = sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    )
    .toArray();
  expect(tables.length).toBeGreaterThan(15);
  const found = new Set<string>();
  for (const { name } of tables) {
    for (const row of sql.exec(`SELECT * FROM "${name}"`).toArray()) {
      for (const [column, value] of Object.entries(row)) {
        const text = value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value);
        if (text.includes(CANARY)) found.add(`${name}.${column}`);
      }
    }
  }
  return [...found].toSorted();
}

it("leaves no word of a person in any cell", async () => {
  await inFreshObject(async ({ storage }) => {
    await useEverything(storage, "on");
    expect(findCanaries(storage.sql)).toEqual([]);
  });
});

it("finds the canaries with the same search when sealing is off", async () => {
  await inFreshObject(async ({ storage }) => {
    await useEverything(storage, "off");
    expect(findCanaries(storage.sql)).toEqual([
      "accounts.label",
      "calendars.color",
      "calendars.description",
      "calendars.display_name",
      "calendars.time_zone",
      "dead_properties.xml",
      "event_contents.details",
      "event_contents.ical",
      "event_journal.patch",
      "event_mirrors.base",
      "event_mirrors.tried",
    ]);
  });
});
