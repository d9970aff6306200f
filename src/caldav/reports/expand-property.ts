// DAV:expand-property (RFC 3253 3.8): properties, and for those that consist of hrefs the named properties of what they lead to.

import { err, ok } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { multistatus, propstat, STATUS_NOT_FOUND, STATUS_OK, statusResponse } from "../multistatus.ts";
import { existsOn, propertyNamed, readHrefs } from "../properties/registry.ts";
import { propstatRenderer } from "../properties/render.ts";
import { targetOfHref } from "../resources/locate.ts";
import { isResource, type Resource } from "../resources/resource.ts";
import { attributeOf, childrenOf } from "../xml/element.ts";
import { clark, DAV, tagsOf, type XmlName } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { hrefElement } from "../xml/writer.ts";
import type { ReportExchange } from "./report.ts";

/** Deep enough for every client seen; each level multiplies the work. */
const EXPANSIONS_MAX = 4;

export async function expandProperty({ root, context, preferences, target }: ReportExchange): Outcome {
  const wishes = wishesIn(root);
  if (wishes === undefined) return err({ kind: "bad-request", reason: "A property needs a name." });
  const response = expanded(target, wishes, context, preferences.minimal, 0);
  return ok(applied(multistatus(response), preferences, ["return=minimal"]));
}

interface Wish {
  readonly name: XmlName;
  readonly inner: readonly Wish[];
}

function wishesIn(element: XmlElement): readonly Wish[] | undefined {
  const wishes: Wish[] = [];
  for (const child of childrenOf(element, DAV, "property")) {
    const local = attributeOf(child, "name")?.trim() ?? "";
    const inner = wishesIn(child);
    if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(local) || inner === undefined) return undefined;
    wishes.push({ name: { ns: attributeOf(child, "namespace") ?? DAV, local }, inner });
  }
  return wishes;
}

function expanded(
  resource: Resource,
  wishes: readonly Wish[],
  context: CalDavContext,
  minimal: boolean,
  level: number,
): string {
  const plain: XmlName[] = [];
  let found = "";
  for (const wish of wishes) {
    const hrefs =
      wish.inner.length === 0 || level >= EXPANSIONS_MAX ? undefined : hrefsOf(wish.name, resource, context);
    if (hrefs === undefined) {
      plain.push(wish.name);
      continue;
    }
    const tags = tagsOf(wish.name);
    const inside = hrefs
      .map((href) => {
        const next = targetOfHref(context.store, href);
        return next !== undefined && isResource(next)
          ? expanded(next, wish.inner, context, minimal, level + 1)
          : statusResponse(href, STATUS_NOT_FOUND);
      })
      .join("");
    found += tags.open + inside + tags.close;
  }
  let propstats = found === "" ? "" : propstat(found, STATUS_OK);
  if (plain.length > 0 || found === "") {
    propstats += propstatRenderer({ kind: "prop", names: plain }, context, minimal)(resource);
  }
  return `<D:response>${hrefElement(resource.href)}${propstats}</D:response>`;
}

function hrefsOf(name: XmlName, resource: Resource, context: CalDavContext): readonly string[] | undefined {
  const declared = propertyNamed(clark(name.ns, name.local));
  if (declared === undefined || !existsOn(declared, resource.kind)) return undefined;
  return readHrefs(declared, resource.kind, resource, context);
}
