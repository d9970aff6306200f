// Live properties of RFC 4918 15. Those of locking are absent: the server is of classes 1 and 3.

import { ok } from "../../core/result.ts";
import { DAV } from "../xml/names.ts";
import { escapeText } from "../xml/writer.ts";
import { onEvery, property, type Property } from "./property.ts";

/** What a stored object is served as; GET says the same. */
export const OBJECT_TYPE = "text/calendar;charset=utf-8";

function isoDate(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

export const rfc4918: readonly Property[] = [
  property(DAV, "resourcetype", {
    inAllprop: true,
    read: {
      root: () => "<D:collection/>",
      principals: () => "<D:collection/>",
      principal: () => "<D:collection/><D:principal/>",
      homes: () => "<D:collection/>",
      home: () => "<D:collection/>",
      // A stored subscription is fetched by us, so it too is served as a calendar (checklist A17).
      calendar: () => "<D:collection/><C:calendar/>",
      member: () => "",
    },
  }),
  property(DAV, "displayname", {
    inAllprop: true,
    read: {
      root: () => "T-Minus",
      principals: () => "Principals",
      principal: ({ principal }) => escapeText(principal.displayName),
      homes: () => "Calendars",
      home: ({ principal }) => escapeText(principal.displayName),
      calendar: ({ calendar }) => escapeText(calendar.displayName),
    },
    write: {
      calendar: (element) => ok({ displayName: element?.text ?? "" }),
    },
  }),
  property(DAV, "creationdate", {
    inAllprop: true,
    read: {
      calendar: ({ calendar }) => isoDate(calendar.createdAt),
      member: ({ member }) => isoDate(member.createdAt),
    },
  }),
  property(DAV, "getetag", {
    inAllprop: true,
    read: { member: ({ member }) => `"${escapeText(member.etag)}"` },
  }),
  property(DAV, "getcontenttype", {
    inAllprop: true,
    read: { member: () => OBJECT_TYPE },
  }),
  property(DAV, "getcontentlength", {
    inAllprop: true,
    read: { member: ({ member }) => String(member.size) },
  }),
  property(DAV, "getlastmodified", {
    inAllprop: true,
    read: { member: ({ member }) => httpDate(member.updatedAt) },
  }),
  // Class 2 is not offered, so there is nothing to discover and no entry to support (RFC 4918 15.8, 15.10).
  property(DAV, "supportedlock", { inAllprop: true, read: onEvery(() => "") }),
];
