// All declared properties. A new RFC adds its file here; nothing else lists properties.

import type { CalDavContext } from "../context.ts";
import { REPORTS_BY_KIND } from "../reports/declared.ts";
import type { Resource, ResourceByKind, ResourceKind } from "../resources/resource.ts";
import { clark, DAV, tagsOf } from "../xml/names.ts";
import { hrefElement } from "../xml/writer.ts";
import { appleIcal } from "./apple-ical.ts";
import { calendarserver } from "./calendarserver.ts";
import { onEvery, property, type Property } from "./property.ts";
import { rfc3744 } from "./rfc3744.ts";
import { rfc4791 } from "./rfc4791.ts";
import { rfc4918 } from "./rfc4918.ts";
import { rfc5842, rfc6578 } from "./rfc6578.ts";
import { rfc6638 } from "./rfc6638.ts";

/** DAV:supported-report-set (RFC 3253 3.1.5), derived from the declarations of the reports. */
const supportedReportSet = property(DAV, "supported-report-set", {
  read: onEvery(({ kind }) =>
    REPORTS_BY_KIND[kind]
      .map((name) => `<D:supported-report><D:report>${tagsOf(name).empty}</D:report></D:supported-report>`)
      .join(""),
  ),
});

export const PROPERTIES: readonly Property[] = [
  ...rfc4918,
  ...rfc3744,
  supportedReportSet,
  ...rfc4791,
  ...rfc5842,
  ...rfc6578,
  ...rfc6638,
  ...calendarserver,
  ...appleIcal,
];

const BY_NAME: ReadonlyMap<string, Property> = new Map(
  PROPERTIES.map((declared) => [clark(declared.ns, declared.local), declared]),
);

export function propertyNamed(name: string): Property | undefined {
  return BY_NAME.get(name);
}

/** Whether a property may exist on a kind of resource. */
export function existsOn(declared: Property, kind: ResourceKind): boolean {
  return declared.read?.[kind] !== undefined || declared.readHrefs?.[kind] !== undefined;
}

export function readProperty<K extends ResourceKind>(
  declared: Property,
  kind: K,
  resource: ResourceByKind[K],
  context: CalDavContext,
): string | undefined {
  const read = declared.read?.[kind];
  if (read !== undefined) return read(resource, context);
  const hrefs = readHrefs(declared, kind, resource, context);
  return hrefs?.map(hrefElement).join("");
}

/** The hrefs of a property that consists of them. */
export function readHrefs<K extends ResourceKind>(
  declared: Property,
  kind: K,
  resource: ResourceByKind[K],
  context: CalDavContext,
): readonly string[] | undefined {
  return declared.readHrefs?.[kind]?.(resource, context);
}

export function valueOf(declared: Property, resource: Resource, context: CalDavContext): string | undefined {
  return readProperty(declared, resource.kind, resource, context);
}
