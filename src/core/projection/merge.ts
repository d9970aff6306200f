// Three-way merge of one object, per property and per instance. What only one side changed stays changed. Where both changed
// the same, the component that was modified later wins, else the provider's; the other's value is reported. Editing beats
// removing. `theirs` is the provider's.

import { firstProperty, firstText, textOf, withProperties } from "../ical/component.ts";
import type { JCalComponent, JCalProperty } from "../ical/jcal.ts";
import {
  changedAt,
  exceptionsOf,
  instancesByKey,
  MASTER,
  STAMPS,
  startType,
  unitText,
  unitsOf,
} from "./merge-units.ts";

/** A change that a true conflict overruled; for the journal. Names only tell where, the values are content (sealed). */
export interface Loss {
  /** `master`, or the RECURRENCE-ID of the instance. */
  readonly instance: string;
  /** Lower-case property name, or `component` for the removal of a whole instance. */
  readonly property: string;
  readonly side: "ours" | "theirs";
  readonly value: string;
}

export interface Merged {
  readonly calendar: JCalComponent;
  readonly losses: readonly Loss[];
}

/** `base` null: no common ancestor is known; what differs is a true conflict, what one side alone has stays. */
export function mergeObjects(base: JCalComponent | null, ours: JCalComponent, theirs: JCalComponent): Merged {
  const losses: Loss[] = [];
  const before = instancesByKey(base);
  const mine = instancesByKey(ours);
  const other = instancesByKey(theirs);
  const merged: JCalComponent[] = [];
  const kept: JCalComponent[] = [];
  for (const key of new Set([...other.keys(), ...mine.keys()])) {
    const component = mergeInstance(key, before.get(key), mine.get(key), other.get(key), losses);
    if (component === null) continue;
    merged.push(component);
    if (!mine.has(key) || !other.has(key)) kept.push(component);
  }
  return {
    calendar: [
      "vcalendar",
      theirs[1].filter((property) => property[0] !== "method"),
      [...zonesOf(theirs, ours), ...merged.map((component) => withoutExceptionsFor(component, kept))],
    ],
    losses,
  };
}

function mergeInstance(
  key: string,
  base: JCalComponent | undefined,
  ours: JCalComponent | undefined,
  theirs: JCalComponent | undefined,
  losses: Loss[],
): JCalComponent | null {
  if (ours !== undefined && theirs !== undefined) return mergeComponents(key, base, ours, theirs, losses);
  const present = ours ?? theirs;
  if (present === undefined) return null;
  // One side has it alone: added there, or removed by the other side. A removal holds only if nothing was edited meanwhile.
  if (base === undefined || key === MASTER) return present;
  if (sameComponent(base, present)) return null;
  losses.push({
    instance: key,
    property: "component",
    side: ours === undefined ? "ours" : "theirs",
    value: "removed",
  });
  return present;
}

function mergeComponents(
  key: string,
  base: JCalComponent | undefined,
  ours: JCalComponent,
  theirs: JCalComponent,
  losses: Loss[],
): JCalComponent {
  const oursWins = changedAt(ours) > changedAt(theirs);
  const types = new Set([
    startType(ours),
    startType(theirs),
    ...(base === undefined ? [] : [startType(base)]),
  ]);
  const isJoined = types.size > 1;
  const before = base === undefined ? null : unitsOf(base, isJoined);
  const mine = unitsOf(ours, isJoined);
  const other = unitsOf(theirs, isJoined);
  const properties: JCalProperty[] = [];
  for (const unit of new Set([...other.keys(), ...mine.keys()])) {
    const [name = unit] = unit.split(" ", 1);
    const a = mine.get(unit);
    const b = other.get(unit);
    if (STAMPS.has(name)) properties.push(...laterStamp(a, b));
    else if (unit === "exdate") properties.push(...mergeExceptions(base, ours, theirs));
    else properties.push(...choose(before?.get(unit), before !== null, a, b));
  }
  return [theirs[0], properties, mergeChildren(base, ours, theirs, oursWins)];

  function choose(
    old: readonly JCalProperty[] | undefined,
    hasBase: boolean,
    a: readonly JCalProperty[] | undefined,
    b: readonly JCalProperty[] | undefined,
  ): readonly JCalProperty[] {
    const oldText = unitText(old);
    const [aText, bText] = [unitText(a), unitText(b)];
    if (aText === bText) return b ?? [];
    if (hasBase && aText === oldText) return b ?? [];
    if (hasBase && bText === oldText) return a ?? [];
    if (a === undefined || b === undefined) {
      // Edited here, removed there: the edit stays.
      if (hasBase) losses.push(lossOf(a === undefined ? "ours" : "theirs", old ?? []));
      return a ?? b ?? [];
    }
    losses.push(lossOf(oursWins ? "theirs" : "ours", oursWins ? b : a));
    return oursWins ? a : b;
  }

  function lossOf(side: "ours" | "theirs", lost: readonly JCalProperty[]): Loss {
    return { instance: key, property: lost[0]?.[0] ?? "", side, value: unitText(lost) };
  }
}

