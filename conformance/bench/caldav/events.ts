// The calendar that is measured: a year of one-hour events in a real time zone, every twentieth a weekly series of ten. Always the same.

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const yearStart = Date.UTC(2027, 0, 4);
const yearDays = 364;
const everySeries = 20;
const seriesCount = 10;

export interface BenchEvent {
  readonly name: string;
  readonly text: string;
}

/** The i-th of `total` events, spread evenly over the year; those from `total` on lie after it. */
export function benchEvent(i: number, total: number): BenchEvent {
  const start = startOf(i, total);
  const uid = `bench-${i}@example.com`;
  return {
    name: `bench-${i}.ics`,
    text: [
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//Example Corp//Calendar 1.0//EN",
      ...zone,
      "BEGIN:VEVENT",
      `UID:${uid}`,
      "DTSTAMP:20270101T080000Z",
      "CREATED:20270101T080000Z",
      `DTSTART;TZID=Europe/Berlin:${civil(start)}`,
      `DTEND;TZID=Europe/Berlin:${civil(start + hourMs)}`,
      ...(isSeries(i) ? [`RRULE:FREQ=WEEKLY;COUNT=${seriesCount}`] : []),
      `SUMMARY:Planning meeting number ${i}`,
      "LOCATION:Room 4\\, second floor",
      "DESCRIPTION:Agenda: what was done\\, what comes next\\, who needs help. Notes are taken in",
      "  the shared document and sent round afterwards.",
      "STATUS:CONFIRMED",
      "TRANSP:OPAQUE",
      "SEQUENCE:0",
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      "TRIGGER:-PT15M",
      "DESCRIPTION:Reminder",
      "END:VALARM",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ].join("\r\n"),
  };
}

/** A week in the middle of the year, as iCalendar UTC times, and how many of the first `total` events have an instance in it. */
export function benchWeek(total: number): {
  readonly start: string;
  readonly end: string;
  readonly count: number;
} {
  const [from, to] = [yearStart + 182 * dayMs, yearStart + 189 * dayMs];
  let count = 0;
  for (let i = 0; i < total; i += 1) {
    const instances = isSeries(i) ? seriesCount : 1;
    const hits = Array.from(
      { length: instances },
      (_, k) => startOf(i, total) + k * 7 * dayMs - summerOffsetMs,
    ).some((start) => start < to && start + hourMs > from);
    if (hits) count += 1;
  }
  return { start: `${civil(from)}Z`, end: `${civil(to)}Z`, count };
}

/** The week lies in summer: Europe/Berlin is two hours ahead. */
const summerOffsetMs = 2 * hourMs;

function isSeries(i: number): boolean {
  return i % everySeries === 0;
}

/** Civil time, on a whole minute. */
function startOf(i: number, total: number): number {
  const minutes = Math.floor((i / total) * yearDays * 24 * 60);
  return yearStart + minutes * 60_000;
}

function civil(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+Z$/g, "");
}

const zone = [
  "BEGIN:VTIMEZONE",
  "TZID:Europe/Berlin",
  "BEGIN:DAYLIGHT",
  "TZOFFSETFROM:+0100",
  "TZOFFSETTO:+0200",
  "TZNAME:CEST",
  "DTSTART:19700329T020000",
  "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
  "END:DAYLIGHT",
  "BEGIN:STANDARD",
  "TZOFFSETFROM:+0200",
  "TZOFFSETTO:+0100",
  "TZNAME:CET",
  "DTSTART:19701025T030000",
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  "END:STANDARD",
  "END:VTIMEZONE",
];
