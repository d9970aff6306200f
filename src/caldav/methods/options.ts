// OPTIONS (RFC 9110 9.3.7; RFC 4918 10.1): what may be done here. The DAV header is the router's.

import { ok } from "../../core/result.ts";
import { allowOn } from "../capabilities.ts";
import type { Exchange, Outcome } from "./exchange.ts";

export async function options({ target }: Exchange): Outcome {
  return ok(new Response(null, { status: 200, headers: { allow: allowOn(target.kind).join(", ") } }));
}
