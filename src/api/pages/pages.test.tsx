import { beforeEach, describe, expect, it } from "vitest";
import {
  basic,
  type Browser,
  browser,
  type Harness,
  harness,
  ORIGIN,
  signedInBrowser,
} from "../testing/harness.ts";

let h: Harness;
beforeEach(async () => {
  h = await harness();
});

const person = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };
const setup = "/setup?token=setup-token-for-tests";

async function tokenOf(b: Browser): Promise<string> {
  return /name="form-token" value="([^"]*)"/.exec((await b.get("/app-passwords")).text)?.[1] ?? "";
}

/** The same session in a browser with another form cookie: its tokens are worthless in the first. */
async function browserOf(b: Browser): Promise<Browser> {
  const other = browser(h);
  for (const [name, value] of b.cookies) if (!name.includes("form")) other.cookies.set(name, value);
  return other;
}

async function twoAccounts(b: Browser): Promise<readonly string[]> {
  for (const label of ["A", "B"]) {
    await b.submit("/accounts/new", "/accounts", {
      url: `https://${label}.example.com`,
      username: "u",
      password: "right",
      label,
    });
  }
  return [...h.accounts.keys()];
}

describe("first run", () => {
  it("makes the first user, signs them in and closes", async () => {
    const b = browser(h);
    const done = await b.submit(setup, "/setup", person);
    expect([done.status, done.response.headers.get("location")]).toEqual([303, "/"]);
    expect((await b.get("/")).text).toContain("No account is connected yet");
    const user = await h.ports.registry.userBySlug("ada-lovelace");
    expect(user?.email).toBe("ada@example.com");
    expect([...h.graphs.values()][0]?.seen.user?.displayName).toBe("Ada Lovelace");
    expect((await browser(h).get(setup)).status).toBe(403);
  });

  it("refuses a second person who kept the form open", async () => {
    const [first, late] = [browser(h), browser(h)];
    const { text } = await late.get(setup);
    await first.submit(setup, "/setup", person);
    const token = /name="form-token" value="([^"]*)"/.exec(text)?.[1] ?? "";
    const body = new URLSearchParams({
      ...person,
      email: "eve@example.com",
      token: "setup-token-for-tests",
      "form-token": token,
    });
    const answer = await late.post("/setup", {
      body: body.toString(),
      headers: { origin: ORIGIN, "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(403);
    expect(await h.ports.registry.users()).toHaveLength(1);
  });

  it("needs the token", async () => {
    expect((await browser(h).get("/setup?token=wrong")).status).toBe(403);
    expect((await browser(h).get("/setup")).status).toBe(403);
    h = await harness({ setupToken: "" });
    expect((await browser(h).get("/setup?token=")).status).toBe(403);
  });

  it("says what is wrong with the input and makes nobody", async () => {
    const short = await browser(h).submit(setup, "/setup", { ...person, password: "short" });
    expect([short.status, short.text.includes("The password needs 10 to 128 characters.")]).toEqual([
      422,
      true,
    ]);
    const address = await browser(h).submit(setup, "/setup", { ...person, email: "ada" });
    expect(address.text).toContain("Enter a complete e-mail address");
    const name = await browser(h).submit(setup, "/setup", { ...person, name: "李" });
    expect(name.text).toContain("at least one Latin letter");
    expect(await h.ports.registry.users()).toEqual([]);
  });
});

describe("sign-in", () => {
  it("works by name and by address, and ends at sign-out", async () => {
    await signedInBrowser(h);
    for (const login of ["ada", "ADA@example.com"]) {
      const b = browser(h);
      const done = await b.submit("/sign-in", "/sign-in", { login, password: person.password });
      expect(done.status).toBe(303);
      expect((await b.get("/")).status).toBe(200);
      await b.submit("/", "/sign-out", {});
      expect((await b.get("/")).status).toBe(303);
    }
  });

  it("refuses, then slows down wrong passwords, for this name only", async () => {
    await signedInBrowser(h);
    const b = browser(h);
    for (let i = 0; i < 8; i++) {
      const wrong = await b.submit("/sign-in", "/sign-in", { login: "ada", password: `wrong ${i}` });
      expect(wrong.status).toBe(401);
    }
    const slowed = await b.submit("/sign-in", "/sign-in", { login: "ada", password: person.password });
    expect([slowed.status, Number(slowed.response.headers.get("retry-after")) > 0]).toEqual([429, true]);
    const other = await b.submit("/sign-in", "/sign-in", { login: "bob", password: "x" });
    expect(other.status).toBe(401);
  });

  it("goes on only to a path of this site", async () => {
    await signedInBrowser(h);
    for (const [next, expected] of [
      ["/feeds", "/feeds"],
      ["//evil.example", "/"],
      ["https://evil.example", "/"],
      ["/\\evil.example", "/"],
    ] as const) {
      const done = await browser(h).submit("/sign-in", "/sign-in", {
        login: "ada",
        password: person.password,
        next,
      });
      expect(done.response.headers.get("location")).toBe(expected);
    }
  });

  it("leads strangers to the sign-in page from everywhere", async () => {
    for (const path of [
      "/",
      "/accounts/new",
      "/app-passwords",
      "/policy",
      "/feeds",
      "/connect",
      "/security",
    ]) {
      const { status, response } = await browser(h).get(path);
      expect([path, status, response.headers.get("location")?.startsWith("/sign-in")]).toEqual([
        path,
        303,
        true,
      ]);
    }
  });
});

describe("forms", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  it("count only from our own pages", async () => {
    const b = await signedInBrowser(h);
    const token = await tokenOf(b);
    const good = `form-token=${token}&label=x`;
    const post = (headers: Record<string, string>, body: string) =>
      b.post("/app-passwords", { headers: { ...form, ...headers }, body });
    expect((await post({ origin: "https://evil.example" }, good)).status).toBe(403);
    expect((await post({ origin: "null" }, good)).status).toBe(403);
    expect((await post({}, good)).status).toBe(403);
    expect((await post({ origin: ORIGIN }, "label=x")).status).toBe(403);
    expect(
      (await post({ origin: ORIGIN }, `form-token=${await tokenOf(await browserOf(b))}&label=x`)).status,
    ).toBe(403);
    const user = await h.ports.registry.userBySlug("ada");
    expect(user && (await h.ports.registry.appPasswords(user.userId))).toEqual([]);
    expect((await post({ origin: ORIGIN }, good)).status).toBe(200);
    expect((await post({ "sec-fetch-site": "same-origin" }, good)).status).toBe(200);
  });

  it("are bounded", async () => {
    const b = await signedInBrowser(h);
    const answer = await b.post("/app-passwords", {
      headers: { ...form, origin: ORIGIN },
      body: "x".repeat(70_000),
    });
    expect(answer.status).toBe(413);
  });

  it.each([
    ["multipart/form-data", "x"],
    ["multipart/form-data; boundary=b", "--b\r\nnonsense"],
  ])("that are none by their own type (%s) are refused like an expired one", async (type, body) => {
    const b = await signedInBrowser(h);
    const answer = await b.post("/app-passwords", {
      headers: { "content-type": type, origin: ORIGIN },
      body,
    });
    expect(answer.status).toBe(403);
  });
});

