// The instances of every calendar of the corpus beside those that another library computes (expansion.jsonl): a second opinion, not the truth.
// Every difference has a reason; a new one fails.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { formatDate, formatLocal, parseDateTime } from "./civil.ts";
import { firstProperty, firstText } from "./component.ts";
import type { JCalComponent } from "./jcal.ts";
import { parseCalendar } from "./parse.ts";
import { instancesOf, overlaps, type Instance, type Span } from "./recurrence-set.ts";
import { UTC } from "./zone.ts";

// A busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

const folder = join(process.env["SHARED_DIR"] ?? "../shared", "corpus");
const isHere = existsSync(join(folder, "expansion.jsonl"));
if (!isHere) console.log(`skipped: no corpus in ${folder} (SHARED_DIR)`);

const explained: readonly (readonly [reason: string, paths: readonly string[]])[] = [
  [
    "TZID is resolved to an IANA zone; the other library falls back to the VTIMEZONE, to its first rule or to a floating time",
    [
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/JMAPCalendars/calendarevent_get_privacy_ignore_override#1.ics",
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/JMAPCalendars/itip_remove_privacy_property#1.ics",
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/JMAPCalendars/itip_remove_privacy_property#2.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/Bug1741093.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/DailyInterval1.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/YearlyInterval1.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/Categories1.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Todo/Todo8.ics",
      "ical-org@ical.net/Ical.Net.Tests/MatchTimeZoneTests.cs#6.ics",
      "ical-org@ical.net/Ical.Net.Tests/MatchTimeZoneTests.cs#7.ics",
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceTests.cs#5.ics",
      "jens-maus@node-ical/test/fixtures/biweekly-exdate-until.ics",
      "jens-maus@node-ical/test/fixtures/germany_at_end_of_day_repeating.ics",
      "jens-maus@node-ical/test/fixtures/test_with_int_tzid.ics",
      "pimutils@khal/tests/ics/event_dtr_notz_untilz.ics",
      "sabre-io@dav/tests/Sabre/CalDAV/Issue172Test.php#3.ics",
      "sabre-io@vobject/tests/VObject/Issue467Test.php#1.ics",
      "stalwartlabs@calcard/resources/ical/012.ics",
      "stalwartlabs@calcard/resources/ical/019.ics",
      "stalwartlabs@calcard/resources/ical/041.ics",
      "stalwartlabs@calcard/resources/ical/166.ics",
      "stalwartlabs@calcard/resources/ical/191.ics",
    ],
  ],
  [
    "a date is a date, whatever TZID stands beside it",
    [
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/Caldav/put_date_with_tzid#1.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/Duration1.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/TimeZone3.ics",
      "jens-maus@node-ical/test/fixtures/sabredav-school-holidays.ics",
      "jens-maus@node-ical/test/fixtures/yearly-recurring-unicode.ics",
      "jens-maus@node-ical/test/meta-preservation.test.js#1.ics",
      "pimutils@khal/tests/khalendar_utils_test.py#11.ics",
      "stalwartlabs@calcard/resources/ical/035.ics",
      "stalwartlabs@calcard/resources/ical/219.ics",
    ],
  ],
  [
    "DTSTART outside the pattern of its rule is the first instance and counts",
    [
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/Todo5.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/Todo6.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Serialization/Todo7.ics",
      "ietf@rfc-examples/rfc5546-47.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/multiple_rrule.ics",
      "sabre-io@vobject/tests/VObject/Component/VCalendarTest.php#15.ics",
      "sabre-io@vobject/tests/VObject/ITip/BrokerNewEventTest.php#8.ics",
      "stalwartlabs@calcard/resources/ical/181.ics",
      "stalwartlabs@calcard/resources/ical/222.ics",
      "stalwartlabs@calcard/resources/ical/298.ics",
      "stalwartlabs@stalwart/tests/resources/itip/rfc5546_todo.txt#13.ics",
      "stalwartlabs@stalwart/tests/resources/itip/rfc5546_todo.txt#18.ics",
    ],
  ],
  [
    "DTSTART is an instance even when UNTIL lies before it",
    [
      "ietf@rfc-examples/apple-caldav-recursplit-3.ics",
      "jens-maus@node-ical/test/google-calendar-until-bug.test.js#1.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_117_until_before_dtstart.ics",
      "stalwartlabs@calcard/resources/ical/223.ics",
      "stalwartlabs@calcard/resources/ical/224.ics",
    ],
  ],
  [
    "UNTIL without a zone is read in that of DTSTART, a date as the end of its day; the last instance is inside",
    [
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/HourlyUntil1.ics",
      "jens-maus@node-ical/test/fixtures/non-utc-until-ny.ics",
      "jens-maus@node-ical/test/google-calendar-until-bug.test.js#4.ics",
      "jens-maus@node-ical/test/google-calendar-until-bug.test.js#5.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_75_range_parameter.ics",
      "sabre-io@vobject/tests/VObject/RecurrenceIterator/UntilRespectsTimezoneTest.ics",
    ],
  ],
  [
    "an instance lasts exactly as long as from DTSTART to DTEND, across changes of the clock (RFC 5545 3.8.5.3)",
    [
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/JMAPCalendars/calendarevent_get_endtimezone_recur#1.ics",
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceTests.cs#14.ics",
      "ical-org@ical.net/Ical.Net.Tests/VTimeZoneTest.cs#6.ics",
      "stalwartlabs@stalwart/tests/src/webdav/cal_query.rs#12.ics",
    ],
  ],
  [
    "an end before the start is the start, on all-day events the end of the day; a day is at least one day long",
    [
      "ietf@rfc-examples/rfc5546-37.ics",
      "ietf@rfc-examples/rfc5546-4.ics",
      "jens-maus@node-ical/test/fixtures/daily-count-exdate-recurrence-id.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/Germany_Holidays.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/end_before_start_event.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_97_simple_journal.ics",
      "niccokunzmann@x-wr-timezone/test/calendars/Germany-Holidays-date-as-value-type.in.ics",
      "sabre-io@vobject/tests/VObject/Recur/EventIterator/HandleRDateExpandTest.php#1.ics",
      "stalwartlabs@calcard/resources/ical/017.ics",
      "stalwartlabs@stalwart/tests/src/webdav/mod.rs#2.ics",
    ],
  ],
  [
    "an override stands beside an EXDATE or outside the rule; of two for one instance the later one counts; a DATE names the instance of its day",
    [
      "cyrusimap@cyrus-imapd/cassandane/tiny-tests/JMAPCalendars/calendarevent_get_recurrenceid_date_start_datetime#1.ics",
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceTests.cs#18.ics",
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceTests.cs#23.ics",
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_253_additional_recurrence_id.ics",
      "stalwartlabs@calcard/resources/ical/197.ics",
    ],
  ],
  [
    "a DATE in EXDATE or RDATE beside a DATE-TIME means the day, and the time of DTSTART; a DATE-TIME beside a DATE means its day",
    [
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceTests.cs#15.ics",
      "jelmer@xandikos/tests/test_icalendar.py#23.ics",
      "jelmer@xandikos/tests/test_icalendar.py#24.ics",
    ],
  ],
  [
    "BYWEEKNO without BYDAY takes the weekday of DTSTART",
    [
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/YearlyByWeekNo2.ics",
      "ical-org@ical.net/Ical.Net.Tests/Calendars/Recurrence/YearlyByWeekNo3.ics",
    ],
  ],
  [
    "a rule that breaks the grammar beyond repair gives DTSTART alone",
    [
      "niccokunzmann@python-recurring-ical-events/recurring_ical_events/test/calendars/issue_128_only_first_event.ics",
    ],
  ],
  [
    "a UTC time is UTC, whatever X-WR-TIMEZONE or TZID stands beside it, and an EXDATE takes its instant alone",
    [
      "ical-org@ical.net/Ical.Net.Tests/RecurrenceWithExDateTests.cs#1.ics",
      "niccokunzmann@x-wr-timezone/test/calendars/moved-event-RECURRENCE-ID.in.ics",
      "niccokunzmann@x-wr-timezone/test/calendars/rdate-hackerpublicradio.out.ics",
      "pimutils@khal/tests/ics/event_dtr_no_tz_exdatez.ics",
    ],
  ],
];

