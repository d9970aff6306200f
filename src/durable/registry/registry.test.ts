import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { AccountId, AppPasswordId, FeedId, UserId } from "../../core/id.ts";
import type { Env } from "../env.ts";
import { createRegistry } from "./registry.ts";
import { createSignInStore } from "./sign-in-store.ts";

const { REGISTRY, TOKEN_PEPPER } = env as unknown as Env;
const clock = { time: 1_700_000_000_000, now: () => clock.time };
const registry = createRegistry(REGISTRY, TOKEN_PEPPER, clock);
const store = createSignInStore(REGISTRY);

const ada = { userId: "usr_ADA" as UserId, slug: "ada", email: "Ada@Example.com" };
const bob = { userId: "usr_BOB" as UserId, slug: "bob", email: "bob@example.com" };
const acc = (id: string) => `acc_${id}` as AccountId;
const pwd = (id: string) => `pwd_${id}` as AppPasswordId;

beforeEach(async () => {
  clock.time = 1_700_000_000_000;
  await REGISTRY.exec("DELETE FROM users");
});

async function addPassword(userId: UserId, id: string, label = "iPhone") {
  await registry.addAppPassword({
    appPasswordId: pwd(id),
    userId,
    passwordHash: `hash-${id}`,
    label,
    scope: "caldav",
  });
}

describe("users", () => {
  it("finds a user by slug, id and address in any case", async () => {
    expect(await registry.createUser(ada)).toBe("created");
    const expected = {
      userId: "usr_ADA",
      slug: "ada",
      email: "ada@example.com",
      credentialEpoch: 1,
      createdAt: 1_700_000_000_000,
    };
    expect(await registry.userBySlug("ada")).toEqual(expected);
    expect(await registry.userById(ada.userId)).toEqual(expected);
    expect(await registry.userByEmail("ADA@example.COM")).toEqual(expected);
    expect(await registry.userBySlug("nobody")).toBeUndefined();
  });

  it("names what is taken and writes nothing then", async () => {
    await registry.createUser(ada);
    expect(await registry.createUser({ ...bob, slug: "ada" })).toBe("slug-taken");
    expect(await registry.createUser({ ...bob, email: "ada@example.com" })).toBe("email-taken");
    expect(await registry.users()).toHaveLength(1);
    const { results } = await REGISTRY.prepare("SELECT id FROM auth_user").all();
    expect(results).toEqual([{ id: "usr_ADA" }]);
  });

  it("refuses a slug that could not be a path segment", async () => {
    await expect(registry.createUser({ ...bob, slug: "b@b" })).rejects.toThrow(/CHECK/);
  });
});

describe("app passwords", () => {
  beforeEach(async () => {
    await registry.createUser(ada);
    await registry.createUser(bob);
  });

  it("authenticates by slug or address, only its own user", async () => {
    await addPassword(ada.userId, "A");
    const client = {
      userId: "usr_ADA",
      slug: "ada",
      appPasswordId: "pwd_A",
      scope: "caldav",
      credentialEpoch: 1,
    };
    expect(await registry.authenticate("ada", "hash-A")).toEqual(client);
    expect(await registry.authenticate("ADA@example.com", "hash-A")).toEqual(client);
    expect(await registry.authenticate("bob", "hash-A")).toBeUndefined();
    expect(await registry.authenticate("ada", "hash-B")).toBeUndefined();
  });

  it("raises the epoch once at revocation, and only for the owner", async () => {
    await addPassword(ada.userId, "A");
    expect(await registry.revokeAppPassword(bob.userId, pwd("A"))).toBeUndefined();
    expect(await registry.revokeAppPassword(ada.userId, pwd("A"))).toBe(2);
    expect(await registry.revokeAppPassword(ada.userId, pwd("A"))).toBeUndefined();
    expect((await registry.userBySlug("ada"))?.credentialEpoch).toBe(2);
    expect(await registry.authenticate("ada", "hash-A")).toBeUndefined();
    expect(await registry.appPasswords(ada.userId)).toEqual([]);
  });

  it("keeps a revoked id revoked when it is added again", async () => {
    await addPassword(ada.userId, "A");
    await registry.revokeAppPassword(ada.userId, pwd("A"));
    await addPassword(ada.userId, "A");
    expect(await registry.authenticate("ada", "hash-A")).toBeUndefined();
  });

  it("gives labels back and holds none of them readable", async () => {
    await addPassword(ada.userId, "A", "CANARY für Ada");
    const [listed] = await registry.appPasswords(ada.userId);
    expect(listed).toMatchObject({ label: "CANARY für Ada", lastUsedAt: null });
    const row = await REGISTRY.prepare("SELECT sealed_label FROM app_passwords").first<{
      sealed_label: number[];
    }>();
    expect(new TextDecoder().decode(new Uint8Array(row?.sealed_label ?? []))).not.toContain("CANARY");
  });

  it("does not open a label that was moved to another row", async () => {
    await addPassword(ada.userId, "A", "mine");
    await addPassword(ada.userId, "B", "other");
    await REGISTRY.exec(
      "UPDATE app_passwords SET sealed_label = (SELECT sealed_label FROM app_passwords WHERE app_password_id = 'pwd_A')",
    );
    const labels = (await registry.appPasswords(ada.userId)).map((each) => each.label);
    expect(labels).toEqual(["mine", "(label sealed under an earlier secret)"]);
  });

  it("moves last used forward only", async () => {
    await addPassword(ada.userId, "A");
    await registry.touchAppPassword(pwd("A"), 2000);
    await registry.touchAppPassword(pwd("A"), 1000);
    expect((await registry.appPasswords(ada.userId))[0]?.lastUsedAt).toBe(2000);
  });
});

