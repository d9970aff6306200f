// DAV:principal-property-search and principal-search-property-set (RFC 3744 9.4, 9.5). The only principal to be found is the user:
// nobody learns here who else has an account.

import { err, ok } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus, XML_TYPE } from "../multistatus.ts";
import { responseRenderer } from "../properties/render.ts";
import { principalResource } from "../resources/locate.ts";
import { attributeOf, childOf, childrenOf } from "../xml/element.ts";
import { CALDAV, CALENDARSERVER, clark, DAV, tagsOf, type XmlName } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { document } from "../xml/writer.ts";
import type { ReportExchange } from "./report.ts";

interface Searchable extends XmlName {
  readonly description: string;
  readonly values: (context: CalDavContext) => readonly string[];
}

const SEARCHABLE: readonly Searchable[] = [
  {
    ns: DAV,
    local: "displayname",
    description: "Display name",
    values: ({ store }) => [store.principal().displayName],
  },
  {
    ns: CALENDARSERVER,
    local: "email-address-set",
    description: "Email address",
    values: ({ store }) => store.principal().emails,
  },
  {
    ns: CALDAV,
    local: "calendar-user-address-set",
    description: "Calendar user address",
    values: ({ store }) => store.principal().emails.map((email) => `mailto:${email}`),
  },
  {
    ns: CALDAV,
    local: "calendar-user-type",
    description: "Calendar user type",
    values: () => ["INDIVIDUAL"],
  },
];

export async function principalSearchPropertySet({ depth }: ReportExchange): Outcome {
  if (depth !== null && depth !== "0") return err({ kind: "bad-request", reason: "Depth must be 0." });
  const entries = SEARCHABLE.map(
    (name) =>
      `<D:principal-search-property><D:prop>${tagsOf(name).empty}</D:prop>` +
      `<D:description xml:lang="en">${name.description}</D:description></D:principal-search-property>`,
  ).join("");
  const body = document("D:principal-search-property-set", entries);
  return ok(new Response(body, { status: 200, headers: { "content-type": XML_TYPE } }));
}

export async function principalPropertySearch({
  root,
  context,
  preferences,
  depth,
}: ReportExchange): Outcome {
  if (depth !== null && depth !== "0") return err({ kind: "bad-request", reason: "Depth must be 0." });
  const searches = childrenOf(root, DAV, "property-search");
  const test = attributeOf(root, "test") ?? "allof";
  if (searches.length === 0 || (test !== "allof" && test !== "anyof")) {
    return err({ kind: "bad-request", reason: "principal-property-search needs a property-search." });
  }
  const hits = searches.map((search) => hit(search, context));
  const isFound = test === "anyof" ? hits.some(Boolean) : hits.every(Boolean);
  const wanted = wantedBelow(root) ?? { kind: "prop", names: [] };
  const render = responseRenderer(wanted, context, preferences.minimal);
  const responses = isFound ? render(principalResource(context.store)) : "";
  return ok(applied(multistatus(responses), preferences, ["return=minimal"]));
}

/** Caseless; `match-type` is CalendarServer's extension, and Apple sends it. */
function hit(search: XmlElement, context: CalDavContext): boolean {
  const match = childOf(search, DAV, "match");
  const sought = match?.text.trim().toLowerCase() ?? "";
  const type = match === undefined ? undefined : attributeOf(match, "match-type");
  const names = childOf(search, DAV, "prop")?.children ?? [];
  if (names.length === 0) return false;
  return names.every(({ name }) => {
    const searchable = SEARCHABLE.find(({ ns, local }) => clark(ns, local) === name);
    const values = searchable?.values(context) ?? [];
    return values.some((value) => {
      const text = value.toLowerCase();
      if (type === "starts-with") return text.startsWith(sought);
      if (type === "equals") return text === sought;
      return text.includes(sought);
    });
  });
}