interface Expansion {
  readonly path: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly instances: readonly { start: string; end: string | null; uid?: string | null }[];
  readonly truncated: boolean;
}

function millisecondsOf(text: string): number | null {
  return parseDateTime(text)?.civil ?? null;
}

/** The components of one file as one object for each UID; null for a file with two masters of one UID, which no collection takes. */
function objectsOf(calendar: JCalComponent): readonly CalendarObject[] | null {
  const objects = new Map<string, CalendarObject>();
  for (const [index, component] of calendar[2].entries()) {
    if (!["vevent", "vtodo", "vjournal"].includes(component[0])) continue;
    const uid = firstText(component, "uid") ?? "";
    const key = uid === "" ? `#${index}` : `${component[0]} ${uid}`;
    const object = objects.get(key) ?? {
      text: "",
      component: "VEVENT",
      uid,
      calendar,
      master: null,
      overrides: [],
    };
    if (firstProperty(component, "recurrence-id") !== undefined) {
      objects.set(key, { ...object, overrides: [...object.overrides, component] });
    } else if (object.master === null) objects.set(key, { ...object, master: component });
    else return null;
  }
  return [...objects.values()];
}

function written(instance: Instance): string {
  const one = (at: number): string =>
    instance.isAllDay ? formatDate(at) : `${formatLocal(at)}${instance.isFloating ? "" : "Z"}`;
  return `${one(instance.start)}/${one(instance.end)}`;
}

