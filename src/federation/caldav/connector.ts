// The connector for any CalDAV server (RFC 4791): the Connector contract over one account. Ids are absolute paths at the origin of the
// calendar home.

import type { Connector, ConnectorFailure } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { createGuardedFetch } from "../http/guarded-fetch.ts";
import { listHome } from "./calendars.ts";
import { readChanges, type CalendarPlace } from "./changes.ts";
import { createCalendarIn } from "./create-calendar.ts";
import { createDavClient } from "./dav-client.ts";
import { findHome, startUrl } from "./discovery.ts";
import { openEvents } from "./objects.ts";
import type { CalDavOptions } from "./options.ts";
import { withSlash } from "./resource-id.ts";
import { deleteEvent, newEventId, putEvent } from "./writes.ts";

export function createCalDavConnector(options: CalDavOptions): Connector {
  const client = createDavClient(options.credentials, createGuardedFetch(options), options.clock);
  let knownHome = options.homeUrl;

  async function home(): Promise<Result<string, ConnectorFailure>> {
    if (knownHome !== undefined) return ok(knownHome);
    const start = startUrl(options.credentials.url);
    if (start === null) {
      return err({ kind: "give-up", code: "refused", reason: "The address of the account is not a URL." });
    }
    const found = await findHome(client, start);
    if (!found.ok) return found;
    knownHome = found.value.homeUrl;
    return ok(knownHome);
  }

  async function inCalendar<T>(
    calendarId: string,
    work: (calendar: CalendarPlace) => Promise<Result<T, ConnectorFailure>>,
  ): Promise<Result<T, ConnectorFailure>> {
    const found = await home();
    if (!found.ok) return found;
    const id = withSlash(calendarId);
    return work({ id, url: new URL(found.value).origin + id });
  }

  return {
    capabilities: { push: false, delta: true, conditionalWrites: true, readOnly: false },
    async listCalendars() {
      const found = await home();
      if (!found.ok) return found;
      const listed = await listHome(client, found.value);
      if (listed.ok || listed.error.kind !== "give-up" || listed.error.code !== "refused") return listed;
      // Nobody is forbidden to see their own home but those who may not come in any more.
      return err({ kind: "reauthorize", reason: listed.error.reason });
    },
    async createCalendar(name) {
      const found = await home();
      return found.ok ? createCalendarIn(client, found.value, name) : found;
    },
    changes: (calendarId, cursor) =>
      inCalendar(calendarId, (calendar) => readChanges(client, calendar, cursor)),
    get: (calendarId, ids) => inCalendar(calendarId, (calendar) => openEvents(client, calendar, ids)),
    idOf: (calendarId, uid) => newEventId(withSlash(calendarId), uid),
    upsert: (request) => inCalendar(request.calendarId, (calendar) => putEvent(client, calendar, request)),
    delete: (request) =>
      inCalendar(request.calendarId, (calendar) =>
        deleteEvent(client, calendar, request.id, request.expectedEtag),
      ),
  };
}
