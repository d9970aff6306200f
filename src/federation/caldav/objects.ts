// Opens events: calendar-multiget (RFC 4791 7.9) in batches, and GET for whatever it does not bring. An answer beyond the size limit is
// asked for again in halves.

import { calendarMultiGet } from "tsdav";

import type { ConnectorFailure, ProviderEvent } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { badResponse } from "../http/status-failure.ts";
import type { CalendarPlace } from "./changes.ts";
import { multistatusOf, shapeOf, type DavClient } from "./dav-client.ts";
import { etagOf } from "./etag.ts";
import { CALDAV, DAV, propOf, textOf } from "./multistatus.ts";
import { isMember, resourceId } from "./resource-id.ts";

const batchSize = 50;

type Opened = Result<readonly ProviderEvent[], ConnectorFailure>;

export async function openEvents(
  client: DavClient,
  calendar: CalendarPlace,
  ids: readonly string[],
): Promise<Opened> {
  const events: ProviderEvent[] = [];
  const known = ids.filter((id) => isMember(calendar.id, id));
  for (let at = 0; at < known.length; at += batchSize) {
    const batch = await openBatch(client, calendar, known.slice(at, at + batchSize));
    if (!batch.ok) return batch;
    events.push(...batch.value);
  }
  return ok(events);
}

async function openBatch(
  client: DavClient,
  calendar: CalendarPlace,
  ids: readonly string[],
): Promise<Opened> {
  const answer = await client.xml((fetch) =>
    calendarMultiGet({
      url: calendar.url,
      depth: "1",
      props: { "d:getetag": {}, "c:calendar-data": {} },
      objectUrls: [...ids],
      fetch,
    }),
  );
  if (!answer.ok) {
    const isTooLarge = answer.error.kind === "give-up" && answer.error.code === "too-large";
    if (!isTooLarge || ids.length === 1) return answer;
    const middle = Math.ceil(ids.length / 2);
    const first = await openBatch(client, calendar, ids.slice(0, middle));
    if (!first.ok) return first;
    const second = await openBatch(client, calendar, ids.slice(middle));
    return second.ok ? ok([...first.value, ...second.value]) : second;
  }
  const read = multistatusOf(answer.value, client.clock);
  if (!read.ok) {
    // A server without the report has GET.
    return read.error.kind === "give-up" ? openEach(client, calendar, ids, new Map(), new Set()) : read;
  }
  const found = new Map<string, ProviderEvent>();
  const missing = new Set<string>();
  for (const member of read.value.members) {
    const id = resourceId(member.href, calendar.url);
    if (id === undefined) continue;
    const ical = propOf(member, CALDAV, "calendar-data")?.text ?? "";
    if (member.status === 404 || member.status === 410) missing.add(id);
    else if (isICalendar(ical)) found.set(id, { id, etag: etagOf(textOf(member, DAV, "getetag")), ical });
  }
  return openEach(client, calendar, ids, found, missing);
}

async function openEach(
  client: DavClient,
  calendar: CalendarPlace,
  ids: readonly string[],
  found: ReadonlyMap<string, ProviderEvent>,
  missing: ReadonlySet<string>,
): Promise<Opened> {
  const events: ProviderEvent[] = [];
  for (const id of ids) {
    const event = found.get(id);
    if (event !== undefined) events.push(event);
    if (event !== undefined || missing.has(id)) continue;
    const opened = await openEvent(client, calendar, id);
    if (!opened.ok) return opened;
    if (opened.value !== null) events.push(opened.value);
  }
  return ok(events);
}

/** null: there is nothing, or something that is no calendar object. */
export async function openEvent(
  client: DavClient,
  calendar: CalendarPlace,
  id: string,
): Promise<Result<ProviderEvent | null, ConnectorFailure>> {
  const answer = await client.plain("GET", new URL(id, calendar.url).href, {
    accept: "text/calendar",
    // Compression changes the entity tag at some servers (`-gzip`) and proxies (`W/`).
    "accept-encoding": "identity",
  });
  if (!answer.ok) return answer;
  const { status, text, headers } = answer.value;
  if (status === 404 || status === 410) return ok(null);
  if (status !== 200) return err(client.failureOf(answer.value));
  if (isICalendar(text)) return ok({ id, etag: etagOf(headers.get("etag")), ical: text });
  const shape = shapeOf(answer.value);
  // A login page or a cut connection is no proof that the event is gone.
  if (shape !== "something unreadable")
    return err(badResponse(answer.value, `answered ${shape} instead of an event`));
  return ok(null);
}

function isICalendar(text: string): boolean {
  return /^[\uFEFF\s]*BEGIN:VCALENDAR/i.test(text);
}
