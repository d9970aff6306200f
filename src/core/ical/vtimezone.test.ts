// Compact VTIMEZONEs read back: the zone and its VTIMEZONE agree on both sides of every transition of the span.

import { describe, expect, it } from "vitest";
import { parseDateTime } from "./civil.ts";
import { zoneOfVTimezone } from "./vtimezone-zone.ts";
import { compactVTimezone } from "./vtimezone.ts";
import { ianaZone, ianaZoneNames, UTC } from "./zone.ts";
import type { Zone } from "./zone.ts";

function utcMs(text: string): number {
  const value = parseDateTime(text);
  if (value === null) throw new Error(`not a time: ${text}`);
  return value.civil;
}

function zoneNamed(name: string): Zone {
  const zone = ianaZone(name);
  if (zone === undefined) throw new Error(`${name} is missing`);
  return zone;
}

/** How many transitions were compared. */
function expectSameIn(zone: Zone, from: number, to: number): number {
  const read = zoneOfVTimezone(zone.id, compactVTimezone(zone, from, to));
  if (read === undefined) throw new Error(`${zone.id} does not read back`);
  let compared = 0;
  let observance = zone.observanceAt(from);
  for (const at of [from, to])
    if (read.offsetAt(at) !== zone.offsetAt(at)) throw new Error(`${zone.id} differs at ${at}`);
  while (observance.ends <= to) {
    const at = observance.ends;
    for (const instant of [at - 1, at, at + 3_600_000]) {
      if (instant < from || instant > to) continue;
      if (read.offsetAt(instant) !== zone.offsetAt(instant)) {
        throw new Error(
          `${zone.id} differs at ${instant}: ${read.offsetAt(instant)} is not ${zone.offsetAt(instant)}`,
        );
      }
    }
    if (read.observanceAt(at).name !== zone.observanceAt(at).name)
      throw new Error(`${zone.id} has another name at ${at}`);
    compared += 1;
    observance = zone.observanceAt(at);
  }
  return compared;
}

describe("a compact VTIMEZONE read back equals its zone", () => {
  it.each([
    ["20260101T000000Z", "20270101T000000Z", 300],
    ["20260715T120000Z", "20260715T130000Z", 0],
    ["20050101T000000Z", "20300101T000000Z", 10_000],
    ["18800101T000000Z", "19190101T000000Z", 500],
    ["19110101T000000Z", "19500101T000000Z", 4_000],
    ["19980101T000000Z", "20370101T000000Z", 15_000],
    ["19500101T000000Z", "19890101T000000Z", 10_000],
    ["20260101T000000Z", "20650101T000000Z", 10_000],
  ])("for every zone from %s to %s", (from, to, least) => {
    let compared = 0;
    for (const name of ianaZoneNames()) compared += expectSameIn(zoneNamed(name), utcMs(from), utcMs(to));
    expect(compared).toBeGreaterThanOrEqual(least);
  });
});

describe("the form of a compact VTIMEZONE", () => {
  it("has one endless rule for summer and one for winter where the zone has", () => {
    expect(
      compactVTimezone(zoneNamed("Europe/Berlin"), utcMs("20260115T080000Z"), utcMs("20261215T080000Z")),
    ).toEqual([
      "vtimezone",
      [["tzid", {}, "text", "Europe/Berlin"]],
      [
        [
          "standard",
          [
            ["dtstart", {}, "date-time", "2025-10-26T03:00:00"],
            ["tzoffsetfrom", {}, "utc-offset", "+02:00"],
            ["tzoffsetto", {}, "utc-offset", "+01:00"],
            ["tzname", {}, "text", "CET"],
            ["rrule", {}, "recur", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"],
          ],
          [],
        ],
        [
          "daylight",
          [
            ["dtstart", {}, "date-time", "2026-03-29T02:00:00"],
            ["tzoffsetfrom", {}, "utc-offset", "+01:00"],
            ["tzoffsetto", {}, "utc-offset", "+02:00"],
            ["tzname", {}, "text", "CEST"],
          ],
          [],
        ],
      ],
    ]);
  });

  it("has the single onset of a single meeting", () => {
    const at = utcMs("20260715T080000Z");
    const [, , components] = compactVTimezone(zoneNamed("America/New_York"), at, at + 3_600_000);
    expect(components).toHaveLength(1);
    expect(components[0]?.[0]).toBe("daylight");
  });

  it("stays one plain onset for a zone that never changes", () => {
    expect(compactVTimezone(UTC, utcMs("20260101T000000Z"), utcMs("20270101T000000Z"))[2]).toEqual([
      [
        "standard",
        [
          ["dtstart", {}, "date-time", "1970-01-01T00:00:00"],
          ["tzoffsetfrom", {}, "utc-offset", "+00:00"],
          ["tzoffsetto", {}, "utc-offset", "+00:00"],
          ["tzname", {}, "text", "UTC"],
        ],
        [],
      ],
    ]);
  });

  it("calls Dublin's summer daylight time", () => {
    const [, , components] = compactVTimezone(
      zoneNamed("Europe/Dublin"),
      utcMs("20260101T000000Z"),
      utcMs("20300101T000000Z"),
    );
    const kinds = components.map(([kind, properties]) => [
      kind,
      properties.find(([name]) => name === "tzname")?.[3],
    ]);
    expect(kinds).toEqual([
      ["standard", "GMT"],
      ["daylight", "IST"],
    ]);
  });

  it("does not need a whole future for an endless span", () => {
    const [, , components] = compactVTimezone(zoneNamed("Africa/Cairo"), utcMs("20260101T000000Z"), Infinity);
    expect(components.length).toBeLessThanOrEqual(3);
  });
});
