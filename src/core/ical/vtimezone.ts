// A compact VTIMEZONE (RFC 5545 3.6.5) for a span of time, as jCal: only the observances in use there, each as a yearly rule where one
// describes it, else as plain onsets. Every RDATE is a property of its own and repeats DTSTART first: ical.js 2.2.1 reads only the first
// value of a list and forgets DTSTART beside RDATE.

import { DAY_MS, formatJCalDateTime, formatLocal } from "./civil.ts";
import type { CivilMs } from "./civil.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { yearlyRuns } from "./vtimezone-yearly.ts";
import type { YearlyRun } from "./vtimezone-yearly.ts";
import type { Observance, Zone } from "./zone-clock.ts";

interface Transition {
  readonly at: number;
  readonly offsetFrom: number;
  readonly observance: Observance;
  readonly isDaylight: boolean;
}

/** A longer span is cut: rules go on without it, and a zone whose transitions no rule describes (Cairo) would fill pages. */
const SPAN_MS_MAX = 40 * 366 * DAY_MS;
/** More rules than this for transitions that are alike say no more than a list. */
const RULES_MAX = 4;
/** Transitions looked at beyond the span: enough years for every date that a rule can fall on. */
const AHEAD = 60;
/** Onset of an observance that has held since ever. */
const SINCE_EVER: CivilMs = 0;

/** STANDARD or DAYLIGHT: Dublin's and Morocco's winter is "daylight saving" by a negative amount in the database; here summer is. */
function showsDaylight(before: Observance, after: Observance): boolean {
  return before.isDaylight === after.isDaylight ? after.isDaylight : after.offset > before.offset;
}

function transitionsOf(
  zone: Zone,
  fromUtcMs: number,
  toUtcMs: number,
): { transitions: Transition[]; inSpan: number } {
  const initial = zone.observanceAt(fromUtcMs);
  const transitions: Transition[] = [];
  let observance = initial;
  if (initial.begins === -Infinity) {
    const at = Math.min(SINCE_EVER, fromUtcMs - 366 * DAY_MS) - initial.offset;
    transitions.push({ at, offsetFrom: initial.offset, observance, isDaylight: initial.isDaylight });
  } else {
    const before = zone.observanceAt(initial.begins - 1);
    transitions.push({
      at: initial.begins,
      offsetFrom: before.offset,
      observance,
      isDaylight: showsDaylight(before, initial),
    });
  }
  let inSpan = 1;
  for (let ahead = 0; ahead < AHEAD && observance.ends !== Infinity;) {
    const next = zone.observanceAt(observance.ends);
    transitions.push({
      at: next.begins,
      offsetFrom: observance.offset,
      observance: next,
      isDaylight: showsDaylight(observance, next),
    });
    if (next.begins <= toUtcMs) inSpan += 1;
    else ahead += 1;
    observance = next;
  }
  return { transitions, inSpan };
}

function digits(value: number): string {
  return String(value).padStart(2, "0");
}

/** "+01:00", "-00:16:08". */
function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1_000;
  const text = `${offset < 0 ? "-" : "+"}${digits(Math.floor(seconds / 3_600))}:${digits(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${digits(seconds % 60)}`;
}

function civilOf(transition: Transition): CivilMs {
  return transition.at + transition.offsetFrom;
}

function local(civil: CivilMs): string {
  return formatJCalDateTime({ kind: "floating", civil, tzid: null });
}

function component(transition: Transition, recurrence: readonly JCalProperty[]): JCalComponent {
  const { name, offset } = transition.observance;
  const properties: JCalProperty[] = [
    ["dtstart", {}, "date-time", local(civilOf(transition))],
    ["tzoffsetfrom", {}, "utc-offset", offsetText(transition.offsetFrom)],
    ["tzoffsetto", {}, "utc-offset", offsetText(offset)],
  ];
  if (name !== "") properties.push(["tzname", {}, "text", name]);
  return [transition.isDaylight ? "daylight" : "standard", [...properties, ...recurrence], []];
}

/** The components of transitions that are alike. `horizon` is where the known transitions of a zone that goes on end, else Infinity. */
function componentsOf(
  alike: readonly Transition[],
  isInSpan: (transition: Transition) => boolean,
  horizon: number,
): JCalComponent[] {
  const components: JCalComponent[] = [];
  const plain: Transition[] = [];
  const runs = yearlyRuns(alike.map(civilOf));
  const isList = runs.length > RULES_MAX;
  for (const run of runs) {
    const members = alike.slice(run.first, run.last + 1).filter(isInSpan);
    const first = members[0];
    if (first === undefined) continue;
    if (isList || run.rule === null || members.length === 1) plain.push(...members);
    else components.push(component(first, [["rrule", {}, "recur", ruleText(run, run.rule, alike, horizon)]]));
  }
  const first = plain[0];
  if (first !== undefined) {
    const dates = plain.length === 1 ? [] : plain;
    components.push(
      component(
        first,
        dates.map((transition): JCalProperty => ["rdate", {}, "date-time", local(civilOf(transition))]),
      ),
    );
  }
  return components;
}

/** With UNTIL (in UTC, as 3.6.5 wants) unless the run still goes on where the known transitions end. */
function ruleText(run: YearlyRun, rule: string, alike: readonly Transition[], horizon: number): string {
  const last = alike[run.last];
  if (last === undefined || (run.last === alike.length - 1 && horizon - last.at < 366 * DAY_MS)) return rule;
  return `${rule};UNTIL=${formatLocal(last.at)}Z`;
}

/** A VTIMEZONE with the observances that `zone` uses between the two instants (of an endless span, the first 40 years and all that goes on by rule). */
export function compactVTimezone(zone: Zone, fromUtcMs: number, toUtcMs: number): JCalComponent {
  const end = Math.min(Math.max(toUtcMs, fromUtcMs), fromUtcMs + SPAN_MS_MAX);
  const { transitions, inSpan } = transitionsOf(zone, fromUtcMs, end);
  const span = new Set(transitions.slice(0, inSpan));
  const groups = new Map<string, Transition[]>();
  for (const transition of transitions) {
    const { name, offset } = transition.observance;
    const key = `${transition.offsetFrom} ${offset} ${transition.isDaylight} ${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [transition]);
    else group.push(transition);
  }
  const last = transitions.at(-1);
  const horizon = last === undefined || last.observance.ends === Infinity ? Infinity : last.at;
  const components = [...groups.values()].flatMap((alike) =>
    componentsOf(alike, (transition) => span.has(transition), horizon),
  );
  return ["vtimezone", [["tzid", {}, "text", zone.id]], components];
}
