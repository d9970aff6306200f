// Every file of the corpus of real and hostile calendars (ics/MANIFEST.tsv): read, judged, and written again without loss.
// ical.js 2.2.1 is the second opinion on the parsed form.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ICAL from "ical.js";
import { describe, expect, it, vi } from "vitest";
import { readCalendarObject } from "./calendar-object-resource.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { parseCalendar } from "./parse.ts";
import { serializeCalendar } from "./serialize.ts";

// A busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

const folder = join(process.env["SHARED_DIR"] ?? "../shared", "corpus/ics");
const isHere = existsSync(join(folder, "MANIFEST.tsv"));
if (!isHere) console.log(`skipped: no corpus in ${folder} (SHARED_DIR)`);

interface Entry {
  readonly path: string;
  readonly verdict: "valid" | "nonconformant" | "malformed";
  readonly malformed: string;
  /** null: not UTF-8, which the HTTP layer refuses before anything is read. */
  readonly text: string | null;
  readonly isStrictlyRead: boolean;
}

function entries(): readonly Entry[] {
  const lines = readFileSync(join(folder, "MANIFEST.tsv"), "utf8").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [path = "", , , , , , strict = "", , features = ""] = line.split("\t");
    const malformed = /malformed\(([^)]*)\)/.exec(features)?.[1] ?? "";
    const verdict =
      malformed !== "" ? "malformed" : features.includes("nonconformant(") ? "nonconformant" : "valid";
    let text: string | null = null;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        readFileSync(join(folder, path)),
      );
    } catch {
      text = null;
    }
    return { path, verdict, malformed, text, isStrictlyRead: strict === "ok" };
  });
}

function outcomeOf(entry: Entry): string {
  if (entry.text === null) return "not UTF-8";
  const result = readCalendarObject(entry.text);
  if (result.ok) return "accepted";
  return result.error.kind === "precondition" ? result.error.clause : result.error.kind;
}

/** The manifest's own reader stumbles over a quoted TZID with a colon or over text behind END:VCALENDAR; both are read. */
const acceptedAgainstManifest = [
  "arran4@golang-ical/testdata/issue97/thunderbird.ics_disabled.ics",
  "jens-maus@node-ical/test/fixtures/music-school-weekly-until.ics",
  "jens-maus@node-ical/test/fixtures/windows-quoted-tz-rrule.ics",
  "sabre-io@vobject/tests/VObject/ITip/BrokerAttendeeReplyTest.php#3.ics",
  "sabre-io@vobject/tests/VObject/ITip/BrokerAttendeeReplyTest.php#4.ics",
  "sabre-io@vobject/tests/VObject/ITip/BrokerProcessReplyTest.php#6.ics",
  "sabre-io@vobject/tests/VObject/ITip/BrokerProcessReplyTest.php#7.ics",
  "stalwartlabs@calcard/resources/ical/021.ics",
  "stalwartlabs@calcard/resources/ical/027.ics",
  "stalwartlabs@calcard/resources/ical/145.ics",
  "stalwartlabs@calcard/resources/jscalendar/007_date.txt#1.ics",
];

/** Reasons that refuse a file although the manifest finds no fault with it: it did not look at this. */
const faultsTheManifestDoesNotKnow: readonly (readonly [name: string, reason: RegExp])[] = [
  ["no DTSTART in a VEVENT", /A VEVENT has no DTSTART/],
  [
    "a line that is none (RFC errata, escapes in parameters)",
    /^A parameter of (ATTENDEE|RECURRENCE-ID) has no name or no value\.$/,
  ],
  ["an open quote", /^The parameter CN has no closing quote\.$/],
  ["a control character", /control character U\+000C/],
  ["an impossible date or time", /^(DTSTAMP|DTSTART|RDATE) of a VEVENT is not a valid value/],
  ["an impossible duration", /^DURATION of a VEVENT is not a valid value: (P9{18}W|PT1W)$/],
];

