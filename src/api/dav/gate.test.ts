import { beforeEach, describe, expect, it } from "vitest";
import type { AppPasswordId, UserId } from "../../core/id.ts";
import { limits } from "../../core/limits.ts";
import { createAppPassword, revokeAppPassword } from "../app-passwords.ts";
import { createUser } from "../users.ts";
import { basic, type Harness, harness } from "../testing/harness.ts";

let h: Harness;
let userId: UserId;
let password: string;
let passwordId: AppPasswordId;

beforeEach(async () => {
  h = await harness({ clientAddressHeader: "cf-connecting-ip" });
  const user = await createUser(h.ports, { name: "Ada", email: "ada@example.com" });
  if (!user.ok) throw new Error(user.error.reason);
  ({ userId } = user.value);
  ({ password, appPasswordId: passwordId } = await createAppPassword(h.ports, userId, "iPhone", "caldav"));
});

function dav(login: string, secret: string, init: RequestInit & { path?: string } = {}) {
  const headers = new Headers(init.headers);
  headers.set("authorization", basic(login, secret));
  if (!headers.has("cf-connecting-ip")) headers.set("cf-connecting-ip", "192.0.2.1");
  return h.fetch(init.path ?? "/dav/", { method: "PROPFIND", ...init, headers });
}
const wrongPassword = (n: number) => `00000-00000-00000-00000-${String(n).padStart(6, "0")}`;

describe("A1: /.well-known/caldav (RFC 6764 5)", () => {
  it.each(["PROPFIND", "GET", "OPTIONS"])("redirects %s to the context path", async (method) => {
    const answer = await h.fetch("/.well-known/caldav", { method });
    expect([answer.status, answer.headers.get("location")]).toEqual([301, "/dav/"]);
  });
});

describe("A2: Apple's probes", () => {
  it.each(["/", "/principals/", "/principals", "/dav", "/dav/"])(
    "PROPFIND %s is 401, then 207",
    async (path) => {
      expect((await h.fetch(path, { method: "PROPFIND" })).status).toBe(401);
      expect((await dav("ada", password, { path })).status).toBe(207);
      expect(h.forwarded[0]?.path).toBe(path.startsWith("/dav") ? path : "/dav/");
    },
  );
});

