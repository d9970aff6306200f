// PROPPATCH (RFC 4918 9.2): all instructions or none.

import { err, ok } from "../../core/result.ts";
import { readXmlBody } from "../body.ts";
import { multistatus } from "../multistatus.ts";
import { stateCheckOf } from "../conditions.ts";
import { changePropstats, instructionsOf, judge, type Change } from "../properties/change.ts";
import { deadPropertiesOf, propertyTarget } from "../properties/dead.ts";
import { is } from "../xml/element.ts";
import { DAV } from "../xml/names.ts";
import { hrefElement } from "../xml/writer.ts";
import { applied, type Outcome, type ResourceExchange } from "./exchange.ts";

export async function proppatch({ request, context, preferences, target }: ResourceExchange): Outcome {
  const body = await readXmlBody(request, context.maxima.xmlBytesMax);
  if (!body.ok) return body;
  const root = body.value;
  const instructions = root !== null && is(root, DAV, "propertyupdate") ? instructionsOf(root) : [];
  if (instructions.length === 0) {
    const reason = "The body of PROPPATCH is DAV:propertyupdate with at least one property.";
    return err({ kind: "bad-request", reason });
  }
  const check = stateCheckOf(request, context.store, target);
  if (!check.ok) return check;
  const refused = check.value(target.kind === "member" ? target.member : undefined);
  if (refused !== undefined) return err(refused);
  const change = judge(instructions, target.kind, deadPropertiesOf(target, context.store), context);
  const kept = await keep(change, target, context);
  if (!kept.failed && preferences.minimal) {
    return ok(applied(new Response(null, { status: 200 }), preferences, ["return=minimal"]));
  }
  const response = `<D:response>${hrefElement(target.href)}${changePropstats(kept)}</D:response>`;
  return ok(multistatus(response));
}

async function keep(
  change: Change,
  target: ResourceExchange["target"],
  { store }: ResourceExchange["context"],
): Promise<Change> {
  if (change.failed) return change;
  const place = propertyTarget(target);
  const outcome =
    place === undefined
      ? err({ kind: "forbidden" as const, reason: "Properties cannot be set on this resource." })
      : await store.patchCollection(place, change.patch);
  if (outcome.ok) return change;
  const judged = change.judged.map(({ instruction }) => ({ instruction, failure: outcome.error }));
  return { ...change, judged, failed: true };
}
