// A calendar provider in memory behind the Connector contract: etags, a log of changes with cursors, pages, and switches for faults.
// It behaves as the strictest of the real ones and never as a convenient one.

import { assert } from "../assert.ts";
import { readCalendarObject } from "../ical/calendar-object-resource.ts";
import type {
  Capabilities,
  ChangesPage,
  Connector,
  ConnectorFailure,
  DeleteOutcome,
  ProviderEvent,
  ProviderItem,
  RemoteCalendar,
  WriteOutcome,
} from "../ports/connector.ts";
import { err, ok, type Result } from "../result.ts";

export type ConnectorMethod = Exclude<keyof Connector, "capabilities" | "idOf">;

export interface FakeProviderOptions {
  readonly capabilities?: Partial<Capabilities>;
  /** Items per page of `changes`. Default 100. */
  readonly pageSize?: number;
  /** Where calendars are. Default "/calendars/". */
  readonly home?: string;
}

export interface FakeFaults {
  /** Calls fail so before anything is applied: `count` of them (default 1), of one method or of any, after `skip` good ones. */
  failNext(
    failure: ConnectorFailure,
    options?: { readonly method?: ConnectorMethod; readonly count?: number; readonly skip?: number },
  ): void;
  /** The next write is applied, and then reported as failed: the unknown outcome. */
  failAfterWrite(failure: ConnectorFailure): void;
  /** Every cursor given out so far answers `resync`. */
  forgetCursors(): void;
  /** Writes are answered without an etag. */
  withholdEtags(isOn: boolean): void;
  /** What the provider makes of an event that is stored through the connector. */
  rewriteOnWrite(rewrite: (ical: string) => string): void;
  /** Every call fails so, until null. */
  failAlways(failure: ConnectorFailure | null): void;
}

export interface FakeCall {
  readonly method: ConnectorMethod;
  readonly calendarId: string;
  readonly id: string | null;
}

export interface FakeProvider {
  readonly connector: Connector;
  readonly faults: FakeFaults;
  /** What another client of the account does. `addCalendar` returns the id. */
  addCalendar(
    name: string,
    options?: { readonly primary?: boolean; readonly writable?: boolean; readonly color?: string },
  ): string;
  /** Stores at `${calendarId}${name}`, whatever is there; returns the id. */
  put(calendarId: string, name: string, ical: string): string;
  remove(id: string): void;
  removeCalendar(calendarId: string): void;
  /** What is there, by id. */
  events(calendarId: string): readonly ProviderEvent[];
  calls(): readonly FakeCall[];
  /** Calls of `upsert`, `delete` and `createCalendar` that changed something. */
  writes(): number;
}

interface FakeCalendar {
  readonly calendar: RemoteCalendar;
  readonly events: Map<string, ProviderEvent>;
  /** Ids in the order of their changes; the last entry of an id counts. */
  readonly log: string[];
}

interface Fault {
  readonly failure: ConnectorFailure;
  readonly method: ConnectorMethod | undefined;
  count: number;
  skip: number;
}

