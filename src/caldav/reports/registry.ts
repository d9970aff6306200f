// The implementations of the declared reports. A declared report without one does not compile.

import type { Outcome } from "../methods/exchange.ts";
import { aclPrincipalPropSet } from "./acl-principal-prop-set.ts";
import { calendarMultiget } from "./calendar-multiget.ts";
import { calendarQuery } from "./calendar-query.ts";
import type { ReportName } from "./declared.ts";
import { expandProperty } from "./expand-property.ts";
import { freeBusyQuery } from "./free-busy-query.ts";
import { principalMatch } from "./principal-match.ts";
import { principalPropertySearch, principalSearchPropertySet } from "./principal-search.ts";
import type { Report, ReportExchange } from "./report.ts";
import { syncCollection } from "./sync-collection.ts";

const IMPLEMENTED: { readonly [N in ReportName]: Report } = {
  "calendar-query": calendarQuery,
  "calendar-multiget": calendarMultiget,
  "free-busy-query": freeBusyQuery,
  "sync-collection": syncCollection,
  "expand-property": expandProperty,
  "principal-property-search": principalPropertySearch,
  "principal-search-property-set": principalSearchPropertySet,
  "principal-match": principalMatch,
  "acl-principal-prop-set": aclPrincipalPropSet,
};

export function runReport(name: ReportName, exchange: ReportExchange): Outcome {
  return IMPLEMENTED[name](exchange);
}
