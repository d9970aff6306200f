import { beforeEach, describe, expect, it } from "vitest";
import { basic, browser, type Harness, harness } from "../testing/harness.ts";

interface ProblemBody {
  code: string;
  status: number;
  detail: string;
  errors?: { field: string; message: string }[];
}
interface NewUserBody {
  user: string;
  app_password: string;
  caldav_url: string;
  feed_url: string;
  setup_url: string;
}

let h: Harness;
beforeEach(async () => {
  h = await harness();
});

async function addUser(name = "Ada", email = "ada@example.com"): Promise<NewUserBody> {
  return (await h.admin("POST", "/users", { name, email })).json<NewUserBody>();
}
async function addAccount(label: string, password = "right") {
  const url = `https://${label.toLowerCase()}.example.com`;
  return h.admin("POST", "/users/ada/accounts", { provider: "caldav", url, username: "u", password, label });
}

describe("authorization", () => {
  it("wants the admin token", async () => {
    for (const authorization of [
      undefined,
      "Bearer",
      "Bearer wrong",
      "Basic admin-token-for-tests",
      "Bearer admin-token-for-test",
    ]) {
      const answer = await h.fetch(
        "/v1/admin/users",
        authorization === undefined ? {} : { headers: { authorization } },
      );
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
    expect((await h.admin("GET", "/users")).status).toBe(200);
  });

  it("admits nobody when there is no token", async () => {
    h = await harness({ adminToken: "" });
    expect((await h.fetch("/v1/admin/users", { headers: { authorization: "Bearer " } })).status).toBe(401);
  });

  it("slows down guessing", async () => {
    const guess = (n: number) => h.fetch("/v1/admin/users", { headers: { authorization: `Bearer ${n}` } });
    for (let i = 0; i < 20; i++) expect((await guess(i)).status).toBe(401);
    const slowed = await guess(20);
    expect([slowed.status, Number(slowed.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await h.admin("GET", "/users")).status).toBe(200);
  });
});

describe("users", () => {
  it("are added with everything a device needs", async () => {
    const made = await addUser("Zoë Müller", "Zoe@Example.com");
    expect(made.user).toBe("zoe-muller");
    expect(made.caldav_url).toBe("http://cal.example.com/dav/");
    const dav = await h.fetch("/dav/", {
      method: "PROPFIND",
      headers: { authorization: basic(made.user, made.app_password) },
    });
    expect(dav.status).toBe(207);
    expect((await h.fetch(new URL(made.feed_url).pathname)).status).toBe(207);
    const list = await (await h.admin("GET", "/users")).json();
    expect(list).toMatchObject({ users: [{ user: "zoe-muller", email: "zoe@example.com" }] });
  });

  it("set their password by a link that works once", async () => {
    const { setup_url } = await addUser();
    const path = new URL(setup_url).pathname;
    const b = browser(h);
    expect((await b.submit(path, path, { password: "short" })).status).toBe(422);
    expect((await b.submit(path, path, { password: "correct horse battery" })).status).toBe(303);
    expect((await b.get("/")).status).toBe(200);
    expect((await browser(h).get(path)).status).toBe(410);
    h.clock.time += 1000;
    const late = await browser(h).submit("/sign-in", "/sign-in", {
      login: "ada",
      password: "correct horse battery",
    });
    expect(late.status).toBe(303);
  });

  it("of a name or address that is taken are refused by field, and nothing is left", async () => {
    await addUser();
    const name = await h.admin("POST", "/users", { name: "Ada", email: "other@example.com" });
    expect([name.status, await name.json()]).toMatchObject([
      409,
      { code: "slug-taken", errors: [{ field: "name" }] },
    ]);
    const email = await h.admin("POST", "/users", { name: "Other", email: "ADA@example.com" });
    expect([email.status, await email.json()]).toMatchObject([
      409,
      { code: "email-taken", errors: [{ field: "email" }] },
    ]);
    expect(h.graphs.size).toBe(1);
  });

  it("that do not exist are 404 everywhere and make no graph", async () => {
    for (const path of ["status", "app-passwords", "accounts", "policy", "feeds", "approvals"]) {
      const answer = await h.admin("GET", `/users/nobody/${path}`);
      expect([path, answer.status, (await answer.json<ProblemBody>()).detail]).toEqual([
        path,
        404,
        "There is no user “nobody”.",
      ]);
    }
    expect(h.graphs.size).toBe(0);
  });
});

describe("bad input names the field", () => {
  const cases: readonly (readonly [string, string, unknown, number, string])[] = [
    ["POST", "/users", { email: "a@example.com" }, 422, "name"],
    ["POST", "/users", { name: "Ada", email: "nope" }, 422, "email"],
    ["POST", "/users", { name: "Ada", email: "a@example.com", admin: true }, 422, "admin"],
    ["POST", "/users", { name: "Ada", email: "a@example.com", slug: "A@B" }, 422, "slug"],
    ["POST", "/users", { name: "a\u0000b", email: "a@example.com" }, 422, "name"],
    ["POST", "/users", { name: "李", email: "a@example.com" }, 422, "name"],
    ["POST", "/users", [], 422, ""],
    ["POST", "/users/ada/app-passwords", { label: "" }, 422, "label"],
    ["POST", "/users/ada/app-passwords", { label: "x", scope: "all" }, 422, "scope"],
    ["POST", "/users/ada/accounts", { provider: "google" }, 422, "provider"],
    [
      "POST",
      "/users/ada/accounts",
      { provider: "caldav", url: "file:///etc", username: "u", password: "p" },
      422,
      "url",
    ],
    ["POST", "/users/ada/accounts", { provider: "caldav", url: "https://x", username: "u" }, 422, "password"],
    [
      "PUT",
      "/users/ada/policy",
      { from: "canonical", to: "A", detail: "ALL", kind: "OVERLAY" },
      422,
      "detail",
    ],
    ["PUT", "/users/ada/policy", { from: "canonical", to: "A", detail: "BUSY", kind: "OVERLAY" }, 422, "to"],
    ["POST", "/users/ada/feeds", { detail: "busy" }, 422, "detail"],
    ["POST", "/users/ada/approvals/apr_1", { decision: "maybe" }, 422, "decision"],
    ["DELETE", "/users/ada/accounts/A?mirrors=maybe", undefined, 422, "mirrors"],
  ];
  it.each(cases)("%s %s %j", async (method, path, body, status, field) => {
    await addUser("Ada", "taken@example.com");
    if (path.includes("/accounts/A")) await addAccount("A");
    const answer = await h.admin(method, path, body);
    const problem = await answer.json<ProblemBody>();
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect([answer.status, problem.errors?.map((each) => each.field)]).toEqual([
      status,
      expect.arrayContaining([field]),
    ]);
    expect(problem.status).toBe(status);
  });

  it("and says when it is no JSON, or too much of it", async () => {
    expect((await h.admin("POST", "/users", "{")).status).toBe(400);
    expect((await h.admin("POST", "/users", `"${"x".repeat(70_000)}"`)).status).toBe(413);
    const form = await h.fetch("/v1/admin/users", {
      method: "POST",
      body: "a=b",
      headers: { authorization: "Bearer admin-token-for-tests" },
    });
    expect(form.status).toBe(415);
    expect((await h.admin("GET", "/nothing")).status).toBe(404);
    expect((await h.fetch("/v1/nothing")).headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("app passwords", () => {
  it("are made, listed without the secret, and revoked", async () => {
    await addUser();
    const made = await (
      await h.admin("POST", "/users/ada/app-passwords", { label: "Mac" })
    ).json<{ id: string; app_password: string }>();
    const listed = await (await h.admin("GET", "/users/ada/app-passwords")).text();
    expect([listed.includes('"label":"Mac"'), listed.includes(made.app_password)]).toEqual([true, false]);
    expect((await h.admin("DELETE", `/users/ada/app-passwords/${made.id}`)).status).toBe(204);
    expect((await h.admin("DELETE", `/users/ada/app-passwords/${made.id}`)).status).toBe(404);
  });

  it("of another user cannot be revoked through one's own path", async () => {
    await addUser();
    await addUser("Bob", "bob@example.com");
    const made = await (
      await h.admin("POST", "/users/ada/app-passwords", { label: "Mac" })
    ).json<{ id: string }>();
    expect((await h.admin("DELETE", `/users/bob/app-passwords/${made.id}`)).status).toBe(404);
    expect(await (await h.admin("GET", "/users/ada/app-passwords")).text()).toContain(made.id);
  });
});

describe("accounts", () => {
  beforeEach(async () => void (await addUser()));

  it("connect, sync, reconcile and are removed, by id or label", async () => {
    const made = await addAccount("Work");
    expect([made.status, await made.json()]).toMatchObject([201, { provider: "caldav", label: "Work" }]);
    expect(h.enqueued).toHaveLength(1);
    expect(await (await h.admin("POST", "/users/ada/accounts/Work/sync")).json()).toMatchObject({
      created: 2,
      written: 4,
    });
    expect(await (await h.admin("POST", "/users/ada/accounts/Work/reconcile")).json()).toMatchObject({
      orphans_deleted: 2,
    });
    const status = await (await h.admin("GET", "/users/ada/status")).json();
    expect(status).toMatchObject({
      user: "ada",
      events: 3,
      accounts: [{ label: "Work", health: "green", default: true }],
    });
    expect((await h.admin("DELETE", "/users/ada/accounts/Work?mirrors=keep")).status).toBe(204);
    expect((await h.admin("POST", "/users/ada/accounts/Work/sync")).status).toBe(404);
  });

  it("that the provider refuses are 422 with its code, and leave nothing", async () => {
    const refused = await addAccount("Work", "wrong");
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "wrong-credentials" }]);
    expect((await addAccount("Work")).status).toBe(201);
  });

  it("are connected once", async () => {
    await addAccount("Work");
    const again = await addAccount("Work");
    expect([again.status, await again.json()]).toMatchObject([422, { code: "already-connected" }]);
  });

  it("whose connecting breaks are cleaned up at once", async () => {
    const broken = await addAccount("Work", "crash");
    expect(broken.status).toBe(503);
    expect([...h.accounts.values()][0]?.log).toEqual(["connect", "remove without mirrors"]);
    expect((await addAccount("Work")).status).toBe(201);
  });
});

describe("policy", () => {
  it("is set by label, replaced, and refused for what does not fit", async () => {
    await addUser();
    await addAccount("A");
    await addAccount("B");
    const put = (from: string, to: string) =>
      h.admin("PUT", "/users/ada/policy", { from, to, detail: "TITLE", kind: "MIRROR" });
    const set = await put("A", "B");
    expect([set.status, await set.json()]).toMatchObject([
      200,
      { detail: "TITLE", kind: "MIRROR", enabled: true },
    ]);
    expect((await put("canonical", "B")).status).toBe(200);
    expect(await (await put("A", "A")).json()).toMatchObject({ code: "same-account" });
    expect(await (await put("A", "C")).json()).toMatchObject({
      code: "unknown-account",
      errors: [{ field: "to" }],
    });
    const { edges } = await (await h.admin("GET", "/users/ada/policy")).json<{ edges: unknown[] }>();
    expect(edges).toHaveLength(2);
  });
});

describe("public status", () => {
  it("says version and time zones to everybody", async () => {
    const answer = await h.fetch("/v1/status");
    expect(await answer.json()).toEqual({
      status: "ok",
      version: "0.1.0",
      tzdata: expect.stringMatching(/^20\d\d[a-z]$/),
    });
  });
});