describe("accounts and feeds", () => {
  beforeEach(async () => {
    await registry.createUser(ada);
  });

  it("lists an account for the cron once it is active, by pages", async () => {
    for (const id of ["1", "2", "3"])
      await registry.addAccount({ accountId: acc(id), userId: ada.userId, provider: "caldav" });
    await registry.activateAccount(acc("1"));
    await registry.activateAccount(acc("3"));
    expect((await registry.accountsAfter(null, 1)).map((a) => a.accountId)).toEqual(["acc_1"]);
    expect((await registry.accountsAfter(acc("1"), 9)).map((a) => a.accountId)).toEqual(["acc_3"]);
    expect((await registry.connectingBefore(clock.time + 1, 9)).map((a) => a.accountId)).toEqual(["acc_2"]);
    expect(await registry.connectingBefore(clock.time, 9)).toEqual([]);
    await registry.removeAccount(acc("1"));
    expect(await registry.account(acc("1"))).toBeUndefined();
    expect(await registry.accounts(ada.userId)).toHaveLength(2);
  });

  it("lets a user have an account of one identity once", async () => {
    const claim = { userId: ada.userId, provider: "caldav", identityHash: "same" };
    expect(await registry.claimAccount({ ...claim, accountId: acc("1") })).toBe("claimed");
    expect(await registry.claimAccount({ ...claim, accountId: acc("2") })).toBe("taken");
    await registry.removeAccount(acc("1"));
    expect(await registry.claimAccount({ ...claim, accountId: acc("2") })).toBe("claimed");
  });

  it("resolves a feed by its token's hash until it is removed", async () => {
    const feedId = "fed_1" as FeedId;
    await registry.addFeed({ feedId, userId: ada.userId, tokenHash: "h" });
    expect(await registry.feedByTokenHash("h")).toEqual({ feedId, userId: "usr_ADA" });
    await registry.removeFeed(feedId);
    expect(await registry.feedByTokenHash("h")).toBeUndefined();
  });
});

describe("sign-in store", () => {
  beforeEach(async () => {
    await registry.createUser(ada);
  });

  it("claims a link once, again inside the grace, never after it", async () => {
    const link = {
      tokenHash: "t",
      purpose: "apple-profile",
      userId: ada.userId,
      subjectId: "pwd_A",
      expiresAt: 10_000,
    } as const;
    await store.addLink(link);
    expect(await store.claimLink("set-password", "t", 1000, 0)).toBeUndefined();
    expect(await store.link("apple-profile", "t", 1000, 0)).toEqual(link);
    expect(await store.claimLink("apple-profile", "t", 1000, 500)).toEqual(link);
    expect(await store.claimLink("apple-profile", "t", 1400, 500)).toEqual(link);
    expect(await store.claimLink("apple-profile", "t", 1600, 500)).toBeUndefined();
    expect(await store.link("apple-profile", "t", 1600, 500)).toBeUndefined();
  });

  it("refuses an expired link", async () => {
    await store.addLink({
      tokenHash: "x",
      purpose: "set-password",
      userId: ada.userId,
      subjectId: null,
      expiresAt: 1000,
    });
    expect(await store.link("set-password", "x", 1000, 0)).toBeUndefined();
    expect(await store.claimLink("set-password", "x", 1000, 0)).toBeUndefined();
  });

  it("counts a challenge once", async () => {
    expect(await store.spendChallenge("c", 5000, 1000)).toBe(true);
    expect(await store.spendChallenge("c", 5000, 1001)).toBe(false);
  });

  it("keeps passkeys per user", async () => {
    const passkey = {
      credentialId: "abc",
      userId: ada.userId,
      publicKey: new Uint8Array([1, 2, 255]),
      counter: 0,
      transports: ["internal", "hybrid"],
      backedUp: true,
      createdAt: 5,
    };
    expect(await store.addPasskey(passkey)).toBe("added");
    expect(await store.addPasskey(passkey)).toBe("known");
    await store.passkeyUsed("abc", 7, 99);
    expect(await store.passkey("abc")).toEqual({ ...passkey, counter: 7, lastUsedAt: 99 });
    expect(await store.removePasskey(bob.userId, "abc")).toBe(false);
    expect(await store.removePasskey(ada.userId, "abc")).toBe(true);
    expect(await store.passkeys(ada.userId)).toEqual([]);
  });
});
