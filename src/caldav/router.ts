// The CalDAV server of one user: one request in, one answer out. Finds the resource, checks that the method exists there and that
// the session may use it, and lets the method's own file do the rest. Knows no storage but the port.

import { precondition, type Failure } from "../core/failure.ts";
import { err, type Result } from "../core/result.ts";
import { allowOn, DAV_HEADER, methodNamed, type MethodName } from "./capabilities.ts";
import type { CalDavContext } from "./context.ts";
import { failureResponse } from "./failure-response.ts";
import { preferencesOf } from "./headers.ts";
import { deleteResource } from "./methods/delete.ts";
import type { Exchange, Outcome } from "./methods/exchange.ts";
import { get } from "./methods/get.ts";
import { mkcol } from "./methods/mkcol.ts";
import { options } from "./methods/options.ts";
import { propfind } from "./methods/propfind.ts";
import { proppatch } from "./methods/proppatch.ts";
import { put } from "./methods/put.ts";
import { report } from "./methods/report.ts";
import { targetOf } from "./resources/locate.ts";
import { isResource } from "./resources/resource.ts";

export async function handleCalDav(request: Request, context: CalDavContext): Promise<Response> {
  const outcome = await answer(request, context);
  const response = outcome.ok ? outcome.value : failureResponse(outcome.error);
  if (!outcome.ok) await request.body?.cancel().catch(() => undefined);
  response.headers.set("dav", DAV_HEADER);
  return response;
}

async function answer(request: Request, context: CalDavContext): Promise<Result<Response, Failure>> {
  const target = targetOf(context.store, new URL(request.url).pathname);
  if (!target.ok) return err({ kind: "bad-request", reason: `The URL is not usable: ${target.error}.` });
  const method = methodNamed(request.method);
  if (method === undefined || (!method.on.includes(target.value.kind) && isResource(target.value))) {
    const reason = `${request.method} is not offered here.`;
    return err({ kind: "method-not-allowed", allow: allowOn(target.value.kind), reason });
  }
  if (method.writes && context.scope === "caldav-read") {
    const reason = "This app password may read only.";
    return err(precondition("need-privileges", reason, target.value.href));
  }
  if (!method.on.includes(target.value.kind)) {
    return err({ kind: "not-found", reason: "Nothing is at this URL." });
  }
  const preferences = preferencesOf(request);
  return run(method.name, { request, context, preferences, target: target.value });
}

function run(method: MethodName, exchange: Exchange): Outcome {
  const { target } = exchange;
  switch (method) {
    case "OPTIONS":
      return options(exchange);
    case "MKCOL":
    case "MKCALENDAR":
      return mkcol(exchange);
    case "PUT":
      return put(exchange);
    case "DELETE":
      return target.kind === "calendar" || target.kind === "member"
        ? deleteResource({ ...exchange, target })
        : missing();
    case "PROPFIND":
      return isResource(target) ? propfind({ ...exchange, target }) : missing();
    case "PROPPATCH":
      return isResource(target) ? proppatch({ ...exchange, target }) : missing();
    case "REPORT":
      return isResource(target) ? report({ ...exchange, target }) : missing();
    case "GET":
    case "HEAD":
      return isResource(target) ? get({ ...exchange, target }) : missing();
  }
}

async function missing(): Outcome {
  return err({ kind: "not-found", reason: "Nothing is at this URL." });
}
