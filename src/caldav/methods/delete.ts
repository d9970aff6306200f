// DELETE (RFC 4918 9.6) of a calendar object, or of a calendar that a client created; which calendars may go, the store decides.

import { err, ok } from "../../core/result.ts";
import { stateCheckOf } from "../conditions.ts";
import { depthOf } from "../headers.ts";
import type { CalendarResource, MemberResource } from "../resources/resource.ts";
import type { Exchange, Outcome } from "./exchange.ts";

export async function deleteResource({
  request,
  context,
  target,
}: Exchange<CalendarResource | MemberResource>): Outcome {
  const { store, actor } = context;
  const check = stateCheckOf(request, store, target);
  if (!check.ok) return check;
  const { calendarId } = target.calendar;
  if (target.kind === "member") {
    const outcome = await store.delete({ calendarId, name: target.member.name, check: check.value, actor });
    return outcome.ok ? ok(new Response(null, { status: 204 })) : outcome;
  }
  const depth = depthOf(request);
  if (depth === "0" || depth === "1" || depth === undefined) {
    // RFC 4918 9.6.1: a collection goes as a whole.
    return err({ kind: "bad-request", reason: "DELETE of a collection has Depth infinity." });
  }
  // If-Match with an entity tag cannot hold on a collection, which has none; `*` asks for its existence.
  const ifMatch = request.headers.get("if-match")?.trim();
  const refused = ifMatch === "*" ? undefined : check.value(undefined);
  if (refused !== undefined) return err(refused);
  const outcome = await store.deleteCollection(calendarId, actor);
  return outcome.ok ? ok(new Response(null, { status: 204 })) : outcome;
}
