// REPORT (RFC 3253 3.6): which report a body asks for, and whether this resource offers it.

import { precondition } from "../../core/failure.ts";
import { err } from "../../core/result.ts";
import { readXmlBody } from "../body.ts";
import { depthOf } from "../headers.ts";
import { reportOffered } from "../reports/declared.ts";
import { runReport } from "../reports/registry.ts";
import type { Outcome, ResourceExchange } from "./exchange.ts";

export async function report(exchange: ResourceExchange): Outcome {
  const { request, context, target } = exchange;
  const depth = depthOf(request);
  if (depth === undefined) return err({ kind: "bad-request", reason: "Depth is 0, 1 or infinity." });
  const body = await readXmlBody(request, context.maxima.xmlBytesMax);
  if (!body.ok) return body;
  if (body.value === null) return err({ kind: "bad-request", reason: "REPORT needs a body." });
  const name = reportOffered(target.kind, body.value);
  if (name === undefined) {
    return err(precondition("supported-report", `${body.value.name} is not offered here.`));
  }
  return runReport(name, { ...exchange, root: body.value, depth });
}
