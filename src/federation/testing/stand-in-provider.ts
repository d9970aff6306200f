// A provider in memory for simulations of the engines: etags, deltas by revision, pages, and ways to fail.

import type {
  ChangesPage,
  Connector,
  ConnectorFailure,
  ProviderEvent,
  ProviderItem,
  RemoteCalendar,
  WriteOutcome,
} from "../../core/ports/connector.ts";
import { err, ok } from "../../core/result.ts";

export interface StandIn {
  readonly connector: Connector;
  /** What another client does. */
  put(id: string, ical: string): void;
  remove(id: string): void;
  dropCalendar(id: string): void;
  events(calendarId: string): readonly ProviderEvent[];
  calendars(): readonly string[];
  /** Every octet that was sent to the provider. */
  readonly sent: string[];
  /** Writes that changed something. */
  writes(): number;
  readonly faults: {
    /** Asked before each call: a failure to answer with. */
    before: (method: string) => ConnectorFailure | null;
    /** Asked after each applied write: a failure to answer with although it was applied. */
    after: (method: string) => ConnectorFailure | null;
    forgetCursors(): void;
    withholdsEtags: boolean;
    /** Lists some pages of changes twice. */
    repeatsItems: boolean;
    /** What the provider makes of what it is given. */
    render: (ical: string) => string;
  };
}

interface Stored {
  readonly revision: number;
  readonly ical: string | null;
}

export function createStandIn(primaryId: string, pageSize = 3): StandIn {
  const calendars = new Map<string, RemoteCalendar>([[primaryId, remote(primaryId, "Calendar", true)]]);
  const stored = new Map<string, Stored>();
  const sent: string[] = [];
  let revision = 0;
  let floor = 0;
  let writes = 0;
  const faults: StandIn["faults"] = {
    before: () => null,
    after: () => null,
    forgetCursors: () => {
      floor = ++revision;
    },
    withholdsEtags: false,
    repeatsItems: false,
    render: (ical) => ical,
  };

  const etagOf = (entry: Stored): string => `"${entry.revision}"`;
  const calendarOf = (id: string): string => id.slice(0, id.lastIndexOf("/") + 1);
  const notFound: ConnectorFailure = { kind: "give-up", code: "not-found", reason: "The calendar is gone." };

  function eventAt(id: string): ProviderEvent | null {
    const entry = stored.get(id);
    return entry === undefined || entry.ical === null ? null : { id, etag: etagOf(entry), ical: entry.ical };
  }

  function store(id: string, ical: string | null): void {
    stored.set(id, { revision: ++revision, ical });
  }

  function items(
    calendarId: string,
    since: number,
    isFull: boolean,
  ): (ProviderItem & { revision: number })[] {
    const found: (ProviderItem & { revision: number })[] = [];
    for (const [id, entry] of stored) {
      if (calendarOf(id) !== calendarId || entry.revision <= since) continue;
      if (entry.ical !== null)
        found.push({ op: "present", id, etag: etagOf(entry), revision: entry.revision });
      else if (!isFull) found.push({ op: "deleted", id, revision: entry.revision });
    }
    return found.toSorted((a, b) => a.revision - b.revision);
  }

  function changes(calendarId: string, cursor: string | null) {
    const failure = faults.before("changes");
    if (failure !== null) return err(failure);
    if (!calendars.has(calendarId)) return err(notFound);
    const [mode = "full", text = "0"] = cursor === null ? [] : cursor.split(":");
    const since = Number(text);
    if (mode === "delta" && since < floor) return err({ kind: "resync", reason: "" } as const);
    const isFull = mode === "full";
    const all = items(calendarId, since, isFull);
    const page = all.slice(0, pageSize);
    const more = all.length > pageSize;
    const last = more ? (page.at(-1)?.revision ?? since) : revision;
    const value: ChangesPage = {
      items: faults.repeatsItems ? [...page, ...page] : page,
      cursor: `${more && isFull ? "full" : "delta"}:${last}`,
      more,
      scope: isFull ? "full" : "delta",
    };
    return ok(value);
  }

  function upsert(request: Parameters<Connector["upsert"]>[0]) {
    const failure = faults.before("upsert");
    if (failure !== null) return err(failure);
    sent.push(request.ical);
    if (!calendars.has(request.calendarId)) return err(notFound);
    const uid = /^UID:(.*)$/m.exec(request.ical)?.[1]?.trim() ?? "";
    const id = request.id ?? idOf(request.calendarId, uid);
    const current = eventAt(id);
    const isExpected =
      request.id === null
        ? current === null
        : request.expectedEtag === null || current?.etag === request.expectedEtag;
    if (!isExpected) return ok<WriteOutcome>({ kind: "conflict", current });
    store(id, faults.render(request.ical));
    writes++;
    const lost = faults.after("upsert");
    if (lost !== null) return err(lost);
    return ok<WriteOutcome>({
      kind: "written",
      id,
      etag: faults.withholdsEtags ? null : (eventAt(id)?.etag ?? null),
    });
  }

  function remove(request: Parameters<Connector["delete"]>[0]) {
    const failure = faults.before("delete");
    if (failure !== null) return err(failure);
    const current = eventAt(request.id);
    if (current === null) return ok({ kind: "already-gone" } as const);
    if (request.expectedEtag !== null && current.etag !== request.expectedEtag)
      return ok({ kind: "conflict", current } as const);
    store(request.id, null);
    writes++;
    const lost = faults.after("delete");
    return lost === null ? ok({ kind: "deleted" } as const) : err(lost);
  }

  function idOf(calendarId: string, uid: string): string {
    return `${calendarId}${uid}.ics`;
  }

  const connector: Connector = {
    capabilities: { push: false, delta: true, conditionalWrites: true, readOnly: false },
    listCalendars() {
      const failure = faults.before("listCalendars");
      return Promise.resolve(failure === null ? ok([...calendars.values()]) : err(failure));
    },
    createCalendar(name) {
      const failure = faults.before("createCalendar");
      if (failure !== null) return Promise.resolve(err(failure));
      const calendar = remote(`/${name.toLowerCase().replaceAll(" ", "-")}-${revision}/`, name, false);
      calendars.set(calendar.id, calendar);
      writes++;
      const lost = faults.after("createCalendar");
      return Promise.resolve(lost === null ? ok(calendar) : err(lost));
    },
    changes: (calendarId, cursor) => Promise.resolve(changes(calendarId, cursor)),
    get(calendarId, ids) {
      const failure = faults.before("get") ?? (calendars.has(calendarId) ? null : notFound);
      if (failure !== null) return Promise.resolve(err(failure));
      return Promise.resolve(ok(ids.map(eventAt).filter((event) => event !== null)));
    },
    idOf,
    upsert: (request) => Promise.resolve(upsert(request)),
    delete: (request) => Promise.resolve(remove(request)),
  };

  return {
    connector,
    put: store,
    remove: (id) => store(id, null),
    dropCalendar(id) {
      calendars.delete(id);
      for (const key of stored.keys()) if (calendarOf(key) === id) stored.delete(key);
    },
    events: (calendarId) =>
      [...stored.keys()]
        .filter((id) => calendarOf(id) === calendarId)
        .map(eventAt)
        .filter((event) => event !== null),
    calendars: () => [...calendars.keys()],
    sent,
    writes: () => writes,
    faults,
  };
}

function remote(id: string, name: string, primary: boolean): RemoteCalendar {
  return { id, name, color: null, writable: true, primary, components: ["VEVENT"] };
}
