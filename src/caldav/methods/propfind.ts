// PROPFIND (RFC 4918 9.1) with Depth 0 and 1; infinity is refused, as 9.1 allows.

import { precondition, type Failure } from "../../core/failure.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readXmlBody } from "../body.ts";
import { depthOf } from "../headers.ts";
import { multistatus } from "../multistatus.ts";
import { responseRenderer, type Wanted } from "../properties/render.ts";
import { childrenOf } from "../resources/locate.ts";
import { isCollection } from "../resources/resource.ts";
import { childOf, is, namesOf } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { applied, type Outcome, type ResourceExchange } from "./exchange.ts";

export async function propfind({ request, context, preferences, target }: ResourceExchange): Outcome {
  const depth = depthOf(request);
  if (depth === undefined) return err({ kind: "bad-request", reason: "Depth is 0, 1 or infinity." });
  // Without the header the depth is infinity (RFC 4918 9.1); on a member all depths are the same.
  if (isCollection(target) && (depth === null || depth === "infinity")) {
    const reason = "PROPFIND is answered with Depth 0 or 1 only.";
    return err(precondition("propfind-finite-depth", reason));
  }
  const body = await readXmlBody(request, context.maxima.xmlBytesMax);
  if (!body.ok) return body;
  const wanted = wantedByPropfind(body.value);
  if (!wanted.ok) return wanted;
  const render = responseRenderer(wanted.value, context, preferences.minimal);
  const withChildren = depth === "1" && isCollection(target);
  let responses = withChildren && preferences.noRoot ? "" : render(target);
  if (withChildren) {
    for (const child of childrenOf(context.store, target)) responses += render(child);
  }
  return ok(applied(multistatus(responses), preferences, ["return=minimal", "depth-noroot"]));
}

/** An empty body means allprop (RFC 4918 9.1). */
function wantedByPropfind(root: XmlElement | null): Result<Wanted, Failure> {
  if (root === null) return ok({ kind: "allprop", include: [] });
  const wanted = is(root, DAV, "propfind") ? wantedBelow(root) : undefined;
  if (wanted === undefined) {
    const reason = "The body of PROPFIND is DAV:propfind with one of allprop, propname or prop.";
    return err({ kind: "bad-request", reason });
  }
  return ok(wanted);
}

/** Exactly one of DAV:allprop (with DAV:include), DAV:propname, DAV:prop. */
export function wantedBelow(element: XmlElement): Wanted | undefined {
  const allprop = childOf(element, DAV, "allprop");
  const propname = childOf(element, DAV, "propname");
  const prop = childOf(element, DAV, "prop");
  if ([allprop, propname, prop].filter((child) => child !== undefined).length !== 1) return undefined;
  if (prop !== undefined) return { kind: "prop", names: namesOf(prop.children) };
  if (propname !== undefined) return { kind: "propname" };
  const include = childOf(element, DAV, "include");
  return { kind: "allprop", include: namesOf(include?.children ?? []) };
}
