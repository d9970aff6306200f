// CALDAV:filter (RFC 4791 9.7) from XML to core's filter, with the validity rules of 7.8 (valid-filter, supported-collation), and the
// part of it that the store's index can answer.

import { precondition, type Failure } from "../../core/failure.ts";
import {
  supportedCollation,
  type CompFilter,
  type ParamFilter,
  type PropFilter,
  type TextMatch,
} from "../../core/ical/filter.ts";
import type { CandidateQuery, ComponentName, TimeSpan } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { attributeOf, childOf, is } from "../xml/element.ts";
import { CALDAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { readTimeRange } from "./time-range.ts";

/** Components that may stand inside another (RFC 5545 3.6); X- and IANA components may stand anywhere. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  VCALENDAR: ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"],
  VEVENT: ["VALARM"],
  VTODO: ["VALARM"],
  VTIMEZONE: ["STANDARD", "DAYLIGHT"],
  VAVAILABILITY: ["AVAILABLE"],
};
const KNOWN = new Set(Object.values(INSIDE).flat().concat("VCALENDAR"));

/** Properties whose value is a time or a span (RFC 4791 9.9). */
const TIMED = new Set([
  "DTSTART",
  "DTEND",
  "DUE",
  "COMPLETED",
  "CREATED",
  "DTSTAMP",
  "LAST-MODIFIED",
  "RECURRENCE-ID",
  "EXDATE",
  "RDATE",
  "FREEBUSY",
  "TRIGGER",
  "ACKNOWLEDGED",
]);

function invalid(reason: string): Result<never, Failure> {
  return err(precondition("valid-filter", reason));
}

/** The comp-filter for VCALENDAR inside CALDAV:filter. */
export function readFilter(filter: XmlElement): Result<CompFilter, Failure> {
  const [only, ...others] = filter.children;
  if (only === undefined || others.length > 0 || !is(only, CALDAV, "comp-filter")) {
    return invalid("CALDAV:filter holds exactly one comp-filter.");
  }
  const root = readCompFilter(only);
  if (root.ok && root.value.name !== "VCALENDAR") return invalid("The outermost comp-filter is VCALENDAR.");
  return root;
}

function nameOf(element: XmlElement): Result<string, Failure> {
  const name = attributeOf(element, "name")?.trim().toUpperCase() ?? "";
  return /^[A-Z0-9-]+$/.test(name) ? ok(name) : invalid(`${element.local} needs a name.`);
}

function readCompFilter(element: XmlElement): Result<CompFilter, Failure> {
  const name = nameOf(element);
  if (!name.ok) return name;
  const compFilters: CompFilter[] = [];
  const propFilters: PropFilter[] = [];
  let timeRange: TimeSpan | null = null;
  const isNotDefined = childOf(element, CALDAV, "is-not-defined") !== undefined;
  if (isNotDefined && element.children.length > 1) return invalid("is-not-defined stands alone.");
  for (const child of element.children) {
    if (is(child, CALDAV, "comp-filter")) {
      const inner = readCompFilter(child);
      if (!inner.ok) return inner;
      if (KNOWN.has(inner.value.name) && !INSIDE[name.value]?.includes(inner.value.name)) {
        return invalid(`${inner.value.name} cannot stand inside ${name.value}.`);
      }
      compFilters.push(inner.value);
    } else if (is(child, CALDAV, "prop-filter")) {
      const inner = readPropFilter(child);
      if (!inner.ok) return inner;
      propFilters.push(inner.value);
    } else if (is(child, CALDAV, "time-range")) {
      if (timeRange !== null || name.value === "VCALENDAR" || name.value === "VTIMEZONE") {
        return invalid(`A time-range cannot stand here in ${name.value}.`);
      }
      const range = readTimeRange(child);
      if (!range.ok) return range;
      timeRange = range.value;
    } else if (!is(child, CALDAV, "is-not-defined")) {
      return invalid(`${child.name} cannot stand in a comp-filter.`);
    }
  }
  return ok({ name: name.value, isNotDefined, timeRange, compFilters, propFilters });
}

function readPropFilter(element: XmlElement): Result<PropFilter, Failure> {
  const name = nameOf(element);
  if (!name.ok) return name;
  const paramFilters: ParamFilter[] = [];
  let timeRange: TimeSpan | null = null;
  let textMatch: TextMatch | null = null;
  const isNotDefined = childOf(element, CALDAV, "is-not-defined") !== undefined;
  if (isNotDefined && element.children.length > 1) return invalid("is-not-defined stands alone.");
  for (const child of element.children) {
    if (is(child, CALDAV, "param-filter")) {
      const inner = readParamFilter(child);
      if (!inner.ok) return inner;
      paramFilters.push(inner.value);
    } else if (is(child, CALDAV, "text-match")) {
      const match = readTextMatch(child);
      if (!match.ok) return match;
      textMatch = match.value;
    } else if (is(child, CALDAV, "time-range")) {
      if (!TIMED.has(name.value) && !name.value.startsWith("X-")) {
        return invalid(`${name.value} has no time, so a time-range cannot stand in its prop-filter.`);
      }
      const range = readTimeRange(child);
      if (!range.ok) return range;
      timeRange = range.value;
    } else if (!is(child, CALDAV, "is-not-defined")) {
      return invalid(`${child.name} cannot stand in a prop-filter.`);
    }
  }
  if (timeRange !== null && textMatch !== null)
    return invalid("A prop-filter has a time-range or a text-match.");
  return ok({ name: name.value, isNotDefined, timeRange, textMatch, paramFilters });
}

function readParamFilter(element: XmlElement): Result<ParamFilter, Failure> {
  const name = nameOf(element);
  if (!name.ok) return name;
  const [only, ...others] = element.children;
  if (others.length > 0) return invalid("A param-filter holds one test.");
  if (only === undefined) return ok({ name: name.value, isNotDefined: false, textMatch: null });
  if (is(only, CALDAV, "is-not-defined")) {
    return ok({ name: name.value, isNotDefined: true, textMatch: null });
  }
  if (!is(only, CALDAV, "text-match")) return invalid(`${only.name} cannot stand in a param-filter.`);
  const textMatch = readTextMatch(only);
  return textMatch.ok ? ok({ name: name.value, isNotDefined: false, textMatch: textMatch.value }) : textMatch;
}

function readTextMatch(element: XmlElement): Result<TextMatch, Failure> {
  const collation = attributeOf(element, "collation") ?? "i;ascii-casemap";
  if (!supportedCollation(collation)) {
    return err(precondition("supported-collation", `The collation ${collation} is not supported.`));
  }
  const negate = attributeOf(element, "negate-condition") ?? "no";
  if (negate !== "yes" && negate !== "no") return invalid("negate-condition is yes or no.");
  return ok({ collation, text: element.text, negate: negate === "yes" });
}

export interface IndexedFilter {
  readonly query: CandidateQuery;
  /** The index says all that the filter asks: what it calls certain needs no opening. */
  readonly isExact: boolean;
}

const INDEXED: readonly ComponentName[] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"];

/** What the store can narrow by: one component, and the span in which it must have an instance. */
export function indexedPart(filter: CompFilter): IndexedFilter {
  const [only, ...others] = filter.compFilters;
  const component = INDEXED.find((name) => name === only?.name);
  if (filter.isNotDefined || component === undefined || others.length > 0 || only?.isNotDefined === true) {
    const isEmpty = !filter.isNotDefined && only === undefined && filter.propFilters.length === 0;
    return { query: { component: null, span: null }, isExact: isEmpty };
  }
  const isPlain =
    filter.propFilters.length === 0 && only?.propFilters.length === 0 && only.compFilters.length === 0;
  return { query: { component, span: only?.timeRange ?? null }, isExact: isPlain };
}
