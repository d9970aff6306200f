// DAV:principal-match (RFC 3744 9.3): which principals are the current user, or which members below the URL name the current user in a
// property. Everything below the home belongs to its one user.

import { err, ok } from "../../core/result.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus } from "../multistatus.ts";
import { propertyNamed, readHrefs } from "../properties/registry.ts";
import { responseRenderer } from "../properties/render.ts";
import { childrenOf, principalResource } from "../resources/locate.ts";
import type { Resource } from "../resources/resource.ts";
import { childOf } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import type { ReportExchange } from "./report.ts";

export async function principalMatch({ root, context, preferences, target, depth }: ReportExchange): Outcome {
  if (depth !== null && depth !== "0") return err({ kind: "bad-request", reason: "Depth must be 0." });
  const self = childOf(root, DAV, "self");
  const [named] = childOf(root, DAV, "principal-property")?.children ?? [];
  if ((self === undefined) === (named === undefined)) {
    const reason = "principal-match takes DAV:self or DAV:principal-property.";
    return err({ kind: "bad-request", reason });
  }
  const me = principalResource(context.store);
  let matching: readonly Resource[];
  if (named === undefined) {
    const isAbove = target.kind === "root" || target.kind === "principals" || target.kind === "principal";
    matching = isAbove ? [me] : [];
  } else {
    const declared = propertyNamed(named.name);
    matching = childrenOf(context.store, target).filter(
      (child) =>
        declared !== undefined && readHrefs(declared, child.kind, child, context)?.includes(me.href) === true,
    );
  }
  const render = responseRenderer(
    wantedBelow(root) ?? { kind: "prop", names: [] },
    context,
    preferences.minimal,
  );
  const responses = matching.map((resource) => render(resource)).join("");
  return ok(applied(multistatus(responses), preferences, ["return=minimal"]));
}
