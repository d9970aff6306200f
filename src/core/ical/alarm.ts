// When the alarms of a component ring (RFC 5545 3.6.6, 3.8.6).

import { addDuration, dateTimeOf, durationNamed } from "./date-time.ts";
import { componentsOf, firstProperty, firstText, parameterOf } from "./component.ts";
import { nominalLength, parseDuration, type Duration } from "./duration.ts";
import type { JCalComponent } from "./jcal.ts";
import type { Instance } from "./recurrence-set.ts";
import type { Zone } from "./zone.ts";

/** More repeats than this of one alarm are not looked at. */
const REPEATS_MAX = 1_000;

export type Trigger =
  | { readonly kind: "absolute"; readonly at: number; readonly repeats: number; readonly every: number }
  | {
      readonly kind: "relative";
      readonly to: "start" | "end";
      readonly offset: Duration;
      readonly repeats: number;
      readonly every: number;
    };

/** Null for an alarm whose TRIGGER cannot be read. */
export function triggerOf(alarm: JCalComponent): Trigger | null {
  const property = firstProperty(alarm, "trigger");
  if (property === undefined) return null;
  const delay = durationNamed(alarm, "duration");
  const count = Number(firstText(alarm, "repeat") ?? 0);
  const every = delay === null ? 0 : nominalLength(delay);
  const repeats = every > 0 && count > 0 ? Math.min(Math.floor(count), REPEATS_MAX) : 0;
  const moment = dateTimeOf(property);
  if (moment !== null) return { kind: "absolute", at: moment.civil, repeats, every };
  const text = property[3];
  const offset = typeof text === "string" ? parseDuration(text) : null;
  if (offset === null) return null;
  const to = parameterOf(property, "related")?.toUpperCase() === "END" ? "end" : "start";
  return { kind: "relative", to, offset, repeats, every };
}

/** The moments at which an alarm of this instance rings. */
export function ringsOf(trigger: Trigger, instance: Instance, zone: Zone): readonly number[] {
  let first: number;
  if (trigger.kind === "absolute") first = trigger.at;
  else {
    const base = trigger.to === "end" ? instance.end : instance.start;
    first = addDuration(zone, base + zone.offsetAt(base), trigger.offset);
  }
  const rings = [first];
  for (let repeat = 1; repeat <= trigger.repeats; repeat++) rings.push(first + repeat * trigger.every);
  return rings;
}

/** How far the rings of a component's alarms lie from its instances: [earliest, latest] in milliseconds, generously. */
export function alarmReach(component: JCalComponent): { readonly before: number; readonly after: number } {
  let before = 0;
  let after = 0;
  for (const alarm of componentsOf(component, "valarm")) {
    const trigger = triggerOf(alarm);
    if (trigger === null || trigger.kind === "absolute") continue;
    const offset = nominalLength(trigger.offset);
    before = Math.max(before, -offset);
    after = Math.max(after, offset + trigger.repeats * trigger.every);
  }
  return { before, after };
}