describe("A3: no credentials", () => {
  it.each(["OPTIONS", "PROPFIND", "REPORT", "GET", "PUT"])("%s asks for Basic", async (method) => {
    const answer = await h.fetch("/dav/calendars/ada/", {
      method,
      ...(method === "PUT" ? { body: "x" } : {}),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="T-Minus", charset="UTF-8"');
    expect(await answer.text()).not.toContain("unauthenticated");
  });
});

describe("A4 and other spellings of the login", () => {
  it.each(["ada", "ADA", "ada@example.com", "ada%40example.com", "Ada%40Example.com"])(
    "%s",
    async (login) => {
      expect((await dav(login, password)).status).toBe(207);
    },
  );
  it("accepts a password typed without dashes, in capitals, with spaces", async () => {
    expect((await dav("ada", password.replaceAll("-", "").toUpperCase())).status).toBe(207);
    expect((await dav("ada", password.replaceAll("-", " "))).status).toBe(207);
  });
  it.each([
    "Basic",
    "Basic !!!",
    `Basic ${btoa("nocolon")}`,
    `Basic ${btoa(":x")}`,
    "Bearer x",
    `Basic ${btoa("\xff:x")}`,
  ])("%s is 401", async (authorization) => {
    expect((await h.fetch("/dav/", { method: "PROPFIND", headers: { authorization } })).status).toBe(401);
  });
});

describe("what the graph is told", () => {
  it("is set here and cannot be forged", async () => {
    await dav("ada", password, {
      method: "MKCOL",
      body: "<x/>",
      headers: {
        "x-tm-slug": "bob",
        "x-tm-epoch": "999",
        "x-tm-scope": "root",
        "x-tm-client": "system",
        "x-tm-other": "1",
        "x-tm-method": "MKCALENDAR",
        "if-match": '"a"',
        cookie: "t-minus.session_token=x",
        "user-agent": "iOS/18.1 (22B83) dataaccessd/1.0",
      },
    });
    const { headers, body, method } = h.forwarded[0] ?? { headers: new Headers(), body: "", method: "" };
    expect([method, body]).toEqual(["MKCOL", "<x/>"]);
    const named = [
      "x-tm-slug",
      "x-tm-epoch",
      "x-tm-scope",
      "x-tm-client",
      "x-tm-method",
      "x-tm-other",
      "if-match",
    ];
    expect(named.map((name) => headers.get(name))).toEqual([
      "ada",
      "1",
      "caldav",
      "caldav:iOS/18.1",
      "MKCALENDAR",
      null,
      '"a"',
    ]);
    expect([headers.get("authorization"), headers.get("cookie")]).toEqual([null, null]);
  });

  it("drops an x-tm-method of a client's invention", async () => {
    await dav("ada", password, { headers: { "x-tm-method": "DELETE" } });
    expect(h.forwarded[0]?.headers.get("x-tm-method")).toBeNull();
  });

  it("names the program, whatever it writes", async () => {
    const agents = {
      "Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.4.0": "caldav:Thunderbird/128.4.0",
      "DAVx5/4.4.4-ose (2024/11/03) okhttp/4.12": "caldav:DAVx5/4.4.4-ose",
      '"; evil': "caldav:unknown",
    };
    for (const [agent, expected] of Object.entries(agents)) {
      await dav("ada", password, { headers: { "user-agent": agent } });
      expect(h.forwarded.at(-1)?.headers.get("x-tm-client")).toBe(expected);
    }
  });

  it("carries the scope of a read-only password", async () => {
    const read = await createAppPassword(h.ports, userId, "wall display", "caldav-read");
    await dav("ada", read.password);
    expect(h.forwarded[0]?.headers.get("x-tm-scope")).toBe("caldav-read");
  });
});

describe("verified passwords", () => {
  it("are remembered for a minute: no database round trip for each request", async () => {
    for (let i = 0; i < 5; i++) await dav("ada", password);
    expect(h.asked.authenticate).toBe(1);
    h.clock.time += 61_000;
    await dav("ada", password);
    expect(h.asked.authenticate).toBe(2);
  });

  it("die at once when revoked, also while remembered, and with a body", async () => {
    const other = await createAppPassword(h.ports, userId, "Mac", "caldav");
    const put = { method: "PUT", path: "/dav/calendars/ada/unified/a.ics" };
    expect((await dav("ada", password)).status).toBe(207);
    expect((await dav("ada", other.password, { ...put, body: "one" })).status).toBe(207);
    await revokeAppPassword(h.ports, userId, passwordId);
    expect((await dav("ada", password)).status).toBe(401);
    expect((await dav("ada", other.password, { ...put, body: "two" })).status).toBe(207);
    expect(h.forwarded.at(-1)?.body).toBe("two");
    expect(h.forwarded.at(-1)?.headers.get("x-tm-epoch")).toBe("2");
  });

  it("complete a revocation that was cut in two", async () => {
    expect((await dav("ada", password)).status).toBe(207);
    await h.ports.registry.revokeAppPassword(userId, passwordId);
    expect(h.graphs.get(userId)?.seen.epoch).toBe(1);
    await revokeAppPassword(h.ports, userId, passwordId);
    expect(h.graphs.get(userId)?.seen.epoch).toBe(2);
    expect((await dav("ada", password)).status).toBe(401);
  });

  it("note when they were last used, once an hour", async () => {
    const lastUsed = async () => (await h.ports.registry.appPasswords(userId))[0]?.lastUsedAt;
    const first = h.clock.time;
    await dav("ada", password);
    expect(await lastUsed()).toBe(first);
    h.clock.time += 1_800_000;
    await dav("ada", password);
    expect(await lastUsed()).toBe(first);
    h.clock.time += 1_900_000;
    await dav("ada", password);
    expect(await lastUsed()).toBe(h.clock.time);
  });

  it("of one user open nothing of another's, and unknown names make no graph", async () => {
    expect((await dav("bob", password)).status).toBe(401);
    expect(h.graphs.size).toBe(1);
    expect(h.forwarded).toEqual([]);
  });
});

describe("wrong passwords", () => {
  it("are slowed down after ten different ones, with 503 and Retry-After", async () => {
    for (let i = 0; i < 10; i++) expect((await dav("ada", wrongPassword(i))).status).toBe(401);
    const slowed = await dav("ada", wrongPassword(10));
    expect([slowed.status, slowed.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(h.asked.authenticate).toBe(10);
    h.clock.time += 30_000;
    expect((await dav("ada", wrongPassword(11))).status).toBe(401);
  });

  it("cost nothing when repeated: a forgotten device locks nobody out", async () => {
    for (let i = 0; i < 50; i++) expect((await dav("ada", wrongPassword(1))).status).toBe(401);
    expect(h.asked.authenticate).toBe(1);
    expect((await dav("ada", password)).status).toBe(207);
  });

  it("of others never lock out a password that was right before", async () => {
    await dav("ada", password);
    h.clock.time += 61_000;
    for (let i = 0; i < 12; i++) await dav("ada", wrongPassword(i));
    expect((await dav("ada", wrongPassword(99))).status).toBe(503);
    expect((await dav("ada", password)).status).toBe(207);
  });

  it("from one address do not slow down another", async () => {
    for (let i = 0; i < 12; i++) await dav("ada", wrongPassword(i));
    expect((await dav("ada", password)).status).toBe(503);
    expect((await dav("ada", password, { headers: { "cf-connecting-ip": "192.0.2.2" } })).status).toBe(207);
  });

  it("never shut out the right one where addresses are unknown", async () => {
    for (let i = 0; i < 12; i++) await dav("ada", wrongPassword(i), { headers: { "cf-connecting-ip": "" } });
    expect((await dav("ada", wrongPassword(99), { headers: { "cf-connecting-ip": "" } })).status).toBe(503);
    expect((await dav("ada", password, { headers: { "cf-connecting-ip": "" } })).status).toBe(207);
  });

  it("of one login do not slow down another", async () => {
    await createUser(h.ports, { name: "Bob", email: "bob@example.com" });
    for (let i = 0; i < 12; i++) await dav("bob", wrongPassword(i));
    expect((await dav("ada", password)).status).toBe(207);
  });

  it("that cannot be app passwords never reach the database", async () => {
    expect((await dav("ada", "correct horse battery")).status).toBe(401);
    expect(h.asked.authenticate).toBe(0);
  });
});

const stream = (bytes: number) =>
  new ReadableStream({
    start(controller) {
      for (let left = bytes; left > 0; left -= 65_536)
        controller.enqueue(new Uint8Array(Math.min(left, 65_536)).fill(97));
      controller.close();
    },
  });

describe("bodies", () => {
  const put = { method: "PUT", path: "/dav/calendars/ada/unified/a.ics" };

  it("as large as allowed go through", async () => {
    expect((await dav("ada", password, { ...put, body: "a".repeat(limits.resourceBytesMax) })).status).toBe(
      207,
    );
    expect((await dav("ada", password, { ...put, body: stream(limits.resourceBytesMax) })).status).toBe(207);
    expect(h.forwarded.map((each) => each.body.length)).toEqual([
      limits.resourceBytesMax,
      limits.resourceBytesMax,
    ]);
  });

  it("that are larger are refused with CALDAV:max-resource-size (RFC 4791 5.3.2.1), also without a length", async () => {
    for (const body of ["a".repeat(limits.resourceBytesMax + 1), stream(limits.resourceBytesMax + 1)]) {
      const answer = await dav("ada", password, { ...put, body });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain("<C:max-resource-size/>");
    }
    expect(h.forwarded).toEqual([]);
  });

  it("of XML that are larger are 413", async () => {
    for (const body of ["a".repeat(limits.xmlBytesMax + 1), stream(limits.xmlBytesMax + 1)]) {
      expect((await dav("ada", password, { method: "REPORT", body })).status).toBe(413);
    }
  });
});

describe("a graph that breaks", () => {
  it("is a 503 with a reference, never a bare 500", async () => {
    h = await harness();
    h.ports.registry.authenticate = () => Promise.reject(new Error("secret content"));
    const answer = await dav("ada", password);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/Reference: [\w-]{8}\n$/);
  });
});
