import { beforeEach, describe, expect, it } from "vitest";
import type { AccountId, UserId } from "../core/id.ts";
import { connectAccount, sweepAbandonedAccounts } from "./accounts.ts";
import { type Harness, harness } from "./testing/harness.ts";
import { createUser } from "./users.ts";

const accountId = "acc_LOST" as AccountId;
const connection = { url: "https://cal.example.org", username: "ada", password: "right", label: "Work" };

let h: Harness;
let userId: UserId;
beforeEach(async () => {
  h = await harness();
  const user = await createUser(h.ports, { name: "Ada", email: "ada@example.com" });
  if (!user.ok) throw new Error(user.error.reason);
  ({ userId } = user.value);
  // What a crash between two steps of connecting leaves behind.
  await h.ports.registry.addAccount({ accountId, userId, provider: "caldav" });
});

describe("an account whose connecting was cut short", () => {
  it("is left alone while it may still be going on", async () => {
    expect(await sweepAbandonedAccounts(h.ports)).toBe(0);
    expect(await h.ports.registry.account(accountId)).toBeDefined();
  });

  it("is forgotten, with everything it stored, when the graph does not know it", async () => {
    h.clock.time += 121_000;
    expect(await sweepAbandonedAccounts(h.ports)).toBe(1);
    expect(h.accounts.get(accountId)?.log).toEqual(["remove without mirrors"]);
    expect(await h.ports.registry.account(accountId)).toBeUndefined();
    expect(await sweepAbandonedAccounts(h.ports)).toBe(0);
  });

  it("is finished when the graph knows it", async () => {
    await h.ports.userGraph(userId).addAccount({ accountId, provider: "caldav", label: "Work" });
    h.clock.time += 121_000;
    await sweepAbandonedAccounts(h.ports);
    expect(h.enqueued).toEqual([accountId]);
    expect(await h.ports.registry.accountsAfter(null, 9)).toHaveLength(1);
  });
});

describe("connecting", () => {
  it("stops at the number of accounts that a user may have", async () => {
    for (let i = 1; i < 20; i++) {
      await h.ports.registry.addAccount({ accountId: `acc_${i}` as AccountId, userId, provider: "caldav" });
    }
    const refused = await connectAccount(h.ports, userId, connection);
    expect(refused).toMatchObject({ ok: false, error: { code: "too-many-accounts" } });
  });

  it("takes an address with or without its last slash for the same", async () => {
    expect((await connectAccount(h.ports, userId, connection)).ok).toBe(true);
    const again = await connectAccount(h.ports, userId, { ...connection, url: "https://CAL.example.org/" });
    expect(again).toMatchObject({ ok: false, error: { code: "already-connected" } });
  });
});
