// How a property is declared: its name, whether allprop shows it, on which kinds of resource it exists and how it is read there,
// and, where a client may set it, how a value becomes a change. What no declaration names is a dead property.

import type { Failure } from "../../core/failure.ts";
import type { CollectionPatch } from "../../core/ports/calendar-store.ts";
import type { Result } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import type { ResourceByKind, ResourceKind } from "../resources/resource.ts";
import type { XmlElement } from "../xml/reader.ts";
import type { XmlName } from "../xml/names.ts";

/** The content of the property's element as XML text; `undefined`: not defined on this resource at the moment. */
type Read<K extends ResourceKind> = (
  resource: ResourceByKind[K],
  context: CalDavContext,
) => string | undefined;

/** The hrefs a property consists of; DAV:expand-property (RFC 3253 3.8) follows them. */
type ReadHrefs<K extends ResourceKind> = (
  resource: ResourceByKind[K],
  context: CalDavContext,
) => readonly string[];

/** A new value; `null` removes the property. */
type Write = (element: XmlElement | null, context: CalDavContext) => Result<CollectionPatch, Failure>;

export interface Property extends XmlName {
  readonly inAllprop: boolean;
  readonly read?: { readonly [K in ResourceKind]?: Read<K> };
  readonly readHrefs?: { readonly [K in ResourceKind]?: ReadHrefs<K> };
  /** Absent: protected (RFC 4918 9.2). */
  readonly write?: { readonly [K in "calendar"]?: Write };
  /** May be given when a calendar is created although it is protected afterwards, e.g. the component set (RFC 4791 5.2.3). */
  readonly onCreation?: boolean;
}

type Declaration = Omit<Property, "ns" | "local" | "inAllprop"> & { readonly inAllprop?: boolean };

export function property(ns: string, local: string, declaration: Declaration): Property {
  return { ns, local, inAllprop: false, ...declaration };
}

/** One reader for every kind of resource. */
export function onEvery(read: Read<ResourceKind>): { readonly [K in ResourceKind]: Read<K> } {
  return {
    root: read,
    principals: read,
    principal: read,
    homes: read,
    home: read,
    calendar: read,
    member: read,
  };
}

export function hrefsOnEvery(read: ReadHrefs<ResourceKind>): { readonly [K in ResourceKind]: ReadHrefs<K> } {
  return {
    root: read,
    principals: read,
    principal: read,
    homes: read,
    home: read,
    calendar: read,
    member: read,
  };
}
