// TZIDs as calendars write them. Rows: "tzid-observed-non-iana-open.tsv", collected from public files; Windows names: CLDR.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDateTime } from "./civil.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { resolveTzid } from "./tzid.ts";
import { compactVTimezone } from "./vtimezone.ts";
import { ianaZone, UTC } from "./zone.ts";

const folder = join(process.env["SHARED_DIR"] ?? "../shared", "tz");
const observedFile = join(folder, "tzid-observed-non-iana-open.tsv");
const windowsFile = join(folder, "windows-to-iana-cldr48.json");

/** What each observed name means without a VTIMEZONE. Names that are absent here mean nothing. */
const OBSERVED: Readonly<Record<string, string>> = {
  "US-Eastern": "America/New_York",
  "W. Europe Standard Time": "Europe/Berlin",
  "Western/Central Europe": "Europe/Berlin",
  "American/New_York": "America/New_York",
  Eastern: "America/New_York",
  "Pacific Standard Time": "America/Los_Angeles",
  "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris": "Europe/Paris",
  "(GMT +01:00)": "Etc/GMT-1",
  "Eastern Standard Time": "America/New_York",
  "America-Chicago": "America/Chicago",
  "(UTC-05:00) Eastern Time (US and Canada)": "America/New_York",
  "Tokyo Standard Time": "Asia/Tokyo",
  "Central Standard Time": "America/Chicago",
  "(UTC-03:00) Brasília": "America/Sao_Paulo",
  "/Europe/Stockholm": "Europe/Stockholm",
  "America/New_york": "America/New_York",
  "GMT Standard Time": "Europe/London",
  "(UTC+07:00) Bangkok, Hanoi, Jakarta": "Asia/Bangkok",
  "Europe/Germany": "Europe/Berlin",
  "TZID=Europe/Germany": "Europe/Berlin",
  "W. Europe Standard Time:20200609T090000": "Europe/Berlin",
  "Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris, Prague, Stockholm": "Europe/Berlin",
  America_New_York: "America/New_York",
  Europe_London: "Europe/London",
  America_Bogota: "America/Bogota",
  Europe_Amsterdam: "Europe/Amsterdam",
  IndianReunion: "Indian/Reunion",
  Europe_Berlin: "Europe/Berlin",
  "Pacific Time (US & Canada), Tijuana": "America/Los_Angeles",
  "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin": "Europe/Berlin",
  "Canberra, Melbourne, Sydney": "Australia/Sydney",
  "/freeassociation.sourceforge.net/Tzfile/America/Toronto": "America/Toronto",
  "posix/Europe/Vaduz": "Europe/Vaduz",
  "UTC+11": "Etc/GMT-11",
  "/mozilla.org/20070129_1/America/New_York": "America/New_York",
  "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "/freeassociation.sourceforge.net/Europe/Berlin": "Europe/Berlin",
  "Greenwich Standard Time": "Atlantic/Reykjavik",
  "/mozilla.org/20050126_1/America/Boise": "America/Boise",
  "/mozilla.org/20070129_1/Europe/Berlin": "Europe/Berlin",
  "W. Australia Standard Time": "Australia/Perth",
  "eastern standard time": "America/New_York",
  "us-eastern": "America/New_York",
  "(UTC-05:00) Eastern Time (US & Canada)": "America/New_York",
  "(GMT+10:00) Canberra, Melbourne, Sydney": "Australia/Sydney",
  "UTC+01": "Etc/GMT-1",
  "/America/New_York": "America/New_York",
  "GMT-05.00/-04.00": "America/New_York",
  "New Zealand Standard Time": "Pacific/Auckland",
  "Berlin/Europe": "Europe/Berlin",
  Екатеринбург: "Asia/Yekaterinburg",
  "Sarajevo, Skopje, Sofija, Vilnius, Warsaw, Zagreb": "Europe/Warsaw",
  "/freeassociation.sourceforge.net/Tzfile/Europe/Ljubljana": "Europe/Ljubljana",
  "/freeassociation.sourceforge.net/Tzfile/SystemV/EST5EDT": "EST5EDT",
  "(GMT-03:00)": "Etc/GMT+3",
  "/softwarestudio.org/Olson_20011030_5/America/Chicago": "America/Chicago",
  "/softwarestudio.org/Olson_20011030_5/America/New_York": "America/New_York",
  "/softwarestudio.org/Olson_20011030_5/Pacific/Auckland": "Pacific/Auckland",
  "Kuala Lumpur, Singapore": "Asia/Singapore",
  "/softwarestudio.org/Tzfile/America/Chicago": "America/Chicago",
  "Arabian Standard Time": "Asia/Dubai",
};

