// The contract of connectors over real servers, and what only they can teach. Skipped where they are not installed.

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Peer } from "../../../conformance/peers/peer.ts";
import { startRadicale } from "../../../conformance/peers/radicale.ts";
import { startXandikos } from "../../../conformance/peers/xandikos.ts";
import type { Connector } from "../../core/ports/connector.ts";
import { connectorContract, contractEvent } from "../../core/testing/connector-contract.ts";
import { basicAuthorization } from "../http/basic-auth.ts";
import { createCalDavConnector } from "./connector.ts";
import type { CalDavOptions } from "./options.ts";
import { discoverCalDav } from "./discovery.ts";

const servers = [
  { command: "radicale", start: () => startRadicale({ users: 2 }) },
  { command: "xandikos", start: startXandikos },
] as const;

function isInstalled(command: string): boolean {
  try {
    execFileSync("which", [command], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write(`${command} is not installed: the connector is not tested against it.\n`);
    return false;
  }
}

function optionsFor(peer: Peer, path = peer.accountPath): CalDavOptions {
  return {
    credentials: {
      provider: "caldav",
      url: peer.url + path,
      username: peer.username,
      password: peer.password,
    },
    fetch,
    allowPrivateAddresses: true,
    clock: { now: () => 0 },
  };
}

async function send(peer: Peer, method: string, path: string, body?: string): Promise<number> {
  const response = await fetch(peer.url + path, {
    method,
    headers: {
      authorization: basicAuthorization(peer.username, peer.password),
      "content-type": "text/calendar; charset=utf-8",
    },
    ...(body === undefined ? {} : { body }),
  });
  await response.text();
  return response.status;
}

for (const { command, start } of servers) {
  describe.skipIf(!isInstalled(command))(command, { timeout: 60_000 }, () => {
    let peer: Peer;
    let connector: Connector;
    let calendars = 0;

    beforeAll(async () => {
      peer = await start();
      connector = createCalDavConnector(optionsFor(peer));
    }, 60_000);
    afterAll(() => peer.stop());

    /** A new calendar for each test, made by the server's own extended MKCOL. */
    connectorContract(async () => {
      for (const { id, name } of await listed()) {
        if (name === "External Busy" || name === "2024")
          expect(await send(peer, "DELETE", id)).toBeLessThan(300);
      }
      const made = await connector.createCalendar(`Contract ${++calendars}`);
      if (!made.ok) throw new Error(made.error.reason);
      return {
        connector,
        calendarId: made.value.id,
        outside: {
          put: async (calendar, name, ical) =>
            expect(await send(peer, "PUT", calendar + name, ical)).toBeLessThan(300),
          remove: async (calendar, name) =>
            expect(await send(peer, "DELETE", calendar + name)).toBeLessThan(300),
        },
      };
    });

    async function listed(): Promise<readonly { id: string; name: string; primary: boolean }[]> {
      const all = await connector.listCalendars();
      if (!all.ok) throw new Error(all.error.reason);
      return all.value;
    }

    it("finds the same home from the host, the principal, the home and the calendar", async () => {
      const paths = ["", "/", "/user01/", new URL(peer.homeUrl).pathname, new URL(peer.calendarUrl).pathname];
      for (const path of paths) {
        const found = await discoverCalDav(optionsFor(peer, path));
        expect(found, path).toMatchObject({ ok: true, value: { homeUrl: peer.homeUrl } });
      }
    });

    it("calls the server's own calendar the default one", async () => {
      const defaults = (await listed()).filter(({ primary }) => primary);
      expect(defaults.map(({ id }) => peer.url + id)).toEqual([peer.calendarUrl]);
    });

    it("does not list a collection inside the calendar as an event", async () => {
      const calendarId = new URL(peer.calendarUrl).pathname;
      await send(peer, "PUT", `${calendarId}plain.ics`, contractEvent("plain@example.com"));
      const page = await connector.changes(calendarId, null);
      expect(page.ok && page.value.items.map(({ id }) => id)).toContain(`${calendarId}plain.ics`);
      expect(page.ok && page.value.items.every(({ id }) => !id.endsWith("/"))).toBe(true);
    });
  });
}

describe.skipIf(!isInstalled("radicale"))("credentials at radicale", { timeout: 60_000 }, () => {
  let peer: Peer;
  beforeAll(async () => {
    peer = await startRadicale();
  }, 60_000);
  afterAll(() => peer.stop());

  it("says that a password is wrong, also one beyond Latin-1", async () => {
    for (const password of ["wrong", "пароль-密码"]) {
      const options = optionsFor({ ...peer, password });
      expect(await discoverCalDav(options)).toMatchObject({
        ok: false,
        error: { code: "wrong-credentials" },
      });
      const connector = createCalDavConnector({ ...options, homeUrl: peer.homeUrl });
      expect(await connector.listCalendars()).toMatchObject({ ok: false, error: { kind: "reauthorize" } });
    }
  });
});
