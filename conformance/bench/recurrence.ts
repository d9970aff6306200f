// Speed of the recurrence evaluator: node conformance/bench/recurrence.ts (Node >= 22.18). Prints figures, asserts none.

import { limits } from "../../src/core/limits.ts";
import { CIVIL_MAX, CIVIL_MIN, civilFromParts, parseDateTime } from "../../src/core/ical/civil.ts";
import { parseRecurrenceRule } from "../../src/core/ical/recurrence-rule.ts";
import type { RecurrenceRule } from "../../src/core/ical/recurrence-rule.ts";
import { expandRule } from "../../src/core/ical/recurrence.ts";
import { ianaZone } from "../../src/core/ical/zone.ts";

const YEAR_2026 = { from: civilFromParts(2026, 1, 1, 0, 0, 0), to: civilFromParts(2027, 1, 1, 0, 0, 0) };
const ALWAYS = { from: CIVIL_MIN, to: CIVIL_MAX };
const berlin = ianaZone("Europe/Berlin");
if (berlin === undefined) throw new Error("no zone Europe/Berlin");
const zone = berlin;

function ruleOf(text: string): RecurrenceRule {
  const read = parseRecurrenceRule(text);
  if (!read.ok) throw new Error(`${text}: ${read.error.reason}`);
  return read.value;
}

function run(rule: RecurrenceRule, dtstart: string, window: { from: number; to: number }): number {
  const start = parseDateTime(dtstart, "Europe/Berlin");
  if (start === null) throw new Error(dtstart);
  const expanded = expandRule(rule, start, zone, window, { stepsLeft: limits.recurrenceStepsMax });
  return expanded.ok ? expanded.value.length : -1;
}

/** Runs per second, after warming up, over about a second. */
function rate(work: () => number): { perSecond: number; starts: number } {
  const starts = work();
  for (let i = 0; i < 2_000; i++) work();
  const began = performance.now();
  let runs = 0;
  while (performance.now() - began < 1_000) {
    for (let i = 0; i < 100; i++) work();
    runs += 100;
  }
  return { perSecond: (runs / (performance.now() - began)) * 1_000, starts };
}

function show(title: string, work: () => number): number {
  const { perSecond, starts } = rate(work);
  console.log(
    `${title.padEnd(64)} ${Math.round(perSecond).toLocaleString("en").padStart(10)} series/s, ${starts} starts`,
  );
  return perSecond;
}

const weekly = "FREQ=WEEKLY;BYDAY=MO";
const weeklyRule = ruleOf(weekly);
const daily = ruleOf("FREQ=DAILY");
show(`${weekly}, one year, rule read each time`, () => run(ruleOf(weekly), "20260105T090000", YEAR_2026));
show(`${weekly}, one year`, () => run(weeklyRule, "20260105T090000", YEAR_2026));
const young = show("FREQ=DAILY since 2006, window 2026", () => run(daily, "20060101T090000", YEAR_2026));
const old = show("FREQ=DAILY since 1906, window 2026", () => run(daily, "19060101T090000", YEAR_2026));
console.log(`since 2006 / since 1906: ${(young / old).toFixed(2)}`);
for (const text of [
  "FREQ=DAILY;COUNT=100000",
  "FREQ=MONTHLY;BYDAY=-1FR;COUNT=10000",
  "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=100000",
]) {
  const rule = ruleOf(text);
  show(`${text} since 1906, window 2026`, () => run(rule, "19060101T090000", YEAR_2026));
}

const everySecond = `BYHOUR=${[...Array(24).keys()].join(",")};BYMINUTE=${[...Array(60).keys()].join(",")};BYSECOND=${[...Array(60).keys()].join(",")}`;
const hostile = [
  "FREQ=SECONDLY",
  "FREQ=SECONDLY;COUNT=1000000000",
  "FREQ=SECONDLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=3;BYSECOND=3",
  "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
  "FREQ=MINUTELY;INTERVAL=1439;BYHOUR=5;BYMINUTE=5",
  "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=31",
  "FREQ=DAILY;BYMONTHDAY=-1",
  "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
  "FREQ=WEEKLY;BYMONTH=2;INTERVAL=3",
  "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11",
  "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
  `FREQ=YEARLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;${everySecond}`,
  `FREQ=DAILY;${everySecond}`,
];
for (const [title, dtstart, window] of [
  ["the year 2026 of rules from year 1", "00010103T000000", YEAR_2026],
  ["the years 1 to 9999", "00010103T000000", ALWAYS],
] as const) {
  let worst = { ms: 0, text: "" };
  for (const text of hostile) {
    const rule = ruleOf(text);
    for (let i = 0; i < 3; i++) run(rule, dtstart, window);
    let starts = 0;
    const times = Array.from({ length: 9 }, () => {
      const began = performance.now();
      starts = run(rule, dtstart, window);
      return performance.now() - began;
    });
    const ms = times.toSorted((a, b) => a - b)[4] ?? Number.NaN;
    if (ms > worst.ms) worst = { ms, text };
    console.log(
      `${title}: ${text.slice(0, 60).padEnd(60)} ${ms.toFixed(2).padStart(8)} ms, ${starts < 0 ? "budget-exceeded" : `${starts} starts`}`,
    );
  }
  console.log(`${title}: worst median of 9 ${worst.ms.toFixed(2)} ms (${worst.text.slice(0, 60)})`);
}