describe.skipIf(!isHere)("the corpus", () => {
  const all = isHere ? entries() : [];

  it("is looked at whole", () => {
    expect(all.length).toBeGreaterThanOrEqual(1_898);
    expect(all.filter((entry) => entry.text === null)).toHaveLength(12);
  });

  it("is judged as RFC 4791 4.1 and 5.3.2.1 say, and every deviation from the manifest has a name", () => {
    const tally = new Map<string, number>();
    const count = (key: string): void => void tally.set(key, (tally.get(key) ?? 0) + 1);
    const acceptedMalformed: string[] = [];
    const unexplained: string[] = [];
    for (const entry of all) {
      const outcome = outcomeOf(entry);
      count(`${entry.verdict}: ${outcome}`);
      if (entry.verdict === "malformed") {
        if (outcome === "accepted") acceptedMalformed.push(entry.path);
        continue;
      }
      if (outcome === "accepted" || entry.text === null) continue;
      const result = readCalendarObject(entry.text);
      const reason = result.ok ? "" : result.error.reason;
      if (outcome === "valid-calendar-object-resource") {
        const name =
          /METHOD|several UIDs|mixes|no UID|no calendar component|more than one VCALENDAR|no RECURRENCE-ID/.exec(
            reason,
          )?.[0];
        if (name === undefined) unexplained.push(`${entry.path}: ${reason}`);
        else count(`  not one object resource: ${name}`);
      } else {
        const known = faultsTheManifestDoesNotKnow.find(([, pattern]) => pattern.test(reason));
        if (known === undefined) unexplained.push(`${entry.path}: ${reason}`);
        else count(`  not valid data: ${known[0]}`);
      }
    }
    console.log([...tally].map(([key, value]) => `${String(value).padStart(5)} ${key}`).join("\n"));
    expect(unexplained).toEqual([]);
    expect(acceptedMalformed.toSorted()).toEqual(acceptedAgainstManifest);
  });

  it("is written and read again without a difference", () => {
    let compared = 0;
    for (const entry of all) {
      const first = parseCalendar(entry.text ?? "");
      if (!first.ok) continue;
      const text = serializeCalendar(first.value);
      for (const line of text.split("\r\n"))
        expect(Buffer.byteLength(line), entry.path).toBeLessThanOrEqual(75);
      const second = parseCalendar(text);
      expect(second.ok && second.value, entry.path).toEqual(first.value);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(1_600);
  });

  it("reads as ical.js reads, where ical.js reads strictly", () => {
    let compared = 0;
    const different: string[] = [];
    for (const entry of all) {
      if (!entry.isStrictlyRead || entry.text === null) continue;
      const ours = parseCalendar(entry.text);
      if (!ours.ok) continue;
      let theirs: unknown;
      try {
        theirs = ICAL.parse(entry.text);
      } catch {
        continue;
      }
      compared += 1;
      if (JSON.stringify(comparable(ours.value)) !== JSON.stringify(comparable(theirs as JCalComponent))) {
        different.push(entry.path);
      }
    }
    console.log(`equal to ical.js: ${compared - different.length} of ${compared}`);
    expect(compared).toBeGreaterThan(1_300);
    // A trigger and a year that are none, quotes in a list.
    expect(different).toEqual([
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_186_invalid_trigger.ics",
      "stalwartlabs@calcard/resources/ical/152.ics",
      "stalwartlabs@calcard/resources/ical/210.ics",
    ]);
  });
});

/**
 * Without what is kept differently on purpose: rules, numbers and other values that are not canonical stay raw text; a date is told by its text
 * and not by VALUE; newer properties have a type; parameters are lists where they are written as lists and have no backslash escapes.
 */
function comparable(component: JCalComponent): unknown {
  const properties = component[1].map(([name, parameters, type, ...values]: JCalProperty) => {
    const isTime = ["date", "date-time", "other"].includes(type);
    const isLoose =
      type === "recur" || name.startsWith("x-") || ["geo", "acknowledged", "sequence", "name"].includes(name);
    return [
      name,
      Object.entries(parameters)
        .filter(([key]) => !key.startsWith("x-") && key !== ";value" && key !== "reltype")
        .map(([key, value]) => [key, key === "cn" ? "" : String(value).replace(/\\n|\n|\\/g, "")]),
      isLoose ? "any" : isTime ? values.map((value) => String(value).slice(0, 4)) : values.map(String),
    ];
  });
  return [component[0].trim(), properties, component[2].map(comparable)];
}
