// URLs of the CalDAV tree: from a path to a location and back (caldav.md, layout of URLs). Knows no storage.

import { err, ok, type Result } from "../core/result.ts";

/** Where a path points, before anyone has looked whether something is there. */
export type Location =
  | { readonly kind: "root" }
  | { readonly kind: "principals" }
  | { readonly kind: "principal"; readonly user: string }
  | { readonly kind: "homes" }
  | { readonly kind: "home"; readonly user: string }
  | { readonly kind: "calendar"; readonly user: string; readonly calendar: string }
  | { readonly kind: "member"; readonly user: string; readonly calendar: string; readonly name: string }
  | { readonly kind: "nowhere" };

export const ROOT = "/dav/";
export const PRINCIPALS = "/dav/principals/";
export const HOMES = "/dav/calendars/";

// `@` and the sub-delimiters stay as they are: vdirsyncer 0.19 compares hrefs as text (checklist O1).
const PLAIN = /^[A-Za-z0-9\-._~!$'()*+,=:@]*$/;

export function encodeSegment(segment: string): string {
  if (PLAIN.test(segment)) return segment;
  return encodeURIComponent(segment.toWellFormed()).replace(/%(24|2B|2C|3A|3D|40)/g, decodeURIComponent);
}

export function principalHref(user: string): string {
  return `${PRINCIPALS}${encodeSegment(user)}/`;
}

export function homeHref(user: string): string {
  return `${HOMES}${encodeSegment(user)}/`;
}

export function calendarHref(user: string, calendar: string): string {
  return `${homeHref(user)}${encodeSegment(calendar)}/`;
}

export function memberHref(user: string, calendar: string, name: string): string {
  return calendarHref(user, calendar) + encodeSegment(name);
}

/** Reads a path. Doubled slashes count once; a missing one at the end of a collection does not matter. */
export function locate(path: string): Result<Location, string> {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "") continue;
    const decoded = decodeSegment(segment);
    if (decoded === undefined) return err(`the path segment "${segment}" is not valid percent-encoded UTF-8`);
    segments.push(decoded);
  }
  const [first, ...rest] = segments;
  // Apple's set-up probes `/` and `/principals/` beside the well-known path (checklist A2).
  if (first === undefined) return ok({ kind: "root" });
  if (first === "principals") return ok(below("principals", rest));
  if (first !== "dav") return ok({ kind: "nowhere" });
  const [second, ...others] = rest;
  if (second === undefined) return ok({ kind: "root" });
  return ok(below(second, others));
}

function below(folder: string, segments: readonly string[]): Location {
  const [user, calendar, name, ...more] = segments;
  if (more.length > 0) return { kind: "nowhere" };
  if (folder === "principals") {
    if (user === undefined) return { kind: "principals" };
    return calendar === undefined ? { kind: "principal", user } : { kind: "nowhere" };
  }
  if (folder !== "calendars") return { kind: "nowhere" };
  if (user === undefined) return { kind: "homes" };
  if (calendar === undefined) return { kind: "home", user };
  if (name === undefined) return { kind: "calendar", user, calendar };
  return { kind: "member", user, calendar, name };
}

function decodeSegment(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    const decoded = decodeURIComponent(segment);
    return decoded.includes("\u0000") ? undefined : decoded;
  } catch {
    return undefined;
  }
}

/** The path of an href in a body or header: an absolute URL or an absolute path, query and fragment dropped. */
export function pathOfHref(href: string): string | undefined {
  const trimmed = href.trim();
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(trimmed);
  const path = absolute === null ? trimmed : trimmed.slice(absolute[0].length);
  if (!path.startsWith("/")) return undefined;
  return path.replace(/[?#].*$/s, "");
}