function laterStamp(
  ours: readonly JCalProperty[] | undefined,
  theirs: readonly JCalProperty[] | undefined,
): readonly JCalProperty[] {
  const [a, b] = [ours?.[0], theirs?.[0]];
  if (a === undefined || b === undefined) return theirs ?? ours ?? [];
  const isLater = a[0] === "sequence" ? Number(a[3]) > Number(b[3]) : textOf(a) > textOf(b);
  return isLater ? [a] : [b];
}

function mergeExceptions(
  base: JCalComponent | undefined,
  ours: JCalComponent,
  theirs: JCalComponent,
): readonly JCalProperty[] {
  const before = exceptionsOf(base);
  const mine = exceptionsOf(ours);
  const other = exceptionsOf(theirs);
  const properties: JCalProperty[] = [];
  for (const [text, exception] of new Map([...other, ...mine])) {
    const removed = before.has(text) && !(mine.has(text) && other.has(text));
    if (!removed) properties.push(exception);
  }
  return properties;
}

/** Alarms and other children: one unit as a whole. */
function mergeChildren(
  base: JCalComponent | undefined,
  ours: JCalComponent,
  theirs: JCalComponent,
  oursWins: boolean,
): readonly JCalComponent[] {
  const [a, b] = [JSON.stringify(ours[2]), JSON.stringify(theirs[2])];
  if (a === b) return theirs[2];
  const old = base === undefined ? null : JSON.stringify(base[2]);
  if (a === old) return theirs[2];
  if (b === old) return ours[2];
  return oursWins ? ours[2] : theirs[2];
}

function sameComponent(a: JCalComponent, b: JCalComponent): boolean {
  return withoutStamps(a) === withoutStamps(b) && JSON.stringify(a[2]) === JSON.stringify(b[2]);
}

function withoutStamps(component: JCalComponent): string {
  return unitText(component[1].filter((property) => !STAMPS.has(property[0])));
}

/** An instance that stayed because it was edited must not be excepted by the side that removed it. */
function withoutExceptionsFor(component: JCalComponent, kept: readonly JCalComponent[]): JCalComponent {
  if (kept.length === 0 || firstProperty(component, "recurrence-id") !== undefined) return component;
  const ids = new Set(kept.map((instance) => firstText(instance, "recurrence-id")));
  return withProperties(
    component,
    component[1].filter(
      (property) => property[0] !== "exdate" || property.length !== 4 || !ids.has(textOf(property)),
    ),
  );
}

function zonesOf(theirs: JCalComponent, ours: JCalComponent): readonly JCalComponent[] {
  const zones = new Map<string, JCalComponent>();
  for (const component of [...theirs[2], ...ours[2]]) {
    const tzid = component[0] === "vtimezone" ? (firstText(component, "tzid") ?? "") : null;
    if (tzid !== null && !zones.has(tzid)) zones.set(tzid, component);
  }
  return [...zones.values()];
}
