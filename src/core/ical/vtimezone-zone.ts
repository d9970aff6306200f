// A VTIMEZONE's own rules as a zone (RFC 5545 3.6.5): observances with DTSTART, RRULE and RDATE, evaluated by our own evaluator.
// Onsets are local times of TZOFFSETFROM. Before the first onset, that onset's TZOFFSETFROM holds.

import { civilFromParts, parseDateTime } from "./civil.ts";
import type { CivilMs } from "./civil.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { parseRecurrenceRuleLeniently } from "./recurrence-rule-lenient.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { expandRule } from "./recurrence.ts";
import { fixedZone, zoneFrom } from "./zone-clock.ts";
import type { Observance, Zone } from "./zone-clock.ts";

interface ObservanceRules {
  readonly onset: CivilMs;
  readonly offsetFrom: number;
  readonly offsetTo: number;
  readonly isDaylight: boolean;
  readonly name: string;
  readonly rules: readonly RecurrenceRule[];
  readonly onsets: readonly CivilMs[];
}

interface Transition {
  readonly at: number;
  readonly rules: ObservanceRules;
}

/** Rules from 1601 (Outlook) are followed from here on; what they say earlier is what they say at this time. */
const RULES_FROM: CivilMs = civilFromParts(1900, 1, 1, 0, 0, 0);
/** Rules without an end are followed up to the first of these that lies after the instant asked for. */
const HORIZONS: readonly CivilMs[] = [
  civilFromParts(2100, 1, 1, 0, 0, 0),
  civilFromParts(9999, 12, 31, 0, 0, 0),
];
/** Two observances a year up to 9999, and as much again. */
const STEPS_MAX = 120_000;
const OBSERVANCES_MAX = 1_000;

function firstText(properties: readonly JCalProperty[], name: string): string | null {
  const value = properties.find((property) => property[0] === name)?.[3];
  return typeof value === "string" ? value : null;
}

/** "+01:00", "+0100", "-00:16:08" in ms. */
function readOffset(text: string | null): number | null {
  const match = /^([+-]?)(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(text ?? "");
  if (match === null) return null;
  const ms = (Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4] ?? 0)) * 1_000;
  return Number(match[2]) > 23 ? null : match[1] === "-" ? 0 - ms : ms;
}

function readObservance(component: JCalComponent): ObservanceRules | null {
  const [kind, properties] = component;
  const onset = parseDateTime(firstText(properties, "dtstart") ?? "");
  const offsetFrom = readOffset(firstText(properties, "tzoffsetfrom"));
  const offsetTo = readOffset(firstText(properties, "tzoffsetto"));
  if (onset === null || offsetFrom === null || offsetTo === null) return null;
  const rules: RecurrenceRule[] = [];
  const onsets: CivilMs[] = [];
  for (const [name, , , ...values] of properties) {
    for (const value of values) {
      if (typeof value !== "string") continue;
      if (name === "rrule") {
        const rule = parseRecurrenceRuleLeniently(value);
        if (!rule.ok) return null;
        rules.push(rule.value);
      }
      const date = name === "rdate" ? parseDateTime(value) : null;
      if (date !== null) onsets.push(date.kind === "utc" ? date.civil + offsetFrom : date.civil);
    }
  }
  return {
    onset: onset.kind === "utc" ? onset.civil + offsetFrom : onset.civil,
    offsetFrom,
    offsetTo,
    isDaylight: kind === "daylight",
    name: firstText(properties, "tzname") ?? "",
    rules,
    onsets,
  };
}

/** All transitions up to a horizon, in order; null when the rules do not end within the budget. */
function transitionsUntil(observances: readonly ObservanceRules[], horizon: CivilMs): Transition[] | null {
  const budget = { stepsLeft: STEPS_MAX };
  const transitions: Transition[] = [];
  for (const rules of observances) {
    const starts = [rules.onset, ...rules.onsets];
    const dtstart = { kind: "zoned", civil: rules.onset, tzid: "" } as const;
    for (const rule of rules.rules) {
      const fixed = fixedZone("", rules.offsetFrom, "");
      const expanded = expandRule(rule, dtstart, fixed, { from: RULES_FROM, to: horizon }, budget);
      if (!expanded.ok) return null;
      starts.push(...expanded.value);
    }
    for (const civil of new Set(starts)) transitions.push({ at: civil - rules.offsetFrom, rules });
  }
  return transitions.toSorted((a, b) => a.at - b.at);
}

function lookupIn(transitions: readonly Transition[], initial: number, utcMs: number): Observance {
  let low = 0;
  let high = transitions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((transitions[middle]?.at ?? Infinity) <= utcMs) low = middle + 1;
    else high = middle;
  }
  const current = transitions[low - 1];
  const ends = transitions[low]?.at ?? Infinity;
  if (current === undefined) return { offset: initial, isDaylight: false, name: "", begins: -Infinity, ends };
  const { offsetTo, isDaylight, name } = current.rules;
  return { offset: offsetTo, isDaylight, name, begins: current.at, ends };
}

/** Undefined when a VTIMEZONE lacks what makes it one, or when its rules cannot be followed. */
export function zoneOfVTimezone(id: string, vtimezone: JCalComponent): Zone | undefined {
  const observances: ObservanceRules[] = [];
  for (const component of vtimezone[2]) {
    if (component[0] !== "standard" && component[0] !== "daylight") continue;
    const observance = readObservance(component);
    if (observance === null || observances.length >= OBSERVANCES_MAX) return undefined;
    observances.push(observance);
  }
  const near = transitionsUntil(observances, HORIZONS[0] ?? 0);
  const first = near?.[0];
  if (near === null || first === undefined) return undefined;
  const initial = first.rules.offsetFrom;
  const isEndless = observances.some(({ rules }) =>
    rules.some((rule) => rule.until === null && rule.count === null),
  );
  let far: Transition[] | null = null;
  return zoneFrom(id, (utcMs) => {
    const observance = lookupIn(near, initial, utcMs);
    if (observance.ends !== Infinity || !isEndless) return observance;
    far ??= transitionsUntil(observances, HORIZONS[1] ?? 0) ?? near;
    return lookupIn(far, initial, utcMs);
  });
}