function utcMs(text: string): number {
  const value = parseDateTime(text);
  if (value === null) throw new Error(`not a time: ${text}`);
  return value.civil;
}

function calendarOf(...components: JCalComponent[]): JCalComponent {
  return ["vcalendar", [], components];
}

function observance(
  kind: string,
  dtstart: string,
  from: string,
  to: string,
  ...more: JCalProperty[]
): JCalComponent {
  return [
    kind,
    [
      ["dtstart", {}, "date-time", dtstart],
      ["tzoffsetfrom", {}, "utc-offset", from],
      ["tzoffsetto", {}, "utc-offset", to],
      ...more,
    ],
    [],
  ];
}

function vtimezone(
  tzid: string,
  properties: readonly JCalProperty[],
  ...observances: JCalComponent[]
): JCalComponent {
  return ["vtimezone", [["tzid", {}, "text", tzid], ...properties], observances];
}

function rrule(text: string): JCalProperty {
  return ["rrule", {}, "recur", text];
}

/** As Outlook writes Western Europe. */
const OUTLOOK = [
  observance(
    "standard",
    "1601-01-01T03:00:00",
    "+02:00",
    "+01:00",
    rrule("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
  ),
  observance(
    "daylight",
    "1601-01-01T02:00:00",
    "+01:00",
    "+02:00",
    rrule("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
  ),
];

describe.skipIf(!existsSync(observedFile))("every TZID observed in public files", () => {
  it("is read as listed, with nothing but its name", () => {
    const rows = readFileSync(observedFile, "utf8").split("\n").slice(1, -1);
    expect(rows.length).toBeGreaterThan(95);
    const tzids = rows.map((row) => row.split("\t")[0] ?? "");
    const read = tzids.map((tzid) => [tzid, resolveTzid(tzid, null)?.id]);
    expect(read).toEqual(tzids.map((tzid) => [tzid, OBSERVED[tzid]]));
  });
});

describe.skipIf(!existsSync(windowsFile))("Windows names", () => {
  it("are those of CLDR", () => {
    const names: Record<string, string> = JSON.parse(readFileSync(windowsFile, "utf8"));
    expect(Object.keys(names).length).toBeGreaterThan(130);
    for (const [name, iana] of Object.entries(names)) {
      expect(resolveTzid(name, null), name).toBe(name === "UTC" ? UTC : ianaZone(iana));
    }
  });
});

describe("the order of resolution", () => {
  it.each([
    ["Europe/Berlin", "Europe/Berlin"],
    ["US/Pacific", "US/Pacific"],
    ["EUROPE/BERLIN", "Europe/Berlin"],
    ["Europe/Berlin  ", "Europe/Berlin"],
    ['"Europe/Berlin"', "Europe/Berlin"],
    ["w. europe standard time", "Europe/Berlin"],
    ["(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"],
    ["(UTC+05:30) Some new city", "(UTC+05:30) Some new city"],
  ])("%j is %s", (tzid, id) => {
    expect(resolveTzid(tzid, null)?.id).toBe(id);
  });

  it("prefers a name that is known over the VTIMEZONE of that name", () => {
    const wrong = vtimezone(
      "Europe/Berlin",
      [],
      observance("standard", "1970-01-01T00:00:00", "+05:00", "+05:00"),
    );
    expect(resolveTzid("Europe/Berlin", calendarOf(wrong))).toBe(ianaZone("Europe/Berlin"));
  });

  it("takes X-LIC-LOCATION", () => {
    const located = vtimezone("custom", [["x-lic-location", {}, "text", "Asia/Tokyo"]], ...OUTLOOK);
    expect(resolveTzid("custom", calendarOf(located))).toBe(ianaZone("Asia/Tokyo"));
  });

  it("recognises the offsets of a zone under a name of its own", () => {
    expect(
      resolveTzid("Customized Time Zone", calendarOf(vtimezone("Customized Time Zone", [], ...OUTLOOK))),
    ).toBe(ianaZone("Europe/Berlin"));
  });

  it.each([
    "America/New_York",
    "America/Chicago",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Europe/London",
  ])("recognises %s in a VTIMEZONE of ours under another name", (name) => {
    const zone = ianaZone(name);
    if (zone === undefined) throw new Error(name);
    const [, , observances] = compactVTimezone(zone, utcMs("20200101T000000Z"), Infinity);
    expect(resolveTzid("My own", calendarOf(vtimezone("My own", [], ...observances)))?.id).toBe(name);
  });

  it("evaluates the VTIMEZONE's own rules where no zone is like it, with UNTIL and RDATE", () => {
    const own = vtimezone(
      "Nowhere/Middle",
      [],
      observance(
        "standard",
        "2000-10-29T02:00:00",
        "+04:45",
        "+03:45",
        rrule("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
      ),
      observance(
        "daylight",
        "2000-03-26T02:00:00",
        "+03:45",
        "+04:45",
        rrule("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20260328T221500Z"),
      ),
      observance("daylight", "2027-04-04T02:00:00", "+03:45", "+04:45", [
        "rdate",
        {},
        "date-time",
        "2027-04-04T02:00:00",
        "2028-04-02T02:00:00",
      ]),
    );
    const zone = resolveTzid("Nowhere/Middle", calendarOf(own));
    const minutes = (text: string): number => (zone?.offsetAt(utcMs(text)) ?? Number.NaN) / 60_000;
    expect(zone?.id).toBe("Nowhere/Middle");
    expect(minutes("19990701T000000Z")).toBe(225);
    expect(minutes("20050701T000000Z")).toBe(285);
    expect(minutes("20260328T221459Z")).toBe(225);
    expect(minutes("20260328T221500Z")).toBe(285);
    expect(minutes("20270403T221459Z")).toBe(225);
    expect(minutes("20270403T221500Z")).toBe(285);
    expect(minutes("20280701T000000Z")).toBe(285);
    expect(minutes("20290701T000000Z")).toBe(225);
    expect(minutes("25000701T000000Z")).toBe(225);
    expect(zone?.toUtc(utcMs("20270404T023000Z"))).toBe(utcMs("20270403T224500Z"));
  });

  it("follows endless rules beyond any table", () => {
    const odd = OUTLOOK.map(([kind, properties]): JCalComponent => [
      kind,
      properties.map((property): JCalProperty => {
        const value = property[3];
        return property[2] === "utc-offset" && typeof value === "string"
          ? [property[0], {}, "utc-offset", value.replace(":00", ":07")]
          : property;
      }),
      [],
    ]);
    const zone = resolveTzid("odd", calendarOf(vtimezone("odd", [], ...odd)));
    expect((zone?.offsetAt(utcMs("29990701T000000Z")) ?? 0) / 60_000).toBe(127);
    expect((zone?.offsetAt(utcMs("29990101T000000Z")) ?? 0) / 60_000).toBe(67);
  });

  it.each([
    ["a missing VTIMEZONE", calendarOf()],
    ["a VTIMEZONE without observances", calendarOf(vtimezone("foo", []))],
    [
      "an observance without offsets",
      calendarOf(
        vtimezone("foo", [], ["standard", [["dtstart", {}, "date-time", "1970-01-01T00:00:00"]], []]),
      ),
    ],
    [
      "a rule that never ends",
      calendarOf(
        vtimezone(
          "foo",
          [],
          observance("standard", "1970-01-01T00:00:00", "+01:00", "+02:00", rrule("FREQ=SECONDLY")),
        ),
      ),
    ],
  ])("knows nothing from %s", (_, calendar) => {
    expect(resolveTzid("foo", calendar)).toBeUndefined();
  });
});
