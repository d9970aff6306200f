// Conditional requests: If-Match, If-None-Match (RFC 9110 13.1), If-Schedule-Tag-Match (RFC 6638 3.2.10) and If (RFC 4918 10.4),
// compiled into one check that a write runs inside its transaction.

import type { Failure } from "../core/failure.ts";
import type { CalendarReader, MemberMetadata, StateCheck } from "../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../core/result.ts";
import { entityTags, type EntityTag } from "./headers.ts";
import { holds, parseIf, type ResourceState } from "./if-header.ts";
import { targetOfHref } from "./resources/locate.ts";
import type { Target } from "./resources/resource.ts";
import { syncTokenOfCalendar, syncTokenOfHome } from "./sync-token.ts";

type Tags = "*" | readonly EntityTag[] | null;

function header(request: Request, name: string): Result<Tags, Failure> {
  const value = request.headers.get(name);
  if (value === null) return ok(null);
  const tags = entityTags(value);
  return tags === undefined ? err({ kind: "bad-request", reason: `${name} is malformed.` }) : ok(tags);
}

function failed(reason: string): Failure {
  return { kind: "precondition-failed", reason };
}

/** If-Match: strong comparison (RFC 9110 8.8.3.2). */
function matchesStrongly(tags: "*" | readonly EntityTag[], current: string | null): boolean {
  if (current === null) return false;
  return tags === "*" || tags.some(({ weak, tag }) => !weak && tag === current);
}

/** If-None-Match: weak comparison. */
export function matchesWeakly(tags: "*" | readonly EntityTag[], current: string | null): boolean {
  if (current === null) return false;
  return tags === "*" || tags.some(({ tag }) => tag === current);
}

export function stateCheckOf(
  request: Request,
  store: CalendarReader,
  target: Target,
): Result<StateCheck, Failure> {
  const ifMatch = header(request, "if-match");
  if (!ifMatch.ok) return ifMatch;
  const ifNoneMatch = header(request, "if-none-match");
  if (!ifNoneMatch.ok) return ifNoneMatch;
  const ifScheduleTag = header(request, "if-schedule-tag-match");
  if (!ifScheduleTag.ok) return ifScheduleTag;
  const lists = ifLists(request);
  if (!lists.ok) return lists;
  return ok((current) => {
    if (ifMatch.value !== null && !matchesStrongly(ifMatch.value, current?.etag ?? null)) {
      return failed("If-Match: the resource has changed or does not exist.");
    }
    if (ifNoneMatch.value !== null && matchesWeakly(ifNoneMatch.value, current?.etag ?? null)) {
      return failed("If-None-Match: the resource exists already.");
    }
    if (ifScheduleTag.value !== null && !matchesStrongly(ifScheduleTag.value, current?.scheduleTag ?? null)) {
      return failed("If-Schedule-Tag-Match: the scheduling state has changed.");
    }
    const stateOf = (href: string | null): ResourceState => {
      const named = href === null ? target : targetOfHref(store, href);
      return named?.href === target.href
        ? stateOfTarget(store, target, current)
        : stateOfTarget(store, named);
    };
    if (lists.value !== null && !holds(lists.value, stateOf)) return failed("If: no list holds.");
    return undefined;
  });
}

function ifLists(request: Request) {
  const value = request.headers.get("if");
  if (value === null) return ok(null);
  const lists = parseIf(value);
  return lists.ok ? lists : err<Failure>({ kind: "bad-request", reason: lists.error });
}

function stateOfTarget(
  store: CalendarReader,
  target: Target | undefined,
  current?: MemberMetadata,
): ResourceState {
  switch (target?.kind) {
    case "member":
      return { etag: current?.etag ?? target.member.etag, token: undefined };
    case "calendar":
      return { etag: undefined, token: syncTokenOfCalendar(store, target.calendar) };
    case "home":
      return { etag: undefined, token: syncTokenOfHome(store) };
    case "free-member":
      return { etag: current?.etag, token: undefined };
    case "root":
    case "principals":
    case "principal":
    case "homes":
    case "free-calendar":
    case "nothing":
    case undefined:
      return { etag: undefined, token: undefined };
  }
}

/** Whether a GET may be answered 304: If-None-Match, else If-Modified-Since (RFC 9110 13.2.2). */
export function isNotModified(request: Request, etag: string, lastModifiedMs: number | null): boolean {
  const noneMatch = request.headers.get("if-none-match");
  if (noneMatch !== null) {
    const tags = entityTags(noneMatch);
    return tags !== undefined && matchesWeakly(tags, etag);
  }
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return lastModifiedMs !== null && Math.floor(lastModifiedMs / 1000) * 1000 <= since;
}
