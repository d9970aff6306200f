import { beforeEach, describe, expect, it } from "vitest";
import { softwarePasskey } from "../testing/authenticator.ts";
import { type Browser, browser, type Harness, harness, ORIGIN, signedInBrowser } from "../testing/harness.ts";

let h: Harness;
beforeEach(async () => {
  h = await harness();
});

async function call(b: Browser, page: string, path: string, body: unknown = {}) {
  const token = /data-token="([^"]*)"/.exec((await b.get(page)).text)?.[1] ?? "";
  return b.post(path, {
    headers: { origin: ORIGIN, "content-type": "application/json", "x-form-token": token },
    body: JSON.stringify(body),
  });
}
type CreationOptions = { challenge: string; rp: { id: string } };
type RequestOptions = { challenge: string; rpId: string };

async function register(b: Browser) {
  const passkey = await softwarePasskey();
  const options = await (await call(b, "/security", "/passkeys/new/options")).json<CreationOptions>();
  const made = await passkey.create(options, ORIGIN);
  return { passkey, made, answer: await call(b, "/security", "/passkeys/new", made) };
}

describe("passkeys", () => {
  it("are registered, sign in, and are removed", async () => {
    const owner = await signedInBrowser(h);
    const { passkey, answer } = await register(owner);
    expect(await answer.json()).toEqual({ added: true });
    expect((await owner.get("/security")).text).toContain("last used never");

    const b = browser(h);
    const options = await (await call(b, "/sign-in", "/passkeys/sign-in/options")).json<RequestOptions>();
    expect(options.rpId).toBe("cal.example.com");
    const assertion = await passkey.get(options, ORIGIN);
    expect(await (await call(b, "/sign-in", "/passkeys/sign-in", assertion)).json()).toEqual({
      signedIn: true,
    });
    expect((await b.get("/")).status).toBe(200);

    const id = /name="id" value="([^"]*)"/.exec((await owner.get("/security")).text)?.[1] ?? "";
    await owner.submit("/security", "/passkeys/remove", { id });
    const late = browser(h);
    const again = await (await call(late, "/sign-in", "/passkeys/sign-in/options")).json<RequestOptions>();
    const refused = await call(late, "/sign-in", "/passkeys/sign-in", await passkey.get(again, ORIGIN));
    expect([refused.status, (await refused.json<{ detail: string }>()).detail]).toEqual([
      422,
      "This passkey is not known here. It may have been removed.",
    ]);
  });

  it("answer a challenge once: a copied answer is worthless", async () => {
    const { passkey } = await register(await signedInBrowser(h));
    const b = browser(h);
    const options = await (await call(b, "/sign-in", "/passkeys/sign-in/options")).json<RequestOptions>();
    const assertion = await passkey.get(options, ORIGIN);
    const thief = browser(h);
    for (const [name, value] of b.cookies) thief.cookies.set(name, value);
    expect((await call(b, "/sign-in", "/passkeys/sign-in", assertion)).status).toBe(200);
    expect((await call(thief, "/sign-in", "/passkeys/sign-in", assertion)).status).toBe(422);
  });

  it("are refused for another origin, another challenge, another key and after five minutes", async () => {
    const { passkey, made } = await register(await signedInBrowser(h));
    const stranger = await softwarePasskey();
    const ask = async (b: Browser) =>
      (await call(b, "/sign-in", "/passkeys/sign-in/options")).json<RequestOptions>();
    const attempts: readonly ((options: RequestOptions) => Promise<Record<string, unknown>>)[] = [
      (options) => passkey.get(options, "https://evil.example"),
      (options) => passkey.get({ ...options, challenge: "AAAA" }, ORIGIN),
      (options) => passkey.get({ ...options, rpId: "evil.example" }, ORIGIN),
      async (options) => ({ ...(await stranger.get(options, ORIGIN)), id: made["id"], rawId: made["id"] }),
      async () => ({ id: "x" }),
    ];
    for (const attempt of attempts) {
      const b = browser(h);
      const answer = await call(b, "/sign-in", "/passkeys/sign-in", await attempt(await ask(b)));
      expect(answer.status).toBe(422);
      expect((await b.get("/")).status).toBe(303);
    }
    const slow = browser(h);
    const options = await ask(slow);
    h.clock.time += 301_000;
    expect(
      (await call(slow, "/sign-in", "/passkeys/sign-in", await passkey.get(options, ORIGIN))).status,
    ).toBe(422);
  });

  it("cannot be added by somebody who is not signed in", async () => {
    const b = browser(h);
    const token = /data-token="([^"]*)"/.exec((await b.get("/sign-in")).text)?.[1] ?? "";
    const headers = { origin: ORIGIN, "x-form-token": token };
    expect((await b.post("/passkeys/new", { headers, body: "{}" })).status).toBe(303);
  });
});
