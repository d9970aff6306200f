// Through the front door of the whole Worker, with its real registry and Durable Objects.

import { env, listDurableObjectIds, SELF } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { Env } from "./durable/env.ts";

const bindings = env as unknown as Env;
const ORIGIN = "http://cal.example.com";

interface NewUser {
  user: string;
  app_password: string;
  caldav_url: string;
  feed_url: string;
}

let ada: NewUser;
let count = 0;

function admin(method: string, path: string, body?: unknown) {
  return SELF.fetch(`${ORIGIN}/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${bindings.ADMIN_TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function dav(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string; login?: string } = {},
) {
  const { login = ada.user, headers = {}, ...rest } = init;
  const authorization = `Basic ${btoa(`${login}:${ada.app_password}`)}`;
  return SELF.fetch(`${ORIGIN}${path}`, {
    method,
    redirect: "manual",
    headers: { authorization, ...headers },
    ...rest,
  });
}

const PROBE = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><current-user-principal/><principal-URL/><resourcetype/></prop></propfind>`;

beforeEach(async () => {
  count += 1;
  ada = await (
    await admin("POST", "/users", { name: `Ada ${count}`, email: `ada${count}@example.com` })
  ).json<NewUser>();
});

describe("a calendar client sets itself up", () => {
  it("A1, A2: is led from every address that Apple tries to the principal", async () => {
    const wellKnown = await dav("PROPFIND", "/.well-known/caldav", { headers: { depth: "0" }, body: PROBE });
    expect([wellKnown.status, wellKnown.headers.get("location")]).toEqual([301, "/dav/"]);
    for (const path of ["/dav/", "/", "/principals/", `/dav/principals/${ada.user}/`]) {
      const answer = await dav("PROPFIND", path, { headers: { depth: "0" }, body: PROBE });
      expect([path, answer.status]).toEqual([path, 207]);
      expect(await answer.text()).toContain(`/dav/principals/${ada.user}/`);
    }
  });

  it("A3: is asked for Basic by OPTIONS and PROPFIND alike", async () => {
    for (const path of ["/", "/principals/", "/dav/", `/dav/calendars/${ada.user}/`]) {
      for (const method of ["OPTIONS", "PROPFIND"]) {
        const answer = await SELF.fetch(`${ORIGIN}${path}`, { method });
        const challenge = answer.headers.get("www-authenticate");
        expect([path, method, answer.status, challenge]).toEqual([
          path,
          method,
          401,
          'Basic realm="T-Minus", charset="UTF-8"',
        ]);
      }
    }
  });

  it("A4: may write its address percent-encoded", async () => {
    const answer = await dav("PROPFIND", "/dav/", {
      login: `ada${count}%40example.com`,
      headers: { depth: "0" },
      body: PROBE,
    });
    expect(answer.status).toBe(207);
  });
});

describe("a stranger", () => {
  it("makes no Durable Object, whatever name is tried", async () => {
    const before = (await listDurableObjectIds(bindings.USER_GRAPH)).length;
    for (const login of ["nobody", "bob@example.com", "../x"]) {
      expect((await dav("PROPFIND", "/dav/calendars/nobody/", { login })).status).toBe(401);
    }
    expect((await SELF.fetch(`${ORIGIN}/feeds/${"a".repeat(32)}.ics`)).status).toBe(404);
    expect(await listDurableObjectIds(bindings.USER_GRAPH)).toHaveLength(before);
  });

  it("sees nothing of somebody else's calendar", async () => {
    const bob = await (
      await admin("POST", "/users", { name: `Bob ${count}`, email: `bob${count}@example.com` })
    ).json<NewUser>();
    const answer = await dav("PROPFIND", `/dav/calendars/${bob.user}/`, {
      headers: { depth: "1" },
      body: PROBE,
    });
    expect([403, 404]).toContain(answer.status);
    expect(await answer.text()).not.toContain("<multistatus");
  });
});

const path = () => `/dav/calendars/${ada.user}/unified/lunch.ics`;

describe("an event", () => {
  const event = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example//Test//EN",
    "BEGIN:VEVENT",
    "UID:lunch@example.com",
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260115T120000Z",
    "DTEND:20260115T130000Z",
    "SUMMARY:Lunch",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");

  it("is stored, read back and seen in the feed and the status", async () => {
    const put = await dav("PUT", path(), { body: event, headers: { "content-type": "text/calendar" } });
    expect([put.status, put.headers.get("etag")?.startsWith('"')]).toEqual([201, true]);
    expect(await (await dav("GET", path())).text()).toBe(event);
    const feed = await SELF.fetch(ada.feed_url);
    expect([feed.status, (await feed.text()).includes("SUMMARY:Lunch")]).toEqual([200, true]);
    expect(await (await admin("GET", `/users/${ada.user}/status`)).json()).toMatchObject({
      events: 1,
      accounts: [],
    });
  });

  it("cannot be written with a read-only password, nor with a revoked one", async () => {
    const made = await admin("POST", `/users/${ada.user}/app-passwords`, {
      label: "wall",
      scope: "caldav-read",
    });
    const wall = await made.json<{ id: string; app_password: string }>();
    const asWall = (method: string, body?: string) =>
      SELF.fetch(`${ORIGIN}${path()}`, {
        method,
        headers: {
          authorization: `Basic ${btoa(`${ada.user}:${wall.app_password}`)}`,
          "content-type": "text/calendar",
        },
        ...(body === undefined ? {} : { body }),
      });
    await dav("PUT", path(), { body: event, headers: { "content-type": "text/calendar" } });
    expect((await asWall("GET")).status).toBe(200);
    expect((await asWall("PUT", event)).status).toBe(403);
    expect((await admin("DELETE", `/users/${ada.user}/app-passwords/${wall.id}`)).status).toBe(204);
    expect((await asWall("GET")).status).toBe(401);
    expect((await dav("GET", path())).status).toBe(200);
  });
});

describe("a page", () => {
  it("is served by the same Worker", async () => {
    const answer = await SELF.fetch(`${ORIGIN}/sign-in`);
    expect([answer.status, (await answer.text()).includes("Use a passkey")]).toEqual([200, true]);
  }, 120_000);
});
