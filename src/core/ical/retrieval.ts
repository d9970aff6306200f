// CALDAV:calendar-data (RFC 4791 9.6): partial retrieval, expand, limit-recurrence-set, limit-freebusy-set.
// Without any of them the octets go out as they were stored.

import { precondition, type Failure } from "../failure.ts";
import { err, ok, type Result } from "../result.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import { valuesOf } from "./component.ts";
import { periodsOf, timeReader, type TimeReader } from "./date-time.ts";
import { expandCalendar } from "./expand.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { instancesOfSeries, overlaps, type Span } from "./recurrence-set.ts";
import { serializeCalendar } from "./serialize.ts";
import { endOfStart, readSeries, type Series } from "./series.ts";
import { periodBounds } from "./time-range.ts";
import type { Zone } from "./zone.ts";

export interface CompSelection {
  readonly name: string;
  readonly allProps: boolean;
  readonly props: readonly { readonly name: string; readonly noValue: boolean }[];
  readonly allComps: boolean;
  readonly comps: readonly CompSelection[];
}

export interface CalendarDataRequest {
  readonly comp: CompSelection | null;
  readonly expand: Span | null;
  readonly limitRecurrenceSet: Span | null;
  readonly limitFreeBusySet: Span | null;
}

/** The iCalendar text to answer with. Fails only where `expand` would have to follow a rule without end. */
export function retrieve(
  object: CalendarObject,
  request: CalendarDataRequest,
  floatingZone: Zone,
): Result<string, Failure> {
  const { comp, expand, limitRecurrenceSet, limitFreeBusySet } = request;
  if (comp === null && expand === null && limitRecurrenceSet === null && limitFreeBusySet === null) {
    return ok(object.text);
  }
  let calendar = object.calendar;
  if (expand !== null) {
    const expanded = expandCalendar(object, expand, floatingZone);
    if (!expanded.ok) {
      return err(precondition("max-instances", "The object has too many instances to expand in this range."));
    }
    calendar = expanded.value;
  } else if (limitRecurrenceSet !== null) {
    calendar = limitOverrides(object, limitRecurrenceSet, floatingZone);
  }
  if (limitFreeBusySet !== null) {
    calendar = limitFreeBusy(calendar, limitFreeBusySet, timeReader(object.calendar, floatingZone));
  }
  if (comp !== null) calendar = select(calendar, comp);
  return ok(serializeCalendar(calendar));
}

/** RFC 4791 9.6.6: the overrides whose new or original time overlaps the span, or whose range reaches instances that do. */
function limitOverrides(object: CalendarObject, span: Span, floatingZone: Zone): JCalComponent {
  const series = readSeries(object, floatingZone);
  const overrides = new Set(object.overrides);
  const kept = new Set<JCalComponent>();
  const reaching = series.overrides.some((one) => one.isThisAndFuture) ? rangesInSpan(series, span) : null;
  for (const override of series.overrides) {
    const { component, timing, recurrenceId, isThisAndFuture } = override;
    const originalEnd = endOfStart(series, recurrenceId, timing);
    const reaches = isThisAndFuture && reaching !== null && reaching(component, recurrenceId);
    if (reaches || overlaps(timing.start, timing.end, span) || overlaps(recurrenceId, originalEnd, span)) {
      kept.add(component);
    }
  }
  return [
    object.calendar[0],
    object.calendar[1],
    object.calendar[2].filter((child) => !overrides.has(child) || kept.has(child)),
  ];
}

/** Whether an override with a range has instances in the span, or would have without overrides. */
function rangesInSpan(
  series: Series,
  span: Span,
): (component: JCalComponent, recurrenceId: number) => boolean {
  const now = instancesOfSeries(series, span);
  const before = instancesOfSeries({ ...series, overrides: [] }, span);
  if (!now.ok || !before.ok) return () => true;
  const components = new Set(now.value.map((instance) => instance.component));
  const last = before.value.at(-1)?.recurrenceId ?? -Infinity;
  return (component, recurrenceId) => components.has(component) || last >= recurrenceId;
}

function limitFreeBusy(calendar: JCalComponent, span: Span, times: TimeReader): JCalComponent {
  return [
    calendar[0],
    calendar[1],
    calendar[2].map((component) =>
      component[0] === "vfreebusy"
        ? [
            component[0],
            component[1].flatMap((property) => limitPeriods(property, span, times)),
            component[2],
          ]
        : component,
    ),
  ];
}

function limitPeriods(property: JCalProperty, span: Span, times: TimeReader): readonly JCalProperty[] {
  if (property[0] !== "freebusy") return [property];
  const kept = valuesOf(property).filter((value) =>
    periodsOf([property[0], property[1], property[2], value]).some((period) => {
      const [from, to] = periodBounds({ times }, period);
      return span.start < to && span.end > from;
    }),
  );
  return kept.length === 0 ? [] : [[property[0], property[1], property[2], ...kept]];
}

/** RFC 4791 9.6.1 to 9.6.4. Properties keep their order. */
function select(component: JCalComponent, selection: CompSelection): JCalComponent {
  const wanted = new Map(selection.props.map((one) => [one.name.toLowerCase(), one.noValue]));
  const properties = selection.allProps
    ? component[1]
    : component[1].flatMap((property): readonly JCalProperty[] => {
        const noValue = wanted.get(property[0]);
        if (noValue === undefined) return [];
        return noValue ? [[property[0], property[1], property[2], ""]] : [property];
      });
  if (selection.allComps) return [component[0], properties, component[2]];
  const components = component[2].flatMap((child) => {
    const inner = selection.comps.find((one) => one.name.toLowerCase() === child[0]);
    return inner === undefined ? [] : [select(child, inner)];
  });
  return [component[0], properties, components];
}
