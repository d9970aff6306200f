// PUT of a calendar object resource (RFC 4791 5.3.2, RFC 4918 9.7): validated before anything is touched, stored octet for octet,
// answered with a strong entity tag (5.3.4) and, on request, with the representation (RFC 8144 3).

import { precondition, type Failure } from "../../core/failure.ts";
import { readCalendarObject, type CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { checkObjectLimits } from "../../core/ical/object-limits.ts";
import { checkReadableRules } from "../../core/ical/readable-rules.ts";
import type { CalendarCollection } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readCalendarBody } from "../body.ts";
import { stateCheckOf } from "../conditions.ts";
import { calendarHref, encodeSegment, homeHref } from "../href.ts";
import { applied, type Exchange, type Outcome } from "./exchange.ts";
import { memberHeaders } from "./get.ts";

interface Place {
  readonly calendar: CalendarCollection;
  readonly name: string;
}

export async function put(exchange: Exchange): Outcome {
  const { request, context, preferences, target } = exchange;
  const { store, maxima } = context;
  const place = placeOf(target, maxima.resourceNameBytesMax);
  if (!place.ok) return place;
  const { calendar, name } = place.value;
  const check = stateCheckOf(request, store, target);
  if (!check.ok) return check;
  // Asked early to spare a large body its way; asked again inside the transaction.
  const refused = check.value(target.kind === "member" ? target.member : undefined);
  if (refused !== undefined) return failedCondition(exchange, place.value, refused);
  const body = await readCalendarBody(request, maxima.resourceBytesMax);
  if (!body.ok) return body;
  const object = acceptable(body.value, calendar, exchange);
  if (!object.ok) return object;
  const { calendarId } = calendar;
  const outcome = await store.put({
    calendarId,
    name,
    object: object.value,
    check: check.value,
    actor: context.actor,
  });
  if (!outcome.ok) {
    const failure = withHref(outcome.error, store.principal().slug);
    return failedCondition(exchange, place.value, failure);
  }
  const { created, etag, scheduleTag } = outcome.value;
  if (preferences.representation) {
    return ok(await representation(exchange, place.value, created ? 201 : 200));
  }
  const headers = new Headers({ etag: `"${etag}"` });
  if (scheduleTag !== null) headers.set("schedule-tag", `"${scheduleTag}"`);
  return ok(new Response(null, { status: created ? 201 : 204, headers }));
}

function placeOf(target: Exchange["target"], bytesMax: number): Result<Place, Failure> {
  if (target.kind === "member") return ok({ calendar: target.calendar, name: target.member.name });
  if (target.kind === "free-member") {
    if (new TextEncoder().encode(target.name).byteLength > bytesMax) {
      return err({ kind: "forbidden", reason: `A resource name may have at most ${bytesMax} bytes.` });
    }
    return ok({ calendar: target.calendar, name: target.name });
  }
  if (target.kind === "free-calendar") {
    return err({
      kind: "forbidden",
      reason: "Objects can be stored inside a calendar only, not in the home.",
    });
  }
  // RFC 4918 9.7.1.
  return err({ kind: "conflict", reason: "There is no calendar at the parent of this URL." });
}

function acceptable(
  text: string,
  calendar: CalendarCollection,
  { context }: Exchange,
): Result<CalendarObject, Failure> {
  const object = readCalendarObject(text);
  if (!object.ok) return object;
  const { component } = object.value;
  if (!calendar.components.includes(component)) {
    const reason = `This calendar takes ${calendar.components.join(", ")}, not ${component}.`;
    return err(precondition("supported-calendar-component", reason));
  }
  const readable = checkReadableRules(object.value);
  return readable.ok ? checkObjectLimits(object.value, context.maxima) : readable;
}

/** The store knows slugs and names; clients know URLs. */
function withHref(failure: Failure, user: string): Failure {
  if (failure.kind !== "precondition" || failure.href === undefined) return failure;
  const slash = failure.href.indexOf("/");
  const calendar = failure.href.slice(0, slash);
  const href =
    slash < 0 ? homeHref(user) : calendarHref(user, calendar) + encodeSegment(failure.href.slice(slash + 1));
  return precondition(failure.clause, failure.reason, href);
}

/** RFC 8144 3.2: a failed condition can carry what is there now, sparing the client a GET. */
async function failedCondition(exchange: Exchange, place: Place, failure: Failure): Outcome {
  if (failure.kind !== "precondition-failed" || !exchange.preferences.representation) return err(failure);
  const exists = exchange.context.store.member(place.calendar.calendarId, place.name) !== undefined;
  return exists ? ok(await representation(exchange, place, 412)) : err(failure);
}

async function representation(
  { context, preferences, target }: Exchange,
  { calendar, name }: Place,
  status: 200 | 201 | 412,
): Promise<Response> {
  const [member] = await context.store.open(calendar.calendarId, [name]);
  if (member === undefined) return new Response(null, { status: status === 200 ? 204 : status });
  const headers = memberHeaders(member);
  headers.set("content-location", target.href);
  return applied(new Response(member.ical, { status, headers }), preferences, ["return=representation"]);
}
