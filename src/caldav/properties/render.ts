// From the properties a request wants to the DAV:response of a resource (RFC 4918 9.1, 14.24; RFC 8144 2.1 for minimal answers).
// The wanted names are compiled once per request and kind of resource, because a listing renders thousands of members.

import type { Failure } from "../../core/failure.ts";
import type { CalDavContext } from "../context.ts";
import { failedPropstat, propstat, STATUS_NOT_FOUND, STATUS_OK } from "../multistatus.ts";
import type { Resource, ResourceKind } from "../resources/resource.ts";
import { clark, CALDAV, fromClark, tagsOf, type Tags, type XmlName } from "../xml/names.ts";
import { readXml } from "../xml/reader.ts";
import { escapeText } from "../xml/writer.ts";
import { deadPropertiesOf } from "./dead.ts";
import type { Property } from "./property.ts";
import { existsOn, PROPERTIES, propertyNamed, valueOf } from "./registry.ts";

/** DAV:allprop with DAV:include, DAV:propname, or DAV:prop. */
export type Wanted =
  | { readonly kind: "allprop"; readonly include: readonly XmlName[] }
  | { readonly kind: "propname" }
  | { readonly kind: "prop"; readonly names: readonly XmlName[] };

/** The escaped content of CALDAV:calendar-data, which only reports have, or why this object cannot be given as it is wanted. */
export type CalendarData = string | Failure;

export type RenderResponse = (resource: Resource, calendarData?: CalendarData) => string;

export function responseRenderer(wanted: Wanted, context: CalDavContext, minimal: boolean): RenderResponse {
  const renderPropstats = propstatRenderer(wanted, context, minimal);
  // A resource's href is built by href.ts from encoded segments, which hold nothing that XML would want escaped.
  return (resource, calendarData) =>
    `<D:response><D:href>${resource.href}</D:href>${renderPropstats(resource, calendarData)}</D:response>`;
}

interface Column {
  readonly name: string;
  readonly tags: Tags;
  readonly declared: Property | undefined;
  readonly isCalendarData: boolean;
}

function columnOf(name: XmlName, kind: ResourceKind): Column {
  const key = clark(name.ns, name.local);
  const declared = propertyNamed(key);
  return {
    name: key,
    tags: tagsOf(name),
    declared: declared !== undefined && existsOn(declared, kind) ? declared : undefined,
    isCalendarData: name.ns === CALDAV && name.local === "calendar-data",
  };
}

/** The propstat elements of one resource. */
export function propstatRenderer(wanted: Wanted, context: CalDavContext, minimal: boolean): RenderResponse {
  const compiled = new Map<ResourceKind, readonly Column[]>();
  const columnsOf = (kind: ResourceKind): readonly Column[] => {
    let columns = compiled.get(kind);
    if (columns === undefined) {
      columns = columnsFor(wanted, kind);
      compiled.set(kind, columns);
    }
    return columns;
  };
  return (resource, calendarData) => {
    const columns = columnsOf(resource.kind);
    const dead = deadPropertiesOf(resource, context.store);
    const optional = wanted.kind === "prop" ? 0 : columns.length - includedIn(wanted);
    let found = "";
    let missing = "";
    let refused = "";
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i];
      if (column === undefined) continue;
      if (column.isCalendarData && typeof calendarData === "object") {
        refused += failedPropstat(column.tags.empty, calendarData);
        continue;
      }
      const element = elementOf(column, resource, context, dead, calendarData);
      if (element === undefined) {
        if (i >= optional) missing += column.tags.empty;
      } else found += wanted.kind === "propname" ? column.tags.empty : element;
    }
    if (wanted.kind !== "prop") found += deadElements(dead, columns, wanted.kind === "propname");
    const notFound = minimal || missing === "" ? "" : propstat(missing, STATUS_NOT_FOUND);
    const rest = notFound + refused;
    return found === "" && rest !== "" ? rest : propstat(found, STATUS_OK) + rest;
  };
}

function includedIn(wanted: Wanted): number {
  return wanted.kind === "allprop" ? wanted.include.length : 0;
}

/** For allprop, what DAV:include names stands at the end: only that is reported when it is missing. */
function columnsFor(wanted: Wanted, kind: ResourceKind): readonly Column[] {
  switch (wanted.kind) {
    case "prop":
      return wanted.names.map((name) => columnOf(name, kind));
    case "propname":
      return PROPERTIES.filter((declared) => existsOn(declared, kind)).map((name) => columnOf(name, kind));
    case "allprop": {
      const included = new Set(wanted.include.map(({ ns, local }) => clark(ns, local)));
      const all = PROPERTIES.filter(
        (declared) =>
          declared.inAllprop && existsOn(declared, kind) && !included.has(clark(declared.ns, declared.local)),
      );
      return [...all, ...wanted.include].map((name) => columnOf(name, kind));
    }
  }
}

function elementOf(
  column: Column,
  resource: Resource,
  context: CalDavContext,
  dead: ReadonlyMap<string, string>,
  calendarData: CalendarData | undefined,
): string | undefined {
  if (column.isCalendarData) {
    return typeof calendarData === "string" ? column.tags.open + calendarData + column.tags.close : undefined;
  }
  if (column.declared === undefined) return dead.get(column.name);
  const value = valueOf(column.declared, resource, context);
  if (value === undefined) return undefined;
  if (column.declared.write !== undefined && dead.size > 0) {
    const asSent = dead.get(column.name);
    if (asSent !== undefined && saysTheSame(asSent, value)) return asSent;
  }
  return value === "" ? column.tags.empty : column.tags.open + value + column.tags.close;
}

/** A live property's element as the client wrote it, kept for its attributes, is answered as long as the value is still that. */
function saysTheSame(asSent: string, value: string): boolean {
  const element = readXml(asSent);
  return element.ok && escapeText(element.value.text) === value;
}

function deadElements(
  dead: ReadonlyMap<string, string>,
  columns: readonly Column[],
  namesOnly: boolean,
): string {
  let elements = "";
  for (const [name, element] of dead) {
    if (propertyNamed(name) !== undefined || columns.some((column) => column.name === name)) continue;
    elements += namesOnly ? tagsOf(fromClark(name)).empty : element;
  }
  return elements;
}
