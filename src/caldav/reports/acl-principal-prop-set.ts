// DAV:acl-principal-prop-set (RFC 3744 9.2): properties of the principals that the DAV:acl of a resource names; here the owner.

import { err, ok } from "../../core/result.ts";
import { applied, type Outcome } from "../methods/exchange.ts";
import { wantedBelow } from "../methods/propfind.ts";
import { multistatus } from "../multistatus.ts";
import { responseRenderer } from "../properties/render.ts";
import { principalResource } from "../resources/locate.ts";
import type { ReportExchange } from "./report.ts";

export async function aclPrincipalPropSet({ root, context, preferences, depth }: ReportExchange): Outcome {
  if (depth !== null && depth !== "0") return err({ kind: "bad-request", reason: "Depth must be 0." });
  const wanted = wantedBelow(root) ?? { kind: "prop", names: [] };
  const render = responseRenderer(wanted, context, preferences.minimal);
  const response = render(principalResource(context.store));
  return ok(applied(multistatus(response), preferences, ["return=minimal"]));
}
