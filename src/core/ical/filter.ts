// CALDAV:filter (RFC 4791 7.4, 7.5, 9.7): which objects a calendar-query selects.
// All conditions on one component must be met by that component: a master or one of its overrides, each with its own instances.

import type { TimeSpan } from "../ports/calendar-store.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { containsText } from "./collation.ts";
import { componentsOf, parameterOf, propertiesOf } from "./component.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { readSeries, type Series } from "./series.ts";
import { alarmOverlaps, componentOverlaps, propertyOverlaps } from "./time-range.ts";
import { kindOf, writeValues } from "./vocabulary.ts";
import type { Zone } from "./zone.ts";

export { supportedCollation } from "./collation.ts";

export interface TextMatch {
  readonly collation: string;
  readonly text: string;
  readonly negate: boolean;
}

export interface ParamFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly textMatch: TextMatch | null;
}

export interface PropFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly timeRange: TimeSpan | null;
  readonly textMatch: TextMatch | null;
  readonly paramFilters: readonly ParamFilter[];
}

export interface CompFilter {
  readonly name: string;
  readonly isNotDefined: boolean;
  readonly timeRange: TimeSpan | null;
  readonly compFilters: readonly CompFilter[];
  readonly propFilters: readonly PropFilter[];
}

/** One object under evaluation; its series is read only if a time-range asks for it. */
interface Evaluation {
  readonly object: CalendarObject;
  series(): Series;
}

/** `filter` is the comp-filter of VCALENDAR. Names are compared without case. */
export function matchesFilter(object: CalendarObject, filter: CompFilter, floatingZone: Zone): boolean {
  let series: Series | null = null;
  const evaluation: Evaluation = {
    object,
    series: () => (series ??= readSeries(object, floatingZone)),
  };
  const isCalendar = filter.name.toLowerCase() === "vcalendar";
  if (filter.isNotDefined || !isCalendar) return filter.isNotDefined && !isCalendar;
  const { timeRange } = filter;
  return (
    matchesChildren(evaluation, object.calendar, filter) &&
    (timeRange === null ||
      object.calendar[2].some((child) => componentOverlaps(evaluation.series(), child, timeRange)))
  );
}

function matchesChildren(evaluation: Evaluation, component: JCalComponent, filter: CompFilter): boolean {
  return (
    filter.propFilters.every((one) => matchesProperty(evaluation, component, one)) &&
    filter.compFilters.every((one) => matchesComponent(evaluation, component, one))
  );
}

function matchesComponent(evaluation: Evaluation, scope: JCalComponent, filter: CompFilter): boolean {
  const candidates = componentsOf(scope, filter.name.toLowerCase());
  if (filter.isNotDefined) return candidates.length === 0;
  return candidates.some(
    (candidate) =>
      matchesChildren(evaluation, candidate, filter) &&
      (filter.timeRange === null || overlapsRange(evaluation, scope, candidate, filter.timeRange)),
  );
}

function overlapsRange(
  evaluation: Evaluation,
  scope: JCalComponent,
  candidate: JCalComponent,
  range: TimeSpan,
): boolean {
  return candidate[0] === "valarm"
    ? alarmOverlaps(evaluation.series(), scope, candidate, range)
    : componentOverlaps(evaluation.series(), candidate, range);
}

function matchesProperty(evaluation: Evaluation, component: JCalComponent, filter: PropFilter): boolean {
  const name = filter.name.toLowerCase();
  const properties = propertiesOf(component, name);
  if (filter.isNotDefined) return properties.length === 0;
  const { timeRange } = filter;
  if (timeRange !== null && !propertyOverlaps(evaluation.series(), component, name, timeRange)) return false;
  // The effective DTEND or DUE of a component with a DURATION (RFC 4791 9.9) has no property to look at.
  if (properties.length === 0) return timeRange !== null && filter.paramFilters.length === 0;
  return properties.some(
    (property) =>
      (filter.textMatch === null || matchesText(filter.textMatch, textValue(property))) &&
      filter.paramFilters.every((one) => matchesParameter(property, one)),
  );
}

function matchesParameter(property: JCalProperty, filter: ParamFilter): boolean {
  const name = filter.name.toLowerCase();
  if (name === "value") {
    if (filter.isNotDefined) return property[2] === kindOf(property[0]).type;
    return filter.textMatch === null || matchesText(filter.textMatch, property[2].toUpperCase());
  }
  const value = parameterOf(property, name);
  if (filter.isNotDefined) return value === null;
  if (value === null) return false;
  const all = property[1][name];
  const text = all === undefined || typeof all === "string" ? value : all.join(",");
  return filter.textMatch === null || matchesText(filter.textMatch, text);
}

function matchesText(match: TextMatch, text: string): boolean {
  return containsText(match.collation, text, match.text) !== match.negate;
}

/** The value as a person reads it: TEXT without escapes, everything else as iCalendar writes it. */
function textValue(property: JCalProperty): string {
  if (property[2] === "text") return property.slice(3).flat().join(",");
  const text = writeValues(property);
  return property[2] === "unknown" ? text.replace(/\\([\\;,])/g, "$1") : text;
}
