// Sends WebDAV requests of one account and reads the answers. It knows credentials and the shape of answers, not what is asked.
//
// tsdav composes the XML requests (PROPFIND, REPORT, MKCOL). It does not read the answers, because its reading is lossy: a calendar
// named "2024" becomes a number, calendar data is trimmed, the body of a 403 (DAV:valid-sync-token) and a 507 beside results are
// turned into exceptions, and half a multistatus passes for a whole one. So tsdav gets a fetch that keeps the answer and tells it
// nothing. PUT, GET and DELETE go without it. MKCALENDAR is not sent: workerd knows no such method.

import { assert } from "../../core/assert.ts";
import type { CalDavCredentials } from "../../core/ports/account.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ConnectorFailure } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { basicAuthorization } from "../http/basic-auth.ts";
import type { Answer, GuardedFetch } from "../http/guarded-fetch.ts";
import { badResponse, failureOfStatus } from "../http/status-failure.ts";
import { readMultistatus, type Multistatus } from "./multistatus.ts";

/** A request through one of tsdav's low-level functions, with the fetch that it is given. */
export type Composed = (fetch: typeof globalThis.fetch) => Promise<unknown>;

export interface DavClient {
  /** The answer as it came; only failures of the transport are failures here. */
  xml(compose: Composed): Promise<Result<Answer, ConnectorFailure>>;
  /** A multistatus, or the failure that the answer's status means. */
  multistatus(compose: Composed): Promise<Result<Multistatus & { readonly url: string }, ConnectorFailure>>;
  plain(
    method: "GET" | "PUT" | "DELETE",
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Result<Answer, ConnectorFailure>>;
  failureOf(answer: Answer): ConnectorFailure;
  readonly clock: Clock;
}

export function createDavClient(
  credentials: CalDavCredentials,
  guardedFetch: GuardedFetch,
  clock: Clock,
): DavClient {
  const own = {
    authorization: basicAuthorization(credentials.username, credentials.password),
    "user-agent": "T-Minus/1 (CalDAV)",
  };

  async function xml(compose: Composed): Promise<Result<Answer, ConnectorFailure>> {
    let kept: Result<Answer, ConnectorFailure> | undefined;
    await compose(async (input, init) => {
      kept = await guardedFetch({
        method: init?.method ?? "GET",
        url: String(input),
        headers: { ...Object.fromEntries(new Headers(init?.headers)), ...own },
        body: typeof init?.body === "string" ? init.body : null,
      });
      return new Response("");
    });
    assert(kept !== undefined, "a composed request is sent");
    return kept;
  }

  return {
    xml,
    async multistatus(compose) {
      const answer = await xml(compose);
      return answer.ok ? multistatusOf(answer.value, clock) : answer;
    },
    plain: (method, url, headers, body) =>
      guardedFetch({ method, url, headers: { ...headers, ...own }, body: body ?? null }),
    failureOf: (answer) => failureOfStatus(answer, clock.now()),
    clock,
  };
}

export function multistatusOf(
  answer: Answer,
  clock: Clock,
): Result<Multistatus & { readonly url: string }, ConnectorFailure> {
  // Some servers say 200 to a REPORT.
  if (answer.status !== 207 && answer.status !== 200) return err(failureOfStatus(answer, clock.now()));
  const multistatus = readMultistatus(answer.text);
  if (multistatus === undefined)
    return err(badResponse(answer, `answered ${shapeOf(answer)} instead of a multistatus`));
  return ok({ ...multistatus, url: answer.url });
}

/** What the answer is instead, without a word of it. */
export function shapeOf(answer: Answer): string {
  if (answer.text.trim() === "") return "nothing";
  if (/^\s*<(!doctype\s+html|html)/i.test(answer.text)) return "a web page";
  return "something unreadable";
}
