// DAV:sync-collection (RFC 6578) on a calendar, and on the home for its calendars. The collection itself is no member (3.5).
// Depth is ignored: Thunderbird and older Apple clients send 1 (checklist T4).

import { precondition, type Failure } from "../../core/failure.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import { calendarHref, memberHref } from "../href.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus, STATUS_NOT_FOUND, statusElement, statusResponse } from "../multistatus.ts";
import { responseRenderer, type RenderResponse } from "../properties/render.ts";
import { calendarResource } from "../resources/locate.ts";
import type { CalendarResource } from "../resources/resource.ts";
import { revisionOf, syncToken } from "../sync-token.ts";
import { childOf } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import type { ReportExchange } from "./report.ts";

interface SyncRequest {
  /** 0: the initial state. */
  readonly revision: number;
  readonly level: "1" | "infinite";
  readonly limit: number;
}

interface Changes {
  readonly responses: string;
  readonly revision: number;
  readonly truncated: boolean;
}

export async function syncCollection(exchange: ReportExchange): Outcome {
  const { root, context, preferences, target } = exchange;
  const sync = readRequest(root, context, exchange.depth);
  if (!sync.ok) return sync;
  const wanted = wantedBelow(root) ?? { kind: "prop", names: [] };
  const render = responseRenderer(wanted, context, preferences.minimal);
  const changes =
    target.kind === "calendar"
      ? changesOfCalendar(target, sync.value, context, render)
      : changesOfHome(sync.value, context, render);
  if (!changes.ok) return changes;
  const { responses, revision, truncated } = changes.value;
  // RFC 6578 3.6: a truncated answer says so about the collection, and its token continues it.
  const more = truncated
    ? statusResponse(
        target.href,
        statusElement(507),
        "<D:error><D:number-of-matches-within-limits/></D:error>",
      )
    : "";
  const token = `<D:sync-token>${syncToken(context.store, revision)}</D:sync-token>`;
  return ok(applied(multistatus(responses + more + token), preferences, ["return=minimal"]));
}

function readRequest(
  root: XmlElement,
  { store, maxima }: CalDavContext,
  depth: ReportExchange["depth"],
): Result<SyncRequest, Failure> {
  const token = childOf(root, DAV, "sync-token");
  if (token === undefined) return err({ kind: "bad-request", reason: "sync-collection needs a sync-token." });
  const text = token.text.trim();
  const revision = text === "" ? 0 : revisionOf(store, text);
  if (revision === undefined) return err(invalidToken());
  // Drafts before RFC 6578 had no sync-level and used Depth; iOS 6 and older still do.
  const level =
    childOf(root, DAV, "sync-level")?.text.trim().toLowerCase() ?? (depth === "infinity" ? "infinite" : "1");
  if (level !== "1" && level !== "infinite" && level !== "infinity") {
    return err({ kind: "bad-request", reason: "sync-level is 1 or infinite." });
  }
  const limit = childOf(root, DAV, "limit");
  const nresults = limit === undefined ? undefined : childOf(limit, DAV, "nresults")?.text.trim();
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(nresults ?? "")) {
    return err({ kind: "bad-request", reason: "nresults is a positive number." });
  }
  return ok({
    revision,
    level: level === "1" ? "1" : "infinite",
    limit: Math.min(Number(nresults ?? maxima.syncMembersMax), maxima.syncMembersMax),
  });
}

function invalidToken(): Failure {
  return precondition(
    "valid-sync-token",
    "The sync token is not known here: synchronise from the beginning.",
  );
}

function changesOfCalendar(
  { calendar }: CalendarResource,
  { revision, limit }: SyncRequest,
  { store }: CalDavContext,
  render: RenderResponse,
): Result<Changes, Failure> {
  const page = store.changesSince(calendar.calendarId, revision, limit);
  if (page === undefined) return err(invalidToken());
  const { slug } = store.principal();
  let responses = "";
  for (const { name, op } of page.changes) {
    const href = memberHref(slug, calendar.slug, name);
    const member = op === "deleted" ? undefined : store.member(calendar.calendarId, name);
    responses +=
      member === undefined
        ? statusResponse(href, STATUS_NOT_FOUND)
        : render({ kind: "member", href, calendar, member });
  }
  return ok({ responses, revision: page.revision, truncated: page.truncated });
}

/** The home's members are calendars; with an infinite level also what lies in them (RFC 6578 3.3). */
function changesOfHome(
  { revision, level, limit }: SyncRequest,
  context: CalDavContext,
  render: RenderResponse,
): Result<Changes, Failure> {
  const { store } = context;
  const deleted = store.deletedCollectionsSince(revision);
  if (deleted === undefined) return err(invalidToken());
  const { slug } = store.principal();
  const changed = store.collections().filter((calendar) => revision === 0 || calendar.revision > revision);
  let responses = deleted.map((name) => statusResponse(calendarHref(slug, name), STATUS_NOT_FOUND)).join("");
  let count = deleted.length + changed.length;
  for (const calendar of changed) {
    const resource = calendarResource(slug, calendar);
    responses += render(resource);
    if (level === "1") continue;
    const page = store.changesSince(calendar.calendarId, revision, limit);
    if (page === undefined) return err(invalidToken());
    count += page.changes.length;
    if (count > limit || page.truncated) break;
    const inside = changesOfCalendar(resource, { revision, level, limit }, context, render);
    if (!inside.ok) return inside;
    responses += inside.value.responses;
  }
  // Revisions of several calendars interleave, so a page of the home has no token of its own (RFC 6578 3.7).
  if (count > limit) {
    const reason = `More than ${limit} changes: synchronise the calendars one by one, or without a limit.`;
    return err(precondition("number-of-matches-within-limits", reason));
  }
  return ok({ responses, revision: store.revision(), truncated: false });
}
