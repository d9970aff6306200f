// The whole front of the product over the real registry database, with graphs and accounts in memory, and two ways to talk to
// it: a browser that keeps cookies and reads forms, and the admin command's JSON.

import { env } from "cloudflare:test";
import { type App, assemble, portsOf } from "../../app.ts";
import type { UserId } from "../../core/id.ts";
import type { Ports } from "../ports.ts";
// Loaded ahead of the first test, which would otherwise pay for it.
import "../pages/pages.tsx";
import { fakeAccount, type FakeWorld, fakeGraph } from "./fakes.ts";

export const ORIGIN = "http://cal.example.com";
const bindings = env as unknown as Parameters<typeof portsOf>[0];

export interface Forwarded {
  readonly userId: UserId;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface Harness extends FakeWorld {
  readonly app: App;
  readonly ports: Ports;
  readonly clock: { time: number };
  readonly forwarded: Forwarded[];
  /** How often the registry was asked to authenticate. */
  readonly asked: { authenticate: number };
  fetch(path: string, init?: RequestInit): Promise<Response>;
  admin(method: string, path: string, body?: unknown): Promise<Response>;
}

export async function harness(settings: Partial<Ports["settings"]> = {}): Promise<Harness> {
  await bindings.REGISTRY.exec("DELETE FROM users");
  const clock = { time: Date.now() };
  const graphs: FakeWorld["graphs"] = new Map();
  const accounts: FakeWorld["accounts"] = new Map();
  const enqueued: FakeWorld["enqueued"] = [];
  const forwarded: Forwarded[] = [];
  const asked = { authenticate: 0 };
  const now = { now: () => clock.time };
  const given = portsOf(bindings, now);
  const ports: Ports = {
    ...given,
    registry: {
      ...given.registry,
      authenticate: (...login) => {
        asked.authenticate += 1;
        return given.registry.authenticate(...login);
      },
    },
    userGraph: (userId) => existing(graphs, userId, fakeGraph),
    account: (accountId) => existing(accounts, accountId, () => fakeAccount(accountId)),
    enqueueSync: async (accountId) => void enqueued.push(accountId),
    settings: { ...given.settings, publicUrl: undefined, ...settings },
  };

  const app = assemble(ports, async (userId, request) => {
    const epoch = graphs.get(userId)?.seen.epoch ?? 1;
    if (Number(request.headers.get("x-tm-epoch") ?? epoch) < epoch) {
      return new Response("", { status: 401, headers: { "x-tm-stale": "1" } });
    }
    const { pathname } = new URL(request.url);
    forwarded.push({
      userId,
      method: request.method,
      path: pathname,
      headers: request.headers,
      body: await request.text(),
    });
    return new Response("from the graph", { status: 207 });
  });
  const fetch = async (path: string, init?: RequestInit) => {
    const work: Promise<unknown>[] = [];
    const response = await app.handle(
      new Request(`${ORIGIN}${path}`, { redirect: "manual", ...init }),
      (each) => void work.push(each),
    );
    await Promise.all(work);
    return response;
  };
  const admin = (method: string, path: string, body?: unknown) =>
    fetch(`/v1/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${bindings.ADMIN_TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return { app, ports, clock, graphs, accounts, enqueued, forwarded, asked, fetch, admin };
}

function existing<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** `user:password` for the Authorization header, in UTF-8. */
export function basic(login: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${login}:${password}`)))}`;
}

export interface Browser {
  get(path: string): Promise<{ status: number; text: string; response: Response }>;
  /** Fills the first form of `page` whose action is `action` and sends it. */
  submit(
    page: string,
    action: string,
    values: Record<string, string>,
  ): Promise<{ status: number; text: string; response: Response }>;
  post(path: string, init: { headers?: Record<string, string>; body: string }): Promise<Response>;
  readonly cookies: Map<string, string>;
}

async function read(response: Response) {
  return { status: response.status, text: await response.clone().text(), response };
}

export function browser(h: Harness): Browser {
  const cookies = new Map<string, string>();
  async function send(path: string, init: RequestInit = {}) {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await h.fetch(path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0/i.test(cookie)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
  return {
    cookies,
    get: async (path) => read(await send(path)),
    submit: async (page, action, values) => {
      const { text } = await read(await send(page));
      const form = text.split("<form").find((each) => each.includes(`action="${action}"`));
      if (form === undefined) throw new Error(`no form ${action} on ${page}:\n${text}`);
      const body = new URLSearchParams();
      for (const [, name = "", value = ""] of form.matchAll(
        /type="hidden" name="([^"]*)" value="([^"]*)"/g,
      )) {
        body.set(name, value);
      }
      for (const [name, value] of Object.entries(values)) body.set(name, value);
      return read(await send(action, { method: "POST", body, headers: { origin: ORIGIN } }));
    },
    post: (path, init) => send(path, { method: "POST", ...init }),
  };
}

/** A browser in which the first user of the server, `ada`, is signed in. */
export async function signedInBrowser(h: Harness): Promise<Browser> {
  const b = browser(h);
  await b.submit("/setup?token=setup-token-for-tests", "/setup", {
    name: "Ada",
    email: "ada@example.com",
    password: "correct horse battery",
  });
  return b;
}
