// CALDAV:calendar-query (RFC 4791 7.8). The index narrows, and where it proves a match and the data is wanted whole or not at all,
// nothing is parsed; everything else is opened and judged by core.

import { precondition } from "../../core/failure.ts";
import { readCalendarObject, type CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { matchesFilter, type CompFilter } from "../../core/ical/filter.ts";
import type { Zone } from "../../core/ical/zone.ts";
import type { CalendarCollection, MemberMetadata } from "../../core/ports/calendar-store.ts";
import { err, ok } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import { isWindowsClient } from "../headers.ts";
import { memberHref } from "../href.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus } from "../multistatus.ts";
import { responseRenderer } from "../properties/render.ts";
import { childOf } from "../xml/element.ts";
import { CALDAV } from "../xml/names.ts";
import { calendarDataOf, wantedData } from "./calendar-data.ts";
import { indexedPart, readFilter, type IndexedFilter } from "./filter.ts";
import { zoneOfCalendar, zoneOfReport } from "./floating-zone.ts";
import type { ReportExchange } from "./report.ts";
import { calendarsInScope } from "./scope.ts";

export async function calendarQuery(exchange: ReportExchange): Outcome {
  const { root, context, preferences } = exchange;
  const data = wantedData(root);
  if (!data.ok) return data;
  const filterElement = childOf(root, CALDAV, "filter");
  if (filterElement === undefined) return err(precondition("valid-filter", "calendar-query needs a filter."));
  const filter = readFilter(filterElement);
  if (!filter.ok) return filter;
  const stated = zoneOfReport(root);
  if (!stated.ok) return stated;
  const indexed = indexedPart(filter.value);
  const wanted = wantedBelow(root) ?? { kind: "prop", names: [] };
  const render = responseRenderer(wanted, context, preferences.minimal);
  const { slug } = context.store.principal();
  let responses = "";
  for (const { calendar, members } of scopeOf(exchange, indexed)) {
    const zone = stated.value ?? zoneOfCalendar(calendar);
    const matches = await select(members, filter.value, zone, calendar, context, data.value !== null);
    for (const { member, ical, object } of matches) {
      const text =
        data.value === null || ical === undefined
          ? undefined
          : calendarDataOf(ical, object, data.value, zone);
      const href = memberHref(slug, calendar.slug, member.name);
      responses += render({ kind: "member", href, calendar, member }, text);
    }
  }
  return ok(applied(multistatus(responses), preferences, ["return=minimal"]));
}

interface Members {
  readonly certain: readonly MemberMetadata[];
  readonly possible: readonly MemberMetadata[];
}

function scopeOf(
  { request, target, depth, context }: ReportExchange,
  { query, isExact }: IndexedFilter,
): readonly { calendar: CalendarCollection; members: Members }[] {
  if (target.kind === "member") {
    return [{ calendar: target.calendar, members: { certain: [], possible: [target.member] } }];
  }
  // The RFC's default of 0 would select nothing: a query without the header means the members, and so does Windows with its 0.
  const meant = depth === null || (depth === "0" && isWindowsClient(request)) ? "1" : depth;
  return calendarsInScope(target, meant, context).map(({ calendar }) => {
    const { certain, possible } = context.store.candidates(calendar.calendarId, query);
    return {
      calendar,
      members: isExact ? { certain, possible } : { certain: [], possible: [...certain, ...possible] },
    };
  });
}

interface Match {
  readonly member: MemberMetadata;
  readonly ical: string | undefined;
  readonly object: CalendarObject | undefined;
}

async function select(
  { certain, possible }: Members,
  filter: CompFilter,
  zone: Zone,
  { calendarId }: CalendarCollection,
  { store }: CalDavContext,
  withData: boolean,
): Promise<readonly Match[]> {
  const matches: Match[] = [];
  if (withData) {
    const opened = await store.open(
      calendarId,
      certain.map(({ name }) => name),
    );
    for (const member of opened) {
      // Opening waits, so another request may have deleted it since the index was read.
      if (member !== undefined) matches.push({ member, ical: member.ical, object: undefined });
    }
  } else for (const member of certain) matches.push({ member, ical: undefined, object: undefined });
  const doubtful = await store.open(
    calendarId,
    possible.map(({ name }) => name),
  );
  for (const member of doubtful) {
    if (member === undefined) continue;
    const object = readCalendarObject(member.ical);
    if (object.ok && matchesFilter(object.value, filter, zone)) {
      matches.push({ member, ical: member.ical, object: object.value });
    }
  }
  return matches;
}
