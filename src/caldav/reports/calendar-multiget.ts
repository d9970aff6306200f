// CALDAV:calendar-multiget (RFC 4791 7.9): objects by href, opened together. Depth is ignored (Thunderbird sends 1, checklist T4).

import type { CalendarReader, Member } from "../../core/ports/calendar-store.ts";
import { err, ok } from "../../core/result.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus, STATUS_NOT_FOUND, statusResponse } from "../multistatus.ts";
import { responseRenderer } from "../properties/render.ts";
import { targetOfHref } from "../resources/locate.ts";
import type { MemberResource, Resource } from "../resources/resource.ts";
import { childrenOf } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import { calendarDataOf, wantedData } from "./calendar-data.ts";
import { zoneOfCalendar } from "./floating-zone.ts";
import type { ReportExchange } from "./report.ts";

export async function calendarMultiget({ root, context, preferences, target }: ReportExchange): Outcome {
  const { store, maxima } = context;
  const data = wantedData(root);
  if (!data.ok) return data;
  const hrefs = childrenOf(root, DAV, "href").map(({ text }) => text.trim());
  if (hrefs.length === 0) return err({ kind: "bad-request", reason: "calendar-multiget needs an href." });
  if (hrefs.length > maxima.multigetHrefsMax) {
    return err({
      kind: "too-large",
      reason: `At most ${maxima.multigetHrefsMax} hrefs can be asked for at once.`,
    });
  }
  const wanted = wantedBelow(root) ?? { kind: "prop", names: [] };
  const render = responseRenderer(wanted, context, preferences.minimal);
  const found = hrefs.map((href) => {
    const named = targetOfHref(store, href);
    return named?.kind === "member" && isBelow(named, target) ? named : undefined;
  });
  const opened = data.value === null ? new Map<string, Member>() : await openAll(found, store);
  let responses = "";
  for (let i = 0; i < hrefs.length; i++) {
    const resource = found[i];
    if (resource === undefined) {
      responses += statusResponse(hrefs[i] ?? "", STATUS_NOT_FOUND);
      continue;
    }
    if (data.value === null) {
      responses += render(resource);
      continue;
    }
    const current = opened.get(resource.href);
    if (current === undefined) {
      responses += statusResponse(resource.href, STATUS_NOT_FOUND);
      continue;
    }
    const text = calendarDataOf(current.ical, undefined, data.value, zoneOfCalendar(resource.calendar));
    responses += render({ ...resource, member: current }, text);
  }
  return ok(applied(multistatus(responses), preferences, ["return=minimal"]));
}

/** RFC 4791 7.9: the hrefs lie below the request's URL. */
function isBelow(member: MemberResource, target: Resource): boolean {
  if (target.kind === "calendar") return member.calendar.calendarId === target.calendar.calendarId;
  return target.kind === "home" || member.href === target.href;
}

/** Everything that is asked for, in one go per calendar. */
async function openAll(
  found: readonly (MemberResource | undefined)[],
  store: CalendarReader,
): Promise<ReadonlyMap<string, Member>> {
  const byCalendar = new Map<MemberResource["calendar"]["calendarId"], MemberResource[]>();
  for (const resource of found) {
    if (resource === undefined) continue;
    const { calendarId } = resource.calendar;
    const asked = byCalendar.get(calendarId);
    if (asked === undefined) byCalendar.set(calendarId, [resource]);
    else asked.push(resource);
  }
  const opened = new Map<string, Member>();
  for (const [calendarId, asked] of byCalendar) {
    const members = await store.open(
      calendarId,
      asked.map(({ member }) => member.name),
    );
    members.forEach((member, i) => {
      const resource = asked[i];
      if (member !== undefined && resource !== undefined) opened.set(resource.href, member);
    });
  }
  return opened;
}