describe("every page", () => {
  it("forbids inline code, framing and caching", async () => {
    const { response, text } = await (await signedInBrowser(h)).get("/");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(text).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
    expect(text.startsWith("<!doctype html>")).toBe(true);
  });

  it("escapes hostile labels", async () => {
    const b = await signedInBrowser(h);
    const label = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;
    await b.submit("/accounts/new", "/accounts", {
      url: "https://a.example.com",
      username: "u",
      password: "right",
      label,
    });
    await b.submit("/app-passwords", "/app-passwords", { label });
    for (const path of ["/", "/policy", "/app-passwords", `/accounts/${[...h.accounts.keys()][0]}`]) {
      const { text } = await b.get(path);
      expect([path, text.includes("&lt;script&gt;alert(1)")]).toEqual([path, true]);
      expect([path, text.includes("<script>alert"), text.includes("<img")]).toEqual([path, false, false]);
    }
  });

  it.each(["PROPFIND", "OPTIONS", "PUT"])("answers %s with 405 and where calendars are", async (method) => {
    const answer = await h.fetch("/caldav.php/", { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect(await answer.text()).toContain("/dav/");
  });

  it("is a page when nothing is there", async () => {
    const { status, text } = await (await signedInBrowser(h)).get("/nothing-here");
    expect([status, text.includes("There is nothing at this address")]).toEqual([404, true]);
  });
});

describe("app passwords", () => {
  it("are shown once, work at once and die at once", async () => {
    const b = await signedInBrowser(h);
    const { text } = await b.submit("/app-passwords", "/app-passwords", { label: "Laptop" });
    const password = /<code>((?:[0-9a-z]{5}-){4}[0-9a-z]{6})<\/code>/.exec(text)?.[1] ?? "";
    const dav = () =>
      h.fetch("/dav/", { method: "PROPFIND", headers: { authorization: basic("ada", password) } });
    expect((await dav()).status).toBe(207);
    const list = (await b.get("/app-passwords")).text;
    expect([list.includes("Laptop"), list.includes(password)]).toEqual([true, false]);
    const revoke = /action="(\/app-passwords\/[^"]*\/revoke)"/.exec(list)?.[1] ?? "";
    await b.submit("/app-passwords", revoke, {});
    expect((await dav()).status).toBe(401);
    expect((await b.get("/app-passwords")).text).toContain("None yet");
  });

  it("want a label", async () => {
    const { status, text } = await (
      await signedInBrowser(h)
    ).submit("/app-passwords", "/app-passwords", { label: " " });
    expect([status, text.includes("A label has 1 to 100 characters")]).toEqual([422, true]);
  });
});

