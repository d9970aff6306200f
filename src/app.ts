// The composition: which request goes where, and what every part is given. A calendar request takes the shortest way: no
// router, no session, nothing of the pages is even loaded. Whatever nobody expected is answered with 503 and a reference.

import { version } from "../package.json";
import { discardUnread } from "./api/bounded-body.ts";
import { createFeedGate } from "./api/feed-gate.ts";
import { createGate } from "./api/dav/gate.ts";
import { wellKnown } from "./api/dav/refusals.ts";
import { createVerifier } from "./api/dav/verifier.ts";
import type { Ports, Settings } from "./api/ports.ts";
import { createRest } from "./api/rest.ts";
import { createTokenHash } from "./api/token-hash.ts";
import { unexpected } from "./api/unexpected.ts";
import { zoneTableVersion } from "./core/ical/zone.ts";
import type { UserId } from "./core/id.ts";
import type { Clock } from "./core/ports/clock.ts";
import type { Random } from "./core/ports/random.ts";
import type { Env } from "./durable/env.ts";
import { createRegistry } from "./durable/registry/registry.ts";
import { createSignInStore } from "./durable/registry/sign-in-store.ts";
import { accountStub } from "./durable/stub/account.ts";
import { userGraphStub } from "./durable/stub/user-graph.ts";

type WaitUntil = (work: Promise<unknown>) => void;

export interface App {
  readonly ports: Ports;
  handle(request: Request, waitUntil: WaitUntil): Promise<Response>;
}

const systemClock: Clock = { now: Date.now };
const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };

/** One of each per isolate; stubs are made per request, because they belong to it. */
export function createApp(env: Env): App {
  return assemble(portsOf(env), (userId, request) =>
    env.USER_GRAPH.get(env.USER_GRAPH.idFromName(userId)).fetch(request),
  );
}

export function portsOf(env: Env, clock: Clock = systemClock): Ports {
  return {
    registry: createRegistry(env.REGISTRY, env.TOKEN_PEPPER, clock),
    signInStore: createSignInStore(env.REGISTRY),
    signInDatabase: env.REGISTRY,
    userGraph: (userId) => userGraphStub(env, userId),
    account: (accountId) => accountStub(env, accountId),
    enqueueSync: (accountId) => env.SYNC_QUEUE.send({ accountId }).then(() => undefined),
    tokenHash: createTokenHash(env.TOKEN_PEPPER),
    clock,
    random,
    settings: settingsOf(env),
  };
}

export function assemble(
  ports: Ports,
  forward: (userId: UserId, request: Request) => Promise<Response>,
): App {
  const { registry, tokenHash } = ports;
  const gate = createGate({
    verifier: createVerifier(registry, tokenHash, ports.clock),
    forward,
    clientAddressHeader: ports.settings.clientAddressHeader,
    touch: ({ appPasswordId }) => registry.touchAppPassword(appPasswordId, ports.clock.now()),
  });
  const feedGate = createFeedGate({ ...ports, forward });
  const rest = createRest(ports);
  let pages: { fetch(request: Request): Response | Promise<Response> } | undefined;

  async function route(request: Request, path: string, waitUntil: WaitUntil): Promise<Response> {
    if (path.startsWith("/dav/") || path === "/dav") return gate.handle(request, waitUntil);
    if (path === "/.well-known/caldav") return wellKnown();
    if (path.startsWith("/feeds/") && path.endsWith(".ics")) return feedGate(request);
    // Apple's account set-up asks these two as well (accountsd, dataaccessd, remindd); they mean the root of the tree.
    if (isCalendarProbe(request.method, path)) return gate.handle(request, waitUntil, "/dav/");
    if (path.startsWith("/v1/")) return rest.fetch(request);
    pages ??= (await import("./api/pages/pages.tsx")).createPages(ports);
    return pages.fetch(request);
  }

  return {
    ports,
    async handle(request, waitUntil) {
      const path = pathOf(request.url);
      try {
        const response = await route(request, path, waitUntil);
        await discardUnread(request);
        return response;
      } catch (error) {
        return unexpected(error, request.method, path);
      }
    },
  };
}

function isCalendarProbe(method: string, path: string): boolean {
  if (path === "/principals" || path === "/principals/") return true;
  return path === "/" && (method === "PROPFIND" || method === "OPTIONS" || method === "REPORT");
}

/** The path of an absolute URL, without the cost of parsing the rest. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  return query === -1 ? url.slice(start) : url.slice(start, query);
}

function settingsOf(env: Env): Settings {
  return {
    adminToken: env.ADMIN_TOKEN,
    sessionSecret: env.SESSION_SECRET,
    setupToken: env.SETUP_TOKEN,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, "") || undefined,
    clientAddressHeader: env.CLIENT_ADDRESS_HEADER || undefined,
    version,
    timeZones: zoneTableVersion,
  };
}
