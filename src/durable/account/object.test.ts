// The object of an account: its status, and that what asks for something is answered for what it asked.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { AccountId, UserId } from "../../core/id.ts";
import type { CalDavCredentials } from "../../core/ports/account.ts";
import type { Connector } from "../../core/ports/connector.ts";
import type { UserGraph } from "../../core/ports/user-graph.ts";
import { createFakeProvider } from "../../core/testing/fake-connector.ts";
import type { Env } from "../env.ts";
import { migrate } from "../sql/migrations.ts";
import type { SealedCodec } from "../sql/sealed.ts";
import { openVault } from "../vault.ts";
import { judge } from "./health.ts";
import { pushPass, syncPass, type Workplace } from "./passes.ts";
import { readAccount, saveAccount, saveVerdict } from "./record.ts";
import { accountMigrations } from "./schema.ts";
import { accountState } from "./state.ts";

const bindings = env as unknown as Env;
const accountId = "acc_A" as AccountId;
const userId = "usr_A" as UserId;

function credentials(password: string): CalDavCredentials {
  return { provider: "caldav", url: "https://cal.invalid/", username: "ada", password };
}

function freshStub() {
  return bindings.ACCOUNT.get(bindings.ACCOUNT.newUniqueId());
}

/** As connecting leaves it. */
async function connected(storage: DurableObjectStorage) {
  migrate(storage, accountMigrations, 0);
  const codec = await openVault(storage, bindings, "account");
  const connection = { credentials: credentials("secret"), homeUrl: "https://cal.invalid/ada/" };
  await saveAccount(storage.sql, codec, { accountId, userId, label: "Work", connection }, 0);
  return codec;
}

function listed(id: string, name: string, primary = false) {
  return { id, name, primary, color: null, writable: true, components: ["VEVENT"] };
}

describe("the status of an account", () => {
  it("names no time of a next attempt before the first pass, and the time that a failed pass set", () =>
    runInDurableObject(freshStub(), async (instance, { storage }) => {
      const codec = await connected(storage);
      expect(await instance.status()).toMatchObject({ health: "yellow", nextAttemptAt: null });
      const verdict = { health: "yellow", message: "Down.", needsReconnect: false, waitMs: 5_000 } as const;
      await saveVerdict(storage.sql, codec, verdict, 1, 1_000);
      expect(await instance.status()).toMatchObject({ health: "yellow", nextAttemptAt: 6_000 });
      await saveVerdict(storage.sql, codec, { ...verdict, health: "red", needsReconnect: true }, 1, 1_000);
      expect(await instance.status()).toMatchObject({ health: "red", nextAttemptAt: null });
    }));
});

async function placeOf(
  storage: DurableObjectStorage,
  codec: SealedCodec,
  connector: Connector,
): Promise<Workplace> {
  const account = await readAccount(storage.sql, codec);
  if (account === undefined) throw new Error("the account was just saved");
  return {
    storage,
    codec,
    account,
    connector,
    graph: { pendingWrites: () => Promise.resolve([]) } as unknown as UserGraph,
    state: accountState(storage, codec, Date.now),
    clock: { now: Date.now },
    random: { bytes: (length) => new Uint8Array(length) },
  };
}

function failing(): Promise<never> {
  return Promise.reject(new Error("broken"));
}

describe("a pass that only writes", () => {
  it("says nothing about reading: what the last whole pass found stands, and so does its next attempt", () =>
    runInDurableObject(freshStub(), async (instance, { storage }) => {
      const codec = await connected(storage);
      const refused = { kind: "give-up", code: "refused", reason: "A calendar is refused." } as const;
      await saveVerdict(storage.sql, codec, judge([refused], 1, 0), 1, 1_000);
      const at = Date.now() + 1_800_000;
      await storage.setAlarm(at);
      await pushPass(await placeOf(storage, codec, createFakeProvider().connector));
      expect(await instance.status()).toMatchObject({
        health: "red",
        lastSyncAt: 1_000,
        lastSuccessAt: null,
      });
      expect(await storage.getAlarm()).toBe(at);
    }));

  it("reads first after writes that were cut off", () =>
    runInDurableObject(freshStub(), async (_instance, { storage }) => {
      const codec = await connected(storage);
      const provider = createFakeProvider();
      const place = await placeOf(storage, codec, provider.connector);
      const methods = () => provider.calls().map(({ method }) => method);
      await pushPass(place);
      expect(methods()).toEqual([]);
      const cut = { ...place, graph: { pendingWrites: failing } as unknown as UserGraph };
      await expect(pushPass(cut)).rejects.toThrow("broken");
      await pushPass(await placeOf(storage, codec, provider.connector));
      expect(methods()).toEqual(["listCalendars"]);
      await pushPass(await placeOf(storage, codec, provider.connector));
      expect(methods()).toEqual(["listCalendars"]);
    }));

  it("is seen in the status and taken up again when it breaks", () =>
    runInDurableObject(freshStub(), async (instance, { storage }) => {
      const codec = await connected(storage);
      const broken = createFakeProvider().connector;
      const place = await placeOf(storage, codec, broken);
      const before = Date.now();
      await expect(syncPass({ ...place, connector: { ...broken, listCalendars: failing } })).rejects.toThrow(
        "broken",
      );
      const status = await instance.status();
      expect([status.health, status.message]).toEqual(["yellow", expect.stringContaining("failed here")]);
      expect(await storage.getAlarm()).toBeGreaterThan(before);
    }));
});

describe("what an account remembers of its calendars", () => {
  it("keeps a calendar that is not listed until it is forgotten, and reads it from nothing when it returns", () =>
    runInDurableObject(freshStub(), async (_instance, { storage }) => {
      const state = accountState(storage, await connected(storage), () => 1);
      const seen = async () =>
        (await state.calendars()).map(({ providerCalendarId, cursor }) => [providerCalendarId, cursor]);
      await state.saveListing([listed("/one/", "One", true), listed("/two/", "Two")]);
      await state.saveCursor("/two/", "d2");
      await state.saveListing([listed("/one/", "One", true)]);
      expect(await seen()).toEqual([
        ["/one/", null],
        ["/two/", "d2"],
      ]);
      await state.forgetCalendar("/two/");
      expect(await seen()).toEqual([["/one/", null]]);
      await state.saveListing([listed("/two/", "Two", true)]);
      expect(await seen()).toEqual([
        ["/two/", null],
        ["/one/", null],
      ]);
    }));

  it("makes an ordinary calendar of an overlay that another one follows, which is still to be cleared", () =>
    runInDurableObject(freshStub(), async (_instance, { storage }) => {
      const state = accountState(storage, await connected(storage), () => 1);
      const roles = async () =>
        (await state.calendars()).map(({ providerCalendarId, role }) => `${providerCalendarId} ${role}`);
      await state.saveOverlay(listed("/busy/", "External Busy"));
      await state.saveOverlay(listed("/busy-2/", "External Busy"));
      expect(await roles()).toEqual(["/busy-2/ overlay", "/busy/ source"]);
      await state.saveListing([listed("/busy/", "External Busy"), listed("/busy-2/", "External Busy")]);
      expect(await roles()).toEqual(["/busy-2/ overlay", "/busy/ source"]);
      await state.forgetCalendar("/busy-2/");
      await state.saveOverlay(listed("/busy/", "External Busy"));
      expect(await roles()).toEqual(["/busy/ overlay"]);
    }));
});
