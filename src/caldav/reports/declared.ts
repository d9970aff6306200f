// Which reports exist and which kinds of resource offer them. DAV:supported-report-set is derived from this table and
// reports/registry.ts must implement every line of it, so neither can promise what the other lacks.

import type { ResourceKind } from "../resources/resource.ts";
import { CALDAV, DAV, type XmlName } from "../xml/names.ts";

interface DeclaredReport extends XmlName {
  readonly on: readonly ResourceKind[];
}

const COLLECTIONS = ["root", "principals", "principal", "homes", "home", "calendar"] as const;
const EVERYWHERE = [...COLLECTIONS, "member"] as const;

export const REPORTS = {
  "calendar-query": { ns: CALDAV, local: "calendar-query", on: ["home", "calendar", "member"] },
  "calendar-multiget": { ns: CALDAV, local: "calendar-multiget", on: ["home", "calendar", "member"] },
  // Not on an object (RFC 4791 7.10).
  "free-busy-query": { ns: CALDAV, local: "free-busy-query", on: ["home", "calendar"] },
  // Apple assumes that the home cannot sync when it does not offer this (checklist A10).
  "sync-collection": { ns: DAV, local: "sync-collection", on: ["home", "calendar"] },
  "expand-property": { ns: DAV, local: "expand-property", on: EVERYWHERE },
  "principal-property-search": {
    ns: DAV,
    local: "principal-property-search",
    on: ["root", "principals", "home", "principal"],
  },
  "principal-search-property-set": {
    ns: DAV,
    local: "principal-search-property-set",
    on: ["root", "principals", "home", "principal"],
  },
  "principal-match": { ns: DAV, local: "principal-match", on: COLLECTIONS },
  "acl-principal-prop-set": { ns: DAV, local: "acl-principal-prop-set", on: EVERYWHERE },
} as const satisfies Readonly<Record<string, DeclaredReport>>;

export type ReportName = keyof typeof REPORTS;

function offeredOn(kind: ResourceKind): readonly XmlName[] {
  const declared: readonly DeclaredReport[] = Object.values(REPORTS);
  return declared.filter(({ on }) => on.includes(kind));
}

export const REPORTS_BY_KIND: { readonly [K in ResourceKind]: readonly XmlName[] } = {
  root: offeredOn("root"),
  principals: offeredOn("principals"),
  principal: offeredOn("principal"),
  homes: offeredOn("homes"),
  home: offeredOn("home"),
  calendar: offeredOn("calendar"),
  member: offeredOn("member"),
};

/** The report a request body asks for, if this kind of resource offers it. */
export function reportOffered(kind: ResourceKind, name: XmlName): ReportName | undefined {
  for (const [key, declared] of Object.entries(REPORTS)) {
    const on: readonly ResourceKind[] = declared.on;
    if (declared.ns === name.ns && declared.local === name.local) {
      return on.includes(kind) && isReportName(key) ? key : undefined;
    }
  }
  return undefined;
}

function isReportName(key: string): key is ReportName {
  return Object.hasOwn(REPORTS, key);
}