export function createFakeProvider(options: FakeProviderOptions = {}): FakeProvider {
  const { pageSize = 100, home = "/calendars/" } = options;
  const calendars = new Map<string, FakeCalendar>();
  const calls: FakeCall[] = [];
  const faults: Fault[] = [];
  let afterWrite: ConnectorFailure | undefined;
  let always: ConnectorFailure | null = null;
  let rewrite = unchanged;
  let withholds = false;
  let generation = 1;
  let revision = 0;
  let writes = 0;

  function store(place: FakeCalendar, id: string, ical: string): ProviderEvent {
    const event = { id, etag: `"${++revision}"`, ical };
    place.events.set(id, event);
    place.log.push(id);
    return event;
  }

  function erase(place: FakeCalendar, id: string): void {
    if (place.events.delete(id)) place.log.push(id);
  }

  function add(name: string, more: { primary?: boolean; writable?: boolean; color?: string } = {}): string {
    const base = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    let id = `${home}${base}/`;
    for (let n = 2; calendars.has(id); n++) id = `${home}${base}-${n}/`;
    const { primary = false, writable = true, color = null } = more;
    const calendar = { id, name, color, writable, primary, components: ["VEVENT"] };
    calendars.set(id, { calendar, events: new Map(), log: [] });
    return id;
  }

  function faultOf(method: ConnectorMethod): ConnectorFailure | undefined {
    if (always !== null) return always;
    const fault = faults.find((one) => one.count > 0 && (one.method === undefined || one.method === method));
    if (fault === undefined) return undefined;
    if (fault.skip > 0) {
      fault.skip--;
      return undefined;
    }
    fault.count--;
    return fault.failure;
  }

  /** Every call of the connector: noted, then failed if a switch says so. */
  async function asked<T>(
    call: FakeCall,
    work: () => Result<T, ConnectorFailure>,
  ): Promise<Result<T, ConnectorFailure>> {
    calls.push(call);
    const fault = faultOf(call.method);
    return fault === undefined ? work() : err(fault);
  }

  function written<T>(outcome: T): Result<T, ConnectorFailure> {
    writes++;
    const lost = afterWrite;
    afterWrite = undefined;
    return lost === undefined ? ok(outcome) : err(lost);
  }

  function at<T>(
    calendarId: string,
    work: (place: FakeCalendar) => Result<T, ConnectorFailure>,
  ): Result<T, ConnectorFailure> {
    const place = calendars.get(calendarId);
    if (place !== undefined) return work(place);
    return err({ kind: "give-up", code: "not-found", reason: "The calendar is not there." });
  }

  const readOnly: ConnectorFailure = {
    kind: "give-up",
    code: "refused",
    reason: "The calendar is read-only.",
  };

  function changes(place: FakeCalendar, text: string | null): Result<ChangesPage, ConnectorFailure> {
    if (text === null) return fullPage(place, "", place.log.length);
    const cursor = parseCursor(text);
    if (cursor.generation !== generation) {
      return err({ kind: "resync", reason: "The cursor is not known any more." });
    }
    if (cursor.scope === "full") return fullPage(place, cursor.after, cursor.revision);
    const ids = [...new Set(place.log.slice(cursor.revision).toReversed())].toReversed();
    const page = ids.slice(0, pageSize);
    const more = ids.length > pageSize;
    const last = page.at(-1);
    const next = more && last !== undefined ? place.log.lastIndexOf(last) + 1 : place.log.length;
    return ok({
      items: page.map((id) => itemOf(place, id)),
      cursor: `delta ${generation} ${next}`,
      more,
      scope: "delta",
    });
  }

  /** Pages in the order of ids, so that a write between two pages moves nothing out of sight; the cursor is as old as the first page. */
  function fullPage(
    place: FakeCalendar,
    after: string,
    began: number,
  ): Result<ChangesPage, ConnectorFailure> {
    const ids = [...place.events.keys()].filter((id) => id > after).toSorted();
    const page = ids.slice(0, pageSize);
    const more = ids.length > pageSize;
    return ok({
      items: page.map((id) => itemOf(place, id)),
      cursor: more ? `full ${generation} ${began} ${page.at(-1)}` : `delta ${generation} ${began}`,
      more,
      scope: "full",
    });
  }

  const connector: Connector = {
    capabilities: {
      push: false,
      delta: true,
      conditionalWrites: true,
      readOnly: false,
      ...options.capabilities,
    },
    listCalendars: () =>
      asked({ method: "listCalendars", calendarId: "", id: null }, () =>
        ok([...calendars.values()].map(({ calendar }) => calendar)),
      ),
    createCalendar: (name) =>
      asked({ method: "createCalendar", calendarId: "", id: null }, () => {
        const existing = [...calendars.values()].find(({ calendar }) => calendar.name === name);
        if (existing !== undefined) return ok(existing.calendar);
        const place = calendars.get(add(name));
        assert(place !== undefined, "the calendar was just added");
        return written(place.calendar);
      }),
    changes: (calendarId, cursor) =>
      asked({ method: "changes", calendarId, id: null }, () =>
        at(calendarId, (place) => changes(place, cursor)),
      ),
    get: (calendarId, ids) =>
      asked({ method: "get", calendarId, id: null }, () =>
        at(calendarId, (place) =>
          ok(ids.map((id) => place.events.get(id)).filter((event) => event !== undefined)),
        ),
      ),
    idOf,
    upsert: (request) =>
      asked({ method: "upsert", calendarId: request.calendarId, id: request.id }, () =>
        at<WriteOutcome>(request.calendarId, (place) => {
          if (!place.calendar.writable) return err(readOnly);
          const object = readCalendarObject(request.ical);
          if (!object.ok)
            return err({ kind: "give-up", code: "refused", reason: "This is no calendar object." });
          const id = request.id ?? idOf(request.calendarId, object.value.uid);
          const current = place.events.get(id) ?? null;
          const holds =
            request.id === null
              ? current === null
              : current !== null && (request.expectedEtag === null || request.expectedEtag === current.etag);
          if (!holds) return ok({ kind: "conflict", current });
          const { etag } = store(place, id, rewrite(request.ical));
          return written({ kind: "written", id, etag: withholds ? null : etag });
        }),
      ),
    delete: (request) =>
      asked({ method: "delete", calendarId: request.calendarId, id: request.id }, () =>
        at<DeleteOutcome>(request.calendarId, (place) => {
          if (!place.calendar.writable) return err(readOnly);
          const current = place.events.get(request.id);
          if (current === undefined) return ok({ kind: "already-gone" });
          if (request.expectedEtag !== null && request.expectedEtag !== current.etag) {
            return ok({ kind: "conflict", current });
          }
          erase(place, request.id);
          return written({ kind: "deleted" });
        }),
      ),
  };

  return {
    connector,
    faults: {
      failNext: (failure, { method, count = 1, skip = 0 } = {}) =>
        void faults.push({ failure, method, count, skip }),
      failAfterWrite: (failure) => void (afterWrite = failure),
      forgetCursors: () => void generation++,
      withholdEtags: (isOn) => void (withholds = isOn),
      rewriteOnWrite: (next) => void (rewrite = next),
      failAlways: (failure) => void (always = failure),
    },
    addCalendar: add,
    put(calendarId, name, ical) {
      const place = calendars.get(calendarId);
      assert(place !== undefined, `there is no calendar ${calendarId}`);
      return store(place, `${calendarId}${name}`, ical).id;
    },
    remove(id) {
      for (const place of calendars.values()) erase(place, id);
    },
    removeCalendar: (calendarId) => void calendars.delete(calendarId),
    events: (calendarId) =>
      [...(calendars.get(calendarId)?.events.values() ?? [])].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    calls: () => [...calls],
    writes: () => writes,
  };
}

function unchanged(ical: string): string {
  return ical;
}

function idOf(calendarId: string, uid: string): string {
  return `${calendarId}${encodeURIComponent(uid)}.ics`;
}

function itemOf(place: FakeCalendar, id: string): ProviderItem {
  const event = place.events.get(id);
  return event === undefined ? { op: "deleted", id } : { op: "present", id, etag: event.etag };
}

function parseCursor(cursor: string): { scope: string; generation: number; revision: number; after: string } {
  const [scope = "", generation, revision, ...after] = cursor.split(" ");
  return { scope, generation: Number(generation), revision: Number(revision), after: after.join(" ") };
}
