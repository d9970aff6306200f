// The resources of the tree as a closed union. What each answers is declared in properties/, reports/ and capabilities.ts.

import type { CalendarCollection, MemberMetadata, Principal } from "../../core/ports/calendar-store.ts";

/** By kind, so that a declaration can be keyed by kind and still know its resource. */
export interface ResourceByKind {
  /** /dav/ */
  readonly root: { readonly kind: "root"; readonly href: string };
  /** /dav/principals/ */
  readonly principals: { readonly kind: "principals"; readonly href: string };
  /** /dav/principals/<user>/ */
  readonly principal: { readonly kind: "principal"; readonly href: string; readonly principal: Principal };
  /** /dav/calendars/, the parent of the home. */
  readonly homes: { readonly kind: "homes"; readonly href: string };
  /** /dav/calendars/<user>/, the calendar home (RFC 4791 6.2.1). */
  readonly home: { readonly kind: "home"; readonly href: string; readonly principal: Principal };
  readonly calendar: {
    readonly kind: "calendar";
    readonly href: string;
    readonly calendar: CalendarCollection;
  };
  /** A calendar object resource. */
  readonly member: {
    readonly kind: "member";
    readonly href: string;
    readonly calendar: CalendarCollection;
    readonly member: MemberMetadata;
  };
}

export type ResourceKind = keyof ResourceByKind;
export type Resource = ResourceByKind[ResourceKind];
export type CalendarResource = ResourceByKind["calendar"];
export type MemberResource = ResourceByKind["member"];

/** A URL that nothing stands at. */
export type Unmapped =
  /** A calendar could be created here. */
  | { readonly kind: "free-calendar"; readonly href: string; readonly slug: string }
  /** An object could be put here. */
  | {
      readonly kind: "free-member";
      readonly href: string;
      readonly calendar: CalendarCollection;
      readonly name: string;
    }
  | { readonly kind: "nothing"; readonly href: string };

export type Target = Resource | Unmapped;

export function isResource(target: Target): target is Resource {
  return target.kind !== "free-calendar" && target.kind !== "free-member" && target.kind !== "nothing";
}

export function isCollection(resource: Resource): boolean {
  return resource.kind !== "member";
}
