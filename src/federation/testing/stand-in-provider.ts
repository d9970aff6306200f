// The provider in memory (core/testing/fake-connector) as simulations want it: it fails when asked to, before or after a write
// is applied, repeats itself, and remembers every octet that was sent to it.

import type { Connector, ConnectorFailure, ProviderEvent } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { createFakeProvider } from "../../core/testing/fake-connector.ts";

export interface StandIn {
  readonly connector: Connector;
  /** What another client does. */
  put(id: string, ical: string): void;
  remove(id: string): void;
  /** Returns the id. */
  addCalendar(name: string): string;
  dropCalendar(id: string): void;
  events(calendarId: string): readonly ProviderEvent[];
  calendars(): readonly string[];
  /** Every octet that was sent to the provider. */
  readonly sent: string[];
  /** Writes that changed something. */
  writes(): number;
  readonly faults: {
    /** Asked before each call: a failure to answer with. */
    before: (method: string, calendarId?: string) => ConnectorFailure | null;
    /** Asked after each applied write: a failure to answer with although it was applied. */
    after: (method: string) => ConnectorFailure | null;
    forgetCursors(): void;
    withholdEtags(isOn: boolean): void;
    /** Every page names its items twice. */
    repeatsItems: boolean;
    /** What the provider makes of what it is given. */
    render(rewrite: (ical: string) => string): void;
  };
}

type Answer<T> = Promise<Result<T, ConnectorFailure>>;

export function createStandIn(): StandIn {
  const fake = createFakeProvider({ pageSize: 3, home: "/" });
  const { connector } = fake;
  const calendars = new Set([fake.addCalendar("Cal", { primary: true })]);
  const sent: string[] = [];
  const faults: StandIn["faults"] = {
    before: () => null,
    after: () => null,
    forgetCursors: () => fake.faults.forgetCursors(),
    withholdEtags: (isOn) => fake.faults.withholdEtags(isOn),
    repeatsItems: false,
    render: (rewrite) => fake.faults.rewriteOnWrite(rewrite),
  };

  function guarded<T>(method: string, call: () => Answer<T>, calendarId?: string): Answer<T> {
    const failure = faults.before(method, calendarId);
    return failure === null ? call() : Promise.resolve(err(failure));
  }

  /** A write: its confirmation may get lost. */
  function writing<T>(method: string, call: () => Answer<T>): Answer<T> {
    return guarded(method, async () => {
      const before = fake.writes();
      const answer = await call();
      const lost = fake.writes() > before ? faults.after(method) : null;
      return lost === null ? answer : err(lost);
    });
  }

  return {
    connector: {
      capabilities: connector.capabilities,
      idOf: (calendarId, uid) => connector.idOf(calendarId, uid),
      listCalendars: () => guarded("listCalendars", () => connector.listCalendars()),
      createCalendar: (name) =>
        writing("createCalendar", async () => {
          const created = await connector.createCalendar(name);
          if (created.ok) calendars.add(created.value.id);
          return created;
        }),
      changes: (calendarId, cursor) =>
        guarded(
          "changes",
          async () => {
            const page = await connector.changes(calendarId, cursor);
            if (!page.ok || !faults.repeatsItems) return page;
            return ok({ ...page.value, items: [...page.value.items, ...page.value.items] });
          },
          calendarId,
        ),
      get: (calendarId, ids) => guarded("get", () => connector.get(calendarId, ids)),
      upsert: (request) =>
        writing("upsert", () => {
          sent.push(request.ical);
          return connector.upsert(request);
        }),
      delete: (request) => writing("delete", () => connector.delete(request)),
    },
    put(id, ical) {
      const cut = id.lastIndexOf("/") + 1;
      fake.put(id.slice(0, cut), id.slice(cut), ical);
    },
    remove: (id) => fake.remove(id),
    addCalendar(name) {
      const id = fake.addCalendar(name);
      calendars.add(id);
      return id;
    },
    dropCalendar(id) {
      fake.removeCalendar(id);
      calendars.delete(id);
    },
    events: (calendarId) => (calendars.has(calendarId) ? fake.events(calendarId) : []),
    calendars: () => [...calendars],
    sent,
    writes: () => fake.writes(),
    faults,
  };
}
