import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { UserId } from "../../core/id.ts";
import type { Env } from "../../durable/env.ts";
import { createRegistry } from "../../durable/registry/registry.ts";
import { createSignIn } from "./auth.ts";

const { REGISTRY, TOKEN_PEPPER, SESSION_SECRET } = env as unknown as Env;
const registry = createRegistry(REGISTRY, TOKEN_PEPPER, { now: Date.now });
const ada = { userId: "usr_ADA" as UserId, slug: "ada", email: "ada@example.com" };
const password = "correct horse battery";
const signIn = createSignIn(REGISTRY, SESSION_SECRET, "http://cal.example.com");

beforeEach(async () => {
  await REGISTRY.exec("DELETE FROM users");
  await registry.createUser(ada);
});

/** The Cookie header that a browser would send back. */
function sentBack(cookies: readonly string[]): Headers {
  return new Headers({ cookie: cookies.map((each) => each.split(";")[0]).join("; ") });
}

describe("sign-in", () => {
  it("opens a session for the right password only", async () => {
    await signIn.setPassword(ada.userId, password);
    expect(await signIn.withPassword("ada@example.com", "wrong horse battery")).toBeUndefined();
    expect(await signIn.withPassword("eve@example.com", password)).toBeUndefined();
    expect(await signIn.withPassword("not an address", password)).toBeUndefined();
    const cookies = await signIn.withPassword("ADA@example.com", password);
    const session = await signIn.session(sentBack(cookies ?? []));
    expect(session?.user).toEqual({ userId: "usr_ADA", slug: "ada", email: "ada@example.com" });
  });

  it("refuses a user who has no password", async () => {
    expect(await signIn.hasPassword(ada.userId)).toBe(false);
    expect(await signIn.withPassword("ada@example.com", "")).toBeUndefined();
  });

  it("marks the cookie HttpOnly and SameSite=Lax, and Secure on https", async () => {
    const plain = (await signIn.begin(ada.userId)).join();
    expect(plain).toMatch(/HttpOnly/);
    expect(plain).toMatch(/SameSite=Lax/);
    expect(plain).not.toMatch(/Secure/);
    const secure = createSignIn(REGISTRY, SESSION_SECRET, "https://cal.example.com");
    expect((await secure.begin(ada.userId)).join()).toMatch(/^__Secure-.*Secure/);
  });

  it("ends a session, and all of them when the password changes", async () => {
    const first = sentBack(await signIn.begin(ada.userId));
    await signIn.end(first);
    expect(await signIn.session(first)).toBeUndefined();
    const second = sentBack(await signIn.begin(ada.userId));
    await signIn.setPassword(ada.userId, password);
    expect(await signIn.session(second)).toBeUndefined();
    await signIn.setPassword(ada.userId, "another horse battery");
    expect(await signIn.withPassword("ada@example.com", password)).toBeUndefined();
  });

  it("refuses a forged cookie", async () => {
    const [cookie = ""] = await signIn.begin(ada.userId);
    const forged = cookie.replace(/=([^.]+)\./, "=x$1.");
    expect(await signIn.session(sentBack([forged]))).toBeUndefined();
  });

  it("keeps neither address nor user agent, and no readable password", async () => {
    await signIn.setPassword(ada.userId, password);
    await signIn.withPassword("ada@example.com", password);
    expect(await REGISTRY.prepare("SELECT ipAddress, userAgent FROM auth_session").first()).toEqual({
      ipAddress: null,
      userAgent: null,
    });
    const row = await REGISTRY.prepare("SELECT password FROM auth_account").first<{ password: string }>();
    expect(row?.password).not.toContain("horse");
  });
});
