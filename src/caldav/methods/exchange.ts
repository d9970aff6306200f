// One request on its way through a method.

import type { Failure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import type { Preferences } from "../headers.ts";
import type { Resource, Target } from "../resources/resource.ts";

export interface Exchange<T extends Target = Target> {
  readonly request: Request;
  readonly context: CalDavContext;
  readonly preferences: Preferences;
  readonly target: T;
}

export type ResourceExchange = Exchange<Resource>;

export type Outcome = Promise<Result<Response, Failure>>;

/** Preference-Applied (RFC 7240 3), for those of the stated preferences that the method honoured. */
export function applied(response: Response, { stated }: Preferences, honoured: readonly string[]): Response {
  const both = stated.filter((preference) => honoured.includes(preference));
  if (both.length > 0) response.headers.set("preference-applied", both.join(", "));
  if (honoured.length > 0) response.headers.append("vary", "Brief, Prefer");
  return response;
}
