// The ICS feed over the store in memory. The projections here are the test's own: the feed must show what they return and nothing else.

import { describe, expect, it } from "vitest";
import { firstText, withComponents, withProperties } from "../core/ical/component.ts";
import type { JCalComponent } from "../core/ical/jcal.ts";
import { memoryCalendarStore } from "../core/testing/calendar-store-memory.ts";
import { renderFeed, type FeedOptions } from "./feed.ts";
import { client, event, ICAL, UNIFIED } from "./testing/client.ts";

const FULL: FeedOptions = { detail: "FULL", project: (calendar) => calendar };

/** Times and an opaque UID only. */
function busy(calendar: JCalComponent, _detail: string, id: string): JCalComponent {
  return withComponents(
    calendar,
    calendar[2].map((component) =>
      withProperties(
        component,
        component[1]
          .filter(([name]) => ["dtstart", "dtend", "dtstamp"].includes(name))
          .concat([["uid", {}, "text", id]]),
      ),
    ),
  );
}

function withoutA(calendar: JCalComponent): JCalComponent | null {
  return firstText(calendar[2][0] ?? calendar, "uid") === "canary-a" ? null : calendar;
}

async function filled() {
  const { send, store } = client();
  await send("PUT", `${UNIFIED}a.ics`, event("canary-a", "SUMMARY:canary-title"), ICAL);
  await send("PUT", `${UNIFIED}b.ics`, event("canary-b", "LOCATION:canary-place"), ICAL);
  await store.patchCollection(store.collection("unified")?.calendarId ?? "home", {
    displayName: "canary-name",
  });
  return store;
}

function get(headers: Record<string, string> = {}, method = "GET"): Request {
  return new Request("https://cal.example.com/feeds/x.ics", { method, headers });
}

describe("an ICS feed", () => {
  it("is one calendar with its refresh interval, readable by every client", async () => {
    const answer = await renderFeed(get(), await filled(), FULL);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
    expect(answer.headers.get("cache-control")).toMatch(/private/);
    expect(text.match(/BEGIN:VCALENDAR/g)).toHaveLength(1);
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(text).toContain("REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n");
    expect(text).toContain("X-PUBLISHED-TTL:PT15M\r\n");
    expect(text).toContain("X-WR-CALNAME:canary-name\r\n");
    expect(text.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")).toBe(true);
  });

  it("cannot be given lines through the calendar's name", async () => {
    const store = await filled();
    const displayName = "a,b;c\\d\r\nEND:VCALENDAR";
    await store.patchCollection(store.collection("unified")?.calendarId ?? "home", { displayName });
    const text = await (await renderFeed(get(), store, FULL)).text();
    expect(text).toContain("X-WR-CALNAME:a\\,b\\;c\\\\d\\nEND:VCALENDAR\r\n");
    expect(text).toContain("\r\nNAME:a\\,b\\;c\\\\d\\n");
    expect(text.match(/^END:VCALENDAR/gm)).toHaveLength(1);
  });

  it("carries no byte beyond the projection at BUSY, not even the calendar's name", async () => {
    const store = await filled();
    const text = await (await renderFeed(get(), store, { detail: "BUSY", project: busy })).text();
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(text).not.toContain("canary");
    // The search finds what is there to be found.
    expect(await (await renderFeed(get(), store, FULL)).text()).toContain("canary");
  });

  it("leaves out what the projection hides", async () => {
    const text = await (
      await renderFeed(get(), await filled(), { detail: "TITLE", project: withoutA })
    ).text();
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    expect(text).not.toContain("canary-a");
  });

  it("answers 304 without opening anything while nothing changed, and the whole text after a change", async () => {
    const store = await filled();
    const first = await renderFeed(get(), store, FULL);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    const closed = { ...store, open: () => Promise.reject(new Error("opened")) };
    const again = await renderFeed(get({ "if-none-match": `W/${etag}` }), closed, FULL);
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(etag);
    const { send } = client({}, store);
    await send("DELETE", `${UNIFIED}a.ics`);
    const changed = await renderFeed(get({ "if-none-match": etag }), store, FULL);
    expect(changed.status).toBe(200);
    expect(await changed.text()).not.toContain("canary-a");
  });

  it("gives each level of detail its own entity tag", async () => {
    const store = await filled();
    const tags = await Promise.all(
      (["BUSY", "TITLE", "FULL"] as const).map(async (detail) =>
        (await renderFeed(get(), store, { ...FULL, detail })).headers.get("etag"),
      ),
    );
    expect(new Set(tags).size).toBe(3);
  });

  it("answers HEAD without a body and refuses everything else", async () => {
    const store = memoryCalendarStore();
    const head = await renderFeed(get({}, "HEAD"), store, FULL);
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await renderFeed(get({}, "POST"), store, FULL);
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});