function isInside({ start, end }: { start: string; end: string | null }, span: Span): boolean {
  // A to-do without any date stands at 1970-2038 there.
  if (start === "19700101" && end === "20380101") return false;
  const from = millisecondsOf(start) ?? span.start;
  return overlaps(from, millisecondsOf(end ?? start) ?? from, span);
}

describe.skipIf(!isHere)("instances of the corpus", () => {
  it("are those of the other library, or differ for a named reason", () => {
    const rows = readFileSync(join(folder, "expansion.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line): Expansion => JSON.parse(line));
    const outcomes = { agree: 0, explained: 0, "not one object each": 0 };
    const reasons = new Map(explained.flatMap(([reason, paths]) => paths.map((path) => [path, reason])));
    const unexplained: string[] = [];
    const needless = new Set(reasons.keys());
    for (const row of rows) {
      const calendar = parseCalendar(readFileSync(join(folder, "ics", row.path), "utf8"));
      const objects = calendar.ok ? objectsOf(calendar.value) : null;
      if (objects === null) {
        outcomes["not one object each"] += 1;
        continue;
      }
      const span = { start: millisecondsOf(row.window_start) ?? 0, end: millisecondsOf(row.window_end) ?? 0 };
      let ours = objects.flatMap((object) => {
        const instances = instancesOf(object, span, UTC);
        return instances.ok
          ? instances.value.map((one) => `${written(one)} ${object.uid}`)
          : ["budget exceeded"];
      });
      const theirs = row.instances
        .filter((one) => isInside(one, span))
        .map((one) => `${one.start}/${one.end} ${one.uid ?? ""}`)
        .toSorted();
      const last = theirs.at(-1) ?? "";
      if (row.truncated) ours = ours.filter((one) => one <= last);
      ours.sort();
      const isSame = row.truncated
        ? [...new Set(ours)].join() === [...new Set(theirs)].join()
        : ours.join() === theirs.join();
      if (isSame) outcomes.agree += 1;
      else if (reasons.has(row.path)) {
        outcomes.explained += 1;
        needless.delete(row.path);
      } else unexplained.push(row.path);
    }
    console.log(JSON.stringify({ ...outcomes, unexplained: unexplained.length, of: rows.length }));
    expect(rows.length).toBeGreaterThanOrEqual(735);
    expect(unexplained).toEqual([]);
    expect([...needless]).toEqual([]);
  });
});
