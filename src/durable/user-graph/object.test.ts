import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { AccountId, FeedId } from "../../core/id.ts";
import { bindings, freshStub, newUser } from "./testing-graph.ts";

const ICAL = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:-//Example//EN",
  "BEGIN:VEVENT",
  "UID:one",
  "DTSTAMP:20260101T000000Z",
  "DTSTART:20260302T090000Z",
  "DURATION:PT1H",
  "SUMMARY:Private matter",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

const headers = {
  "x-tm-slug": "ada",
  "x-tm-epoch": "0",
  "x-tm-scope": "caldav",
  "x-tm-client": "caldav:test",
};

function request(
  method: string,
  path: string,
  init: { body?: string; headers?: Record<string, string> } = {},
): Request {
  return new Request(`https://cal.example.com${path}`, {
    method,
    headers: { ...headers, ...init.headers },
    ...(init.body === undefined ? {} : { body: init.body }),
  });
}

function put(name = "one.ics"): Request {
  return request("PUT", `/dav/calendars/ada/unified/${name}`, {
    body: ICAL,
    headers: { "content-type": "text/calendar" },
  });
}

function getAs(slug: string): Request {
  return request("GET", "/dav/calendars/ada/unified/one.ics", { headers: { "x-tm-slug": slug } });
}

async function freshUser() {
  const stub = freshStub();
  await stub.initialise(newUser());
  return stub;
}

