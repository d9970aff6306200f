// CALDAV:expand (RFC 4791 9.6.5): one component for each instance, in UTC, without recurrence properties and VTIMEZONEs.
// Dates stay dates and floating times stay floating: they refer to no zone.

import { limits } from "../limits.ts";
import type { CalendarObject } from "./calendar-object-resource.ts";
import type { DateTimeValue } from "./civil.ts";
import { tzidOf } from "./component.ts";
import { dateTimeProperty, dateTimesOf, utcValue, type TimeReader } from "./date-time.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { instancesOfSeries, type Instance, type Span } from "./recurrence-set.ts";
import { readSeries } from "./series.ts";
import { err, ok, type Result } from "../result.ts";
import type { Zone } from "./zone.ts";

/** Characters that an answer may grow to: every instance repeats its component. */
const EXPANDED_LENGTH_MAX = 16 * limits.resourceBytesMax;

const recurrenceProperties: ReadonlySet<string> = new Set(["rrule", "exrule", "rdate", "exdate"]);

/** The VCALENDAR with its instances that overlap the span. */
export function expandCalendar(
  object: CalendarObject,
  span: Span,
  floatingZone: Zone,
): Result<JCalComponent, "budget-exceeded"> {
  const series = readSeries(object, floatingZone);
  const instances = instancesOfSeries(series, span);
  if (!instances.ok) return instances;
  if (instances.value.length * object.text.length > EXPANDED_LENGTH_MAX) return err("budget-exceeded");
  const initial = series.timing?.start ?? null;
  const components = instances.value.map((instance) =>
    instanceComponent(instance, instance.recurrenceId === initial, series.times, floatingZone),
  );
  const others = object.calendar[2].filter(
    (child) => child[0] !== "vtimezone" && child[0] !== object.component.toLowerCase(),
  );
  return ok([object.calendar[0], object.calendar[1], [...components, ...others]]);
}

function instanceComponent(
  instance: Instance,
  isInitial: boolean,
  times: TimeReader,
  floatingZone: Zone,
): JCalComponent {
  const [name, properties, children] = instance.component;
  const expanded: JCalProperty[] = [];
  let hasRecurrenceId = false;
  for (const property of properties) {
    switch (property[0]) {
      case "dtstart":
        expanded.push(moved(property, instance, instance.start, floatingZone));
        break;
      case "dtend":
      case "due":
        expanded.push(moved(property, instance, instance.end, floatingZone));
        break;
      case "recurrence-id":
        hasRecurrenceId = true;
        expanded.push(recurrenceId(instance, times));
        break;
      default:
        if (!recurrenceProperties.has(property[0])) expanded.push(withoutZone(property, times));
    }
  }
  // RFC 4791 9.6.5: every component but the initial instance says which one it is.
  if (!hasRecurrenceId && instance.recurrenceIdValue !== null && !isInitial) {
    expanded.push(recurrenceId(instance, times));
  }
  return [name, expanded, children.map((child) => withoutZones(child, times))];
}

function moved(property: JCalProperty, instance: Instance, at: number, floatingZone: Zone): JCalProperty {
  if (!instance.isFloating) return dateTimeProperty(property[0], [utcValue(at)], withoutTzid(property[1]));
  const civil = at + floatingZone.offsetAt(at);
  const value: DateTimeValue = { kind: instance.isAllDay ? "date" : "floating", civil, tzid: null };
  return dateTimeProperty(property[0], [value], withoutTzid(property[1]));
}

function recurrenceId(instance: Instance, times: TimeReader): JCalProperty {
  const value = instance.recurrenceIdValue ?? utcValue(instance.recurrenceId);
  const isLocal = value.kind === "date" || value.kind === "floating";
  return dateTimeProperty("recurrence-id", [isLocal ? value : utcValue(times.toUtc(value))]);
}

function withoutTzid(parameters: JCalProperty[1]): JCalProperty[1] {
  if (parameters["tzid"] === undefined) return parameters;
  const { tzid: _tzid, ...others } = parameters;
  return others;
}

/** A property with a TZID in UTC; what cannot be read stays. */
function withoutZone(property: JCalProperty, times: TimeReader): JCalProperty {
  if (tzidOf(property) === null) return property;
  const values = dateTimesOf(property);
  if (values.length === 0) return property;
  return dateTimeProperty(
    property[0],
    values.map((value) => (value.kind === "zoned" ? utcValue(times.toUtc(value)) : value)),
    withoutTzid(property[1]),
  );
}

function withoutZones(component: JCalComponent, times: TimeReader): JCalComponent {
  return [
    component[0],
    component[1].map((property) => withoutZone(property, times)),
    component[2].map((child) => withoutZones(child, times)),
  ];
}
