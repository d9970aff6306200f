// Finds a user's calendar home from any URL of the server: a host, a principal, a home or a calendar (RFC 6764 6, RFC 5397 3, RFC 4791
// 6.2.1). The URL itself is asked first, `/.well-known/caldav` second. It does not ask DNS for SRV records: a Worker has no resolver.

import { propfind } from "tsdav";

import type { ConnectRefusal } from "../../core/ports/account.ts";
import type { ConnectorFailure, RemoteCalendar } from "../../core/ports/connector.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { createGuardedFetch } from "../http/guarded-fetch.ts";
import { movedReason } from "../http/status-failure.ts";
import { isCalendar, listHome } from "./calendars.ts";
import type { CalDavOptions } from "./options.ts";
import { createDavClient, multistatusOf, type DavClient } from "./dav-client.ts";
import { CALDAV, DAV, hrefsOf, type MemberAnswer, type Multistatus } from "./multistatus.ts";
import { resourceId, withSlash } from "./resource-id.ts";

export interface CalDavAccount {
  /** Absolute URL of the calendar home, for `createCalDavConnector`: ids (paths) are resolved at its origin. */
  readonly homeUrl: string;
  readonly calendars: readonly RemoteCalendar[];
}

/** Tries URL and credentials. The refusal says in words what is wrong. */
export async function discoverCalDav(options: CalDavOptions): Promise<Result<CalDavAccount, ConnectRefusal>> {
  const client = createDavClient(options.credentials, createGuardedFetch(options), options.clock);
  const start = startUrl(options.credentials.url);
  if (start === null) {
    return err({ code: "invalid-url", reason: "The address is not a URL such as https://cal.example.com/." });
  }
  const found = await findHome(client, start);
  if (!found.ok) return err(refusalOf(found.error));
  const { homeUrl, calendars } = found.value;
  if (calendars.length > 0) return found;
  const host = new URL(homeUrl).host;
  return err({ code: "no-calendars", reason: `There is no calendar for events in this account at ${host}.` });
}

/** `cal.example.com` is https://cal.example.com/. null: no http or https URL. */
export function startUrl(text: string): string | null {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  url.username = "";
  url.password = "";
  url.hash = "";
  return url.href;
}

export async function findHome(
  client: DavClient,
  start: string,
): Promise<Result<CalDavAccount, ConnectorFailure>> {
  const first = await homeFrom(client, start);
  if (first.ok || !isWorthAnotherTry(first.error)) return first;
  const wellKnown = await homeFrom(client, new URL("/.well-known/caldav", start).href);
  if (wellKnown.ok || !isWorthAnotherTry(wellKnown.error)) return wellKnown;
  // What the user typed is what the sentence should be about.
  return first;
}

function isWorthAnotherTry(failure: ConnectorFailure): boolean {
  return failure.kind === "give-up"
    ? failure.code !== "address-refused"
    : failure.kind === "reauthorize" || (failure.kind === "retry" && failure.code === "bad-response");
}

async function homeFrom(client: DavClient, url: string): Promise<Result<CalDavAccount, ConnectorFailure>> {
  const asked = await describe(client, url);
  if (!asked.ok) return asked;
  const homes = homesOf(asked.value);
  if (homes.length > 0) return firstWithCalendars(client, homes);
  const principal = asked.value.members.flatMap((member) =>
    hrefsOf(member, DAV, "current-user-principal"),
  )[0];
  if (principal !== undefined) {
    const target = sameSecurity(principal, asked.value.url);
    const described = target === undefined ? undefined : await describe(client, target);
    if (described?.ok === false) return described;
    const found = described === undefined ? [] : homesOf(described.value);
    if (found.length > 0) return firstWithCalendars(client, found);
  }
  return withoutPrincipal(client, asked.value);
}

/** A server that knows no principals (RFC 4791 requires them): the URL is a calendar or a collection of calendars. */
async function withoutPrincipal(
  client: DavClient,
  asked: Described,
): Promise<Result<CalDavAccount, ConnectorFailure>> {
  const path = withSlash(new URL(asked.url).pathname);
  const homeUrl = new URL(asked.members.some(isCalendar) ? "../" : "./", new URL(path, asked.url)).href;
  const calendars = await listHome(client, homeUrl);
  if (!calendars.ok) return calendars;
  if (calendars.value.length > 0) return ok({ homeUrl, calendars: calendars.value });
  return err(notCalDav(asked.url));
}

async function firstWithCalendars(
  client: DavClient,
  homes: readonly string[],
): Promise<Result<CalDavAccount, ConnectorFailure>> {
  let first: Result<CalDavAccount, ConnectorFailure> | undefined;
  for (const homeUrl of homes) {
    const calendars = await listHome(client, homeUrl);
    const account = calendars.ok ? ok({ homeUrl, calendars: calendars.value }) : calendars;
    if (account.ok && account.value.calendars.length > 0) return account;
    first ??= account;
  }
  return (
    first ?? err({ kind: "give-up", code: "not-supported", reason: "The server names no calendar home." })
  );
}

type Described = Multistatus & { readonly url: string };

async function describe(client: DavClient, url: string): Promise<Result<Described, ConnectorFailure>> {
  const answer = await client.xml((fetch) =>
    propfind({
      url,
      depth: "0",
      props: { "d:current-user-principal": {}, "d:resourcetype": {}, "c:calendar-home-set": {} },
      fetch,
    }),
  );
  if (!answer.ok) return answer;
  const { status, withoutCredentials } = answer.value;
  if (withoutCredentials && status !== 207) {
    return err({ kind: "give-up", code: "refused", reason: movedReason(answer.value) });
  }
  // Here nothing but who is asking can be forbidden.
  if (status === 403) {
    return err({ kind: "reauthorize", reason: `${new URL(url).host} does not let this user in (403).` });
  }
  return multistatusOf(answer.value, client.clock);
}

function homesOf(described: Described): readonly string[] {
  return described.members
    .flatMap((member: MemberAnswer) => hrefsOf(member, CALDAV, "calendar-home-set"))
    .map((href) => sameSecurity(withSlash(href), described.url))
    .filter((href) => href !== undefined);
}

/** A server may send us to another host (iCloud: `pNN-caldav`), which then gets the credentials: never from https to http. */
function sameSecurity(href: string, base: string): string | undefined {
  const from = new URL(base);
  const url = URL.parse(href, base);
  const path = resourceId(href, base);
  if (url === null || path === undefined) return undefined;
  if (href.startsWith("//") || url.host === from.host) return new URL(path, from.origin).href;
  return url.protocol === "https:" || from.protocol === "http:" ? new URL(path, url.origin).href : undefined;
}

function notCalDav(url: string): ConnectorFailure {
  return {
    kind: "give-up",
    code: "not-supported",
    reason: `${new URL(url).host} offers no calendars at this address.`,
  };
}

function refusalOf(failure: ConnectorFailure): ConnectRefusal {
  const { reason } = failure;
  switch (failure.kind) {
    case "reauthorize":
      return { code: "wrong-credentials", reason };
    case "resync":
      return { code: "provider-error", reason };
    case "retry":
      switch (failure.code) {
        case "unreachable":
        case "timeout":
          return { code: "unreachable", reason };
        case "bad-response":
          return { code: "not-caldav", reason };
        case "throttled":
        case "server-error":
        case "locked":
          return { code: "provider-error", reason };
      }
    case "give-up":
      switch (failure.code) {
        case "address-refused":
          return { code: "address-refused", reason };
        case "not-found":
        case "not-supported":
          return { code: "not-caldav", reason };
        case "refused":
        case "too-large":
          return { code: "provider-error", reason };
      }
  }
}
