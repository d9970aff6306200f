// Creates a calendar for events by extended MKCOL (RFC 5689; tsdav's makeCalendar sends MKCALENDAR, which workerd cannot). The path is
// made from the name and the name is looked up first, so that a second call finds what the first one made.

import { davRequest } from "tsdav";

import type { ConnectorFailure, RemoteCalendar } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { listHome } from "./calendars.ts";
import type { DavClient } from "./dav-client.ts";
import { resourceId } from "./resource-id.ts";

type Created = Result<RemoteCalendar, ConnectorFailure>;

export async function createCalendarIn(client: DavClient, homeUrl: string, name: string): Promise<Created> {
  const { host } = new URL(homeUrl);
  const url = new URL(calendarPath(name), homeUrl).href;
  const id = resourceId(url, homeUrl);
  const find = async (): Promise<Result<RemoteCalendar | undefined, ConnectorFailure>> => {
    const calendars = await listHome(client, homeUrl);
    if (!calendars.ok) return calendars;
    const ours = calendars.value.find((calendar) => calendar.id === id && calendar.writable);
    return ok(ours ?? calendars.value.find((calendar) => calendar.name === name && calendar.writable));
  };
  const before = await find();
  if (!before.ok) return before;
  if (before.value !== undefined) return ok(before.value);
  const made = await client.xml((fetch) =>
    davRequest({
      url,
      init: {
        method: "MKCOL",
        namespace: "d",
        body: {
          mkcol: {
            _attributes: { "xmlns:d": "DAV:", "xmlns:c": "urn:ietf:params:xml:ns:caldav" },
            set: {
              prop: {
                resourcetype: { collection: {}, "c:calendar": {} },
                displayname: name,
                "c:supported-calendar-component-set": { "c:comp": { _attributes: { name: "VEVENT" } } },
              },
            },
          },
        },
      },
      fetch,
    }),
  );
  if (!made.ok) return made;
  // What counts is what is there now: the answer may be 201 with properties refused, or 405 because another call was faster.
  const after = await find();
  if (!after.ok) return after;
  if (after.value !== undefined) return ok(after.value);
  const { status } = made.value;
  if (status >= 400) return err(client.failureOf(made.value));
  const reason = `${host} answered ${status} and made no calendar for events. Create one named "${name}" there by hand.`;
  return err({ kind: "give-up", code: "not-supported", reason });
}

function calendarPath(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `t-minus-${slug === "" ? "calendar" : slug}/`;
}
