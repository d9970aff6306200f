// Requests to servers that users name. Every target passes the address guard, redirects are followed by hand, a time limit holds for
// the whole exchange and a size limit for the answer. It returns; it never throws. It knows no protocol above HTTP.
//
// workerd and Node differ in what they do with Authorization on a redirect to another origin; here it is never sent there.

import type { ConnectorFailure } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { refusedAddress } from "./address-guard.ts";
import { readBody } from "./read-body.ts";

export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** The credentials were left behind: a redirect went to another origin. */
  readonly withoutCredentials: boolean;
}

export interface GuardedFetchOptions {
  readonly fetch: FetchLike;
  readonly allowPrivateAddresses: boolean;
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
}

export type GuardedFetch = (request: GuardedRequest) => Promise<Result<Answer, ConnectorFailure>>;

export const timeoutMsDefault = 30_000;
export const answerBytesMaxDefault = 32 * 1_048_576;
const redirectsMax = 5;
const attemptsMax = 3;

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  return async (request) => {
    const controller = new AbortController();
    const host = hostOf(request.url);
    const late = Promise.withResolvers<Result<Answer, ConnectorFailure>>();
    const timer = setTimeout(() => {
      late.resolve(err(retry("timeout", `${host} did not answer within ${timeoutMs / 1000} seconds.`)));
      controller.abort();
    }, timeoutMs);
    const exchange = follow(options, request, controller.signal).catch(() =>
      err(retry("unreachable", `${host} cannot be reached.`)),
    );
    const result = await Promise.race([exchange, late.promise]);
    clearTimeout(timer);
    return result;
  };
}

async function follow(
  { fetch, allowPrivateAddresses, answerBytesMax = answerBytesMaxDefault }: GuardedFetchOptions,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<Result<Answer, ConnectorFailure>> {
  let target = URL.parse(request.url);
  let withoutCredentials = false;
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    if (target === null) return err(giveUp("refused", "The address is not a URL."));
    const refusal = refusedAddress(target, allowPrivateAddresses);
    if (refusal !== undefined) return err(giveUp("address-refused", refusal));
    // fetch() refuses a URL with credentials inside; ours travel in a header.
    target.username = "";
    target.password = "";
    target.hash = "";
    const response = await fetchAgain(fetch, target.href, {
      method: request.method,
      headers: withoutCredentials ? without(request.headers, "authorization") : { ...request.headers },
      body: request.body,
      redirect: "manual",
      signal,
    });
    if (!isRedirect(response.status, request.method)) {
      const text = await readBody(response, answerBytesMax);
      if (text === undefined) {
        return err(
          giveUp("too-large", `The answer of ${target.host} is larger than ${answerBytesMax} bytes.`),
        );
      }
      return ok({
        status: response.status,
        headers: response.headers,
        text,
        url: target.href,
        withoutCredentials,
      });
    }
    await response.body?.cancel();
    const location = response.headers.get("location");
    const next: URL | null = location === null ? null : URL.parse(location, target.href);
    if (next === null) return err(retry("bad-response", `${target.host} redirects to nowhere.`));
    withoutCredentials ||= next.origin !== target.origin;
    target = next;
  }
  return err(retry("bad-response", `${hostOf(request.url)} redirects more than ${redirectsMax} times.`));
}

/**
 * workerd sends on a kept connection that the server has closed meanwhile (Radicale closes each) and calls the error `retryable`.
 * Every method that is sent here may be repeated: they are safe, or idempotent and under a condition.
 */
async function fetchAgain(fetch: FetchLike, url: string, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, init);
    } catch (error) {
      const isRetryable = error instanceof Error && "retryable" in error && error.retryable === true;
      if (!isRetryable || attempt === attemptsMax || init.signal?.aborted === true) throw error;
    }
  }
}

/** The method stays. 303 asks for a GET instead, which is an answer to a question nobody asked: it is handed out as it is. */
function isRedirect(status: number, method: string): boolean {
  return [301, 302, 307, 308].includes(status) || (status === 303 && method === "GET");
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "The server";
}

function retry(code: "unreachable" | "timeout" | "bad-response", reason: string): ConnectorFailure {
  return { kind: "retry", code, retryAfterMs: null, reason };
}

function giveUp(code: "refused" | "address-refused" | "too-large", reason: string): ConnectorFailure {
  return { kind: "give-up", code, reason };
}
