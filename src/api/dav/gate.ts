// The way of a calendar request from the socket to its owner's graph: authenticate (RFC 7617), bound the body, say who asks
// in x-tm-* headers that no client can forge, hand it on. It knows nothing of WebDAV beyond the words of its refusals.

import type { UserId } from "../../core/id.ts";
import type { AuthenticatedClient } from "../../core/ports/registry.ts";
import { clientAddress } from "../client-address.ts";
import { readBody } from "./body.ts";
import { brokenBody, bodyTooLarge, throttled, unauthorized } from "./refusals.ts";
import type { Verifier } from "./verifier.ts";

export interface Gate {
  /** `path` replaces the request's path where a probe means the root of the calendar tree. */
  handle(request: Request, waitUntil: (work: Promise<unknown>) => void, path?: string): Promise<Response>;
}

export interface GateParts {
  readonly verifier: Verifier;
  /** Hands a request to the graph of that user. */
  readonly forward: (userId: UserId, request: Request) => Promise<Response>;
  readonly clientAddressHeader: string | undefined;
  readonly touch: (client: AuthenticatedClient) => Promise<void>;
}

export function createGate({ verifier, forward, clientAddressHeader, touch }: GateParts): Gate {
  return {
    async handle(request, waitUntil, path) {
      const authorization = request.headers.get("authorization");
      if (authorization === null) return unauthorized();
      let client = verifier.remembered(authorization);
      const wasRemembered = client !== undefined;
      if (!client) {
        const verdict = await verifier.verify(authorization, clientAddress(request, clientAddressHeader));
        if (verdict.kind === "wrong") return unauthorized();
        if (verdict.kind === "throttled") return throttled(verdict.retryAfterSeconds);
        ({ client } = verdict);
      }
      if (verifier.dueForTouch(client)) waitUntil(touch(client));

      const read = await readBody(request);
      if (read.kind === "too-large") return bodyTooLarge(request.method);
      if (read.kind === "broken") return brokenBody();
      const url = path === undefined ? request.url : new URL(path, request.url).href;
      const init = { method: request.method, body: read.body };
      const headers = onwardHeaders(request);

      const answer = await forward(
        client.userId,
        new Request(url, { ...init, headers: stamped(headers, client) }),
      );
      if (answer.status !== 401 || answer.headers.get("x-tm-stale") === null) return answer;

      // The user's graph knows of a revocation that happened after this client was remembered: ask the registry once more.
      verifier.forget(authorization);
      await answer.body?.cancel();
      if (!wasRemembered) return unauthorized();
      const again = await verifier.verify(authorization, clientAddress(request, clientAddressHeader));
      if (again.kind !== "verified") return unauthorized();
      const second = await forward(
        again.client.userId,
        new Request(url, { ...init, headers: stamped(headers, again.client) }),
      );
      return second.status === 401 ? unauthorized() : second;
    },
  };
}

/** Everything that the client sent, less its credentials and whatever looks like ours. The ingress sets x-tm-method. */
function onwardHeaders(request: Request): Headers {
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  headers.delete("cookie");
  const forged = [...headers.keys()].filter(
    (name) => name.startsWith("x-tm-") && !(name === "x-tm-method" && headers.get(name) === "MKCALENDAR"),
  );
  for (const name of forged) headers.delete(name);
  return headers;
}

function stamped(headers: Headers, client: AuthenticatedClient): Headers {
  headers.set("x-tm-slug", client.slug);
  headers.set("x-tm-epoch", String(client.credentialEpoch));
  headers.set("x-tm-scope", client.scope);
  headers.set("x-tm-client", `caldav:${productOf(headers.get("user-agent") ?? "")}`);
  return headers;
}

/** The first product of a User-Agent (RFC 9110 10.1.5); Thunderbird names itself last. */
function productOf(userAgent: string): string {
  const thunderbird = /Thunderbird\/[\d.]{1,16}/.exec(userAgent);
  if (thunderbird) return thunderbird[0];
  return /^[\w.+-]{1,40}(?:\/[\w.+-]{1,20})?/.exec(userAgent)?.[0] ?? "unknown";
}