describe("the object of a user", () => {
  it("answers 404 and stores nothing when it was never initialised", async () => {
    const stub = freshStub();
    const response = await stub.fetch(request("PROPFIND", "/dav/"));
    expect(response.status).toBe(404);
    await runInDurableObject(stub, async (_instance, { storage }) => {
      const tables = storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray();
      expect(tables).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });

  it("serves CalDAV: stores a PUT and gives the octets back", async () => {
    const stub = await freshUser();
    const stored = await stub.fetch(put());
    expect(stored.status).toBe(201);
    const etag = stored.headers.get("etag");
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    const got = await stub.fetch(request("GET", "/dav/calendars/ada/unified/one.ics"));
    expect(got.headers.get("etag")).toBe(etag);
    expect(await got.text()).toBe(ICAL);
  });

  it("keeps everything over a restart", async () => {
    const id = bindings.USER_GRAPH.newUniqueId();
    await bindings.USER_GRAPH.get(id).initialise(newUser());
    await bindings.USER_GRAPH.get(id).fetch(put());
    await evictDurableObject(bindings.USER_GRAPH.get(id));
    const got = await bindings.USER_GRAPH.get(id).fetch(request("GET", "/dav/calendars/ada/unified/one.ics"));
    expect(await got.text()).toBe(ICAL);
  });

  it("refuses another user's slug (invariant K)", async () => {
    const stub = await freshUser();
    await stub.fetch(put());
    expect((await stub.fetch(getAs("ada"))).status).toBe(200);
    const foreign = await stub.fetch(getAs("eve"));
    expect([foreign.status, await foreign.text()]).toEqual([403, "This is somebody else's calendar."]);
    const anonymous = await stub.fetch("https://cal.example.com/dav/calendars/ada/unified/one.ics");
    expect(anonymous.status).toBe(403);
  });

  it("sends a request back that was authenticated under an older credential epoch", async () => {
    const stub = await freshUser();
    await stub.raiseCredentialEpoch(3);
    await stub.raiseCredentialEpoch(2);
    const stale = await stub.fetch(request("OPTIONS", "/dav/", { headers: { "x-tm-epoch": "2" } }));
    expect([stale.status, stale.headers.get("x-tm-stale")]).toEqual([401, "1"]);
    const fresh = await stub.fetch(request("OPTIONS", "/dav/", { headers: { "x-tm-epoch": "3" } }));
    expect(fresh.status).toBe(200);
  });

  it("takes over a higher epoch from a request: the word of the revocation itself may have been lost", async () => {
    const stub = await freshUser();
    const at = async (epoch: string) => {
      const response = await stub.fetch(request("OPTIONS", "/dav/", { headers: { "x-tm-epoch": epoch } }));
      await response.text();
      return response.status;
    };
    expect([await at("0"), await at("4"), await at("3"), await at("4")]).toEqual([200, 200, 401, 200]);
    await evictDurableObject(stub);
    expect([await at("3"), await at("4"), await at("-1"), await at("nonsense")]).toEqual([
      401, 200, 401, 401,
    ]);
  });

  it("wakes up again, and for what is due, after a wake-up in which something broke", async () => {
    const stub = await freshUser();
    await stub.addAccount({ accountId: "acc_A" as AccountId, provider: "caldav", label: "Work" });
    await stub.fetch(put());
    await runInDurableObject(stub, async (_instance, { storage }) => {
      storage.sql.exec("UPDATE event_contents SET ical = x'00'");
      storage.sql.exec(
        "INSERT INTO background_work (kind, subject, next_event_key) VALUES ('recompile', 'acc_A', 0)",
      );
    });
    await evictDurableObject(stub);
    const before = Date.now();
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    await runInDurableObject(stub, async (_instance, { storage }) =>
      expect(await storage.getAlarm()).toBeGreaterThan(before),
    );
  });

  it("lets a read-only session change nothing", async () => {
    const stub = await freshUser();
    const response = await stub.fetch(
      request("PUT", "/dav/calendars/ada/unified/one.ics", {
        body: ICAL,
        headers: { "x-tm-scope": "caldav-read" },
      }),
    );
    expect(response.status).toBe(403);
  });

  it("initialises once: again is nothing, for another user it is refused", async () => {
    const stub = freshStub();
    const user = newUser();
    await stub.initialise(user);
    await stub.fetch(put());
    await stub.initialise(user);
    expect(await stub.eventCount()).toBe(1);
    await runInDurableObject(stub, async (instance) => {
      await expect(instance.initialise(newUser())).rejects.toThrow("one user");
    });
  });

  it("lets one of two racing initialisations count", async () => {
    const stub = freshStub();
    const user = newUser();
    await Promise.all([stub.initialise(user), stub.initialise(user)]);
    expect((await stub.fetch(put())).status).toBe(201);
  });

  it("wakes up for what is due, and not at all where nothing is", async () => {
    const stub = await freshUser();
    await stub.fetch(put("quiet.ics"));
    await runInDurableObject(stub, async (_instance, { storage }) =>
      expect(await storage.getAlarm()).toBeNull(),
    );
    await stub.addAccount({ accountId: "acc_A" as AccountId, provider: "caldav", label: "Work" });
    while (await runDurableObjectAlarm(stub))
      if ((await stub.pendingWrites("acc_A" as AccountId, 1)).length > 0) break;
    const before = Date.now();
    await runInDurableObject(stub, async (_instance, { storage }) => {
      const at = await storage.getAlarm();
      expect(at).toBeGreaterThan(before);
      expect(at).toBeLessThan(before + 120_000);
    });
    // Nobody drains the queue: the next wake-up sends again and sets another.
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    await runInDurableObject(stub, async (_instance, { storage }) =>
      expect(await storage.getAlarm()).toBeGreaterThan(before),
    );
  });

  it("serves a feed at its level of detail, 304 for what is known, 404 for what is not", async () => {
    const stub = await freshUser();
    await stub.fetch(put());
    await stub.addFeed({ feedId: "fed_1" as FeedId, detail: "BUSY" });
    const feed = await stub.fetch("https://cal.example.com/feeds/fed_1");
    const text = await feed.text();
    expect(feed.status).toBe(200);
    expect(text).toContain("DTSTART:20260302T090000Z");
    expect(text).not.toContain("Private");
    const etag = feed.headers.get("etag") ?? "";
    const again = await stub.fetch("https://cal.example.com/feeds/fed_1", {
      headers: { "if-none-match": etag },
    });
    expect(again.status).toBe(304);
    expect((await stub.feeds())[0]?.lastFetchedAt).not.toBeNull();
    expect(await stub.removeFeed("fed_1" as FeedId)).toBe(true);
    const gone = await stub.fetch("https://cal.example.com/feeds/fed_1");
    expect(gone.status).toBe(404);
  });
});
