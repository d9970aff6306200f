// From a TZID as calendars write it to a zone (RFC 5545 3.2.19, RFC 7808 says what a good one is; calendars have others).
// In this order: an IANA name, an alias, either in any case; a Windows name; a name seen in real files; a path that ends in an IANA name
// ("/mozilla.org/20070129_1/Europe/Berlin"); the VTIMEZONE's X-LIC-LOCATION; an IANA zone with the VTIMEZONE's offsets; the VTIMEZONE's own
// rules; an offset spelled out ("UTC+01"). What depends on the TZID alone is kept.

import type { JCalComponent } from "./jcal.ts";
import { ianaOfObserved } from "./tzid-observed.ts";
import { zoneWithSameOffsets } from "./tzid-offsets.ts";
import { ianaOfWindows } from "./tzid-windows.ts";
import { zoneOfVTimezone } from "./vtimezone-zone.ts";
import { fixedZone } from "./zone-clock.ts";
import { ianaSpelling, ianaZone, UTC } from "./zone.ts";
import type { Zone } from "./zone.ts";

const NAMES_MAX = 2_000;
const zonesByTzid = new Map<string, Zone | null>();
const zonesByComponent = new WeakMap<JCalComponent, Zone>();

function byIana(name: string): Zone | undefined {
  const exact = ianaZone(name);
  if (exact !== undefined) return exact;
  const spelling = ianaSpelling(name);
  return spelling === undefined ? undefined : ianaZone(spelling);
}

function byRegister(name: string): Zone | undefined {
  const iana = ianaOfWindows(name) ?? ianaOfObserved(name);
  return byIana(name) ?? (iana === undefined ? undefined : byIana(iana));
}

/** "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "posix/Europe/Vaduz", "/Europe/Stockholm": the longest end that is a name. */
function byPathEnd(name: string): Zone | undefined {
  const segments = name.split("/");
  for (let from = 1; from < segments.length; from++) {
    const zone = byIana(segments.slice(from).join("/"));
    if (zone !== undefined) return zone;
  }
  return undefined;
}

function byName(tzid: string): Zone | undefined {
  const name = tzid
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replace(/^TZID=/i, "")
    // A colon and the value, where a client quoted the whole rest of the line.
    .replace(/:\d{8}T\d{6}Z?$/, "")
    .trim();
  if (name === "") return undefined;
  const display = name.replace(/^\((?:UTC|GMT)[^)]*\)\s*/i, "");
  return (
    byRegister(name) ??
    (display === "" || display === name ? undefined : byRegister(display)) ??
    byPathEnd(name) ??
    // "Europe_Berlin", "America-Chicago"
    byIana(name.replace(/[_-]/, "/"))
  );
}

/** "UTC+01", "(GMT-03:00)", "(GMT +01:00) somewhere": nothing better is known than the offset. */
function bySpelledOffset(tzid: string): Zone | undefined {
  const match = /^\s*\(?(?:UTC|GMT)\s*([+-])(\d{1,2})(?:[:.]?([0-5]\d))?(?:\)|\s*$)/i.exec(tzid);
  if (match === null || Number(match[2]) > 14) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes === 0) return UTC;
  const isWest = match[1] === "-";
  // POSIX signs: Etc/GMT+3 lies three hours west.
  const etc = minutes % 60 === 0 ? ianaZone(`Etc/GMT${isWest ? "+" : "-"}${minutes / 60}`) : undefined;
  return etc ?? fixedZone(tzid, (isWest ? -minutes : minutes) * 60_000, "");
}

function namedZone(tzid: string): Zone | undefined {
  const known = zonesByTzid.get(tzid);
  if (known !== undefined) return known ?? undefined;
  const zone = byName(tzid);
  if (zonesByTzid.size >= NAMES_MAX) zonesByTzid.clear();
  zonesByTzid.set(tzid, zone ?? null);
  return zone;
}

function textOf(component: JCalComponent, name: string): string | null {
  const value = component[1].find((property) => property[0] === name)?.[3];
  return typeof value === "string" ? value : null;
}

function vtimezoneOf(tzid: string, calendar: JCalComponent): JCalComponent | undefined {
  const wanted = tzid.trim();
  return calendar[2].find(
    (component) => component[0] === "vtimezone" && textOf(component, "tzid")?.trim() === wanted,
  );
}

function zoneOfComponent(tzid: string, vtimezone: JCalComponent): Zone | undefined {
  const known = zonesByComponent.get(vtimezone);
  if (known !== undefined) return known;
  const location = textOf(vtimezone, "x-lic-location");
  const located = location === null ? undefined : namedZone(location);
  let zone = located;
  if (zone === undefined) {
    const own = zoneOfVTimezone(tzid, vtimezone);
    zone = own === undefined ? undefined : (zoneWithSameOffsets(own) ?? own);
  }
  if (zone !== undefined) zonesByComponent.set(vtimezone, zone);
  return zone;
}

/** The zone that a TZID means inside `calendar` (a VCALENDAR; null when there is none at hand). */
export function resolveTzid(tzid: string, calendar: JCalComponent | null): Zone | undefined {
  const named = namedZone(tzid);
  if (named !== undefined) return named;
  const vtimezone = calendar === null ? undefined : vtimezoneOf(tzid, calendar);
  const own = vtimezone === undefined ? undefined : zoneOfComponent(tzid, vtimezone);
  return own ?? bySpelledOffset(tzid);
}