describe("accounts", () => {
  it("connect, sync and are removed", async () => {
    const b = await signedInBrowser(h);
    const made = await b.submit("/accounts/new", "/accounts", {
      url: "cal.example.org",
      username: "ada",
      password: "right",
      label: "Work",
    });
    const path = made.response.headers.get("location") ?? "";
    expect(h.enqueued).toHaveLength(1);
    expect((await b.submit(path, `${path}/sync`, {})).text).toContain(
      "3 changes came in, 4 changes went out.",
    );
    expect((await b.get("/")).text).toContain("In step");
    expect((await b.submit(path, `${path}/remove`, { mirrors: "keep" })).status).toBe(303);
    expect([...h.accounts.values()][0]?.log).toEqual(["connect", "sync", "remove without mirrors"]);
    expect((await b.get(path)).status).toBe(404);
  });

  it("say in a sentence why they are refused, and leave nothing", async () => {
    const b = await signedInBrowser(h);
    const values = { url: "https://cal.example.org", username: "ada", password: "wrong", label: "Work" };
    const refused = await b.submit("/accounts/new", "/accounts", values);
    expect([
      refused.status,
      refused.text.includes("The server refused the user name or the password."),
    ]).toEqual([422, true]);
    expect(refused.text).toContain('value="https://cal.example.org"');
    expect(refused.text).not.toContain("wrong");
    const bad = await b.submit("/accounts/new", "/accounts", { ...values, url: "ftp://x" });
    expect(bad.text).toContain("Enter the address of the calendar server");
    const user = await h.ports.registry.userBySlug("ada");
    expect(user && (await h.ports.registry.accounts(user.userId))).toEqual([]);
  });

  it("of somebody else do not exist", async () => {
    const b = await signedInBrowser(h);
    await h.admin("POST", "/users", { name: "Bob", email: "bob@example.com" });
    const made = await h.admin("POST", "/users/bob/accounts", {
      provider: "caldav",
      url: "https://b.example.com",
      username: "b",
      password: "right",
    });
    const { id } = await made.json<{ id: string }>();
    expect((await b.get(`/accounts/${id}`)).status).toBe(404);
    const token = /name="form-token" value="([^"]*)"/.exec((await b.get("/")).text)?.[1] ?? "";
    for (const verb of ["sync", "remove", "reconnect"]) {
      const answer = await b.post(`/accounts/${id}/${verb}`, {
        headers: { origin: ORIGIN, "x-form-token": token },
        body: "",
      });
      expect([verb, answer.status]).toEqual([verb, 404]);
    }
  });
});

describe("policy, feeds, approvals", () => {
  it("sets an edge and switches it off", async () => {
    const b = await signedInBrowser(h);
    const [first, second] = await twoAccounts(b);
    const graph = [...h.graphs.values()][0];
    const cell = { [`kind.${first}.${second}`]: "MIRROR" };
    await b.submit("/policy", "/policy", { ...cell, [`detail.${first}.${second}`]: "TITLE" });
    expect(await graph?.edges()).toMatchObject([
      { from: first, to: second, detail: "TITLE", kind: "MIRROR", enabled: true },
    ]);
    await b.submit("/policy", "/policy", { ...cell, [`detail.${first}.${second}`]: "off" });
    expect(await graph?.edges()).toMatchObject([{ detail: "TITLE", enabled: false }]);
  });

  it("shows a feed's link once and forgets it", async () => {
    const b = await signedInBrowser(h);
    const { text } = await b.submit("/feeds", "/feeds", { detail: "TITLE" });
    const path = /http:\/\/cal\.example\.com(\/feeds\/[\w-]+\.ics)/.exec(text)?.[1] ?? "";
    expect((await h.fetch(path)).status).toBe(207);
    expect(h.forwarded.at(-1)?.path).toMatch(/^\/feeds\/fed_/);
    const list = (await b.get("/feeds")).text;
    expect([list.includes("Titles"), list.includes(path)]).toEqual([true, false]);
    const remove = /action="(\/feeds\/[^"]*\/remove)"/.exec(list)?.[1] ?? "";
    await b.submit("/feeds", remove, {});
    expect((await b.get("/feeds")).text).toContain("None yet");
  });

  it("asks before a mass deletion", async () => {
    const b = await signedInBrowser(h);
    const [account] = await twoAccounts(b);
    const graph = [...h.graphs.values()][0];
    graph?.waiting.push({
      approvalId: "apr_1" as never,
      accountId: account as never,
      providerCalendarId: "/c/",
      kind: "mass-deletion",
      events: 40,
      createdAt: 0,
    });
    expect((await b.get("/")).text).toContain("Delete 40 events?");
    expect((await b.submit("/", "/approvals/apr_1", { decision: "maybe" })).status).toBe(422);
    expect((await b.submit("/", "/approvals/apr_1", { decision: "reject" })).status).toBe(303);
    expect(graph?.waiting).toEqual([]);
  });
});
