// ICS feeds: read-only links to the calendar for whoever holds them.

import { Hono } from "hono";
import type { FeedId } from "../../core/id.ts";
import type { DetailLevel } from "../../core/ports/user-graph.ts";
import { createFeed, removeFeed } from "../feeds.ts";
import { fields, type PageContext, type PageEnv } from "./context.ts";
import { Form, moment, Notice, page, Secret } from "./layout.tsx";

const DETAILS: readonly (readonly [DetailLevel, string, string])[] = [
  ["BUSY", "Busy only", "when you are busy, nothing else"],
  ["TITLE", "Titles", "when, and what it is called"],
  ["FULL", "Everything", "all details"],
];

export const feedPages = new Hono<PageEnv>()
  .get("/feeds", (c) => show(c))
  .post("/feeds", async (c) => {
    const wanted = (await fields(c))("detail");
    const level = DETAILS.find(([value]) => value === wanted)?.[0] ?? "BUSY";
    const { path } = await createFeed(c.var.ports, c.var.user.userId, level);
    return show(c, path);
  })
  .post("/feeds/:id/remove", async (c) => {
    await removeFeed(c.var.ports, c.var.user.userId, c.req.param("id") as FeedId);
    return c.redirect("/feeds", 303);
  });

async function show(c: PageContext, made?: string) {
  const { ports, user, origin, formToken } = c.var;
  const feeds = await ports.userGraph(user.userId).feeds();
  return page(
    c,
    { title: "Feeds" },
    <>
      {made !== undefined && (
        <Notice kind="done">
          <p>Whoever has this link can read the feed. It is shown only now.</p>
          <Secret label="Link" value={`${origin}${made}`} />
          <p>
            <a href={`${origin}${made}`.replace(/^https?:/, "webcal:")}>Subscribe on this device</a>
          </p>
        </Notice>
      )}
      <section>
        <h2>New feed</h2>
        <Form action="/feeds" token={formToken}>
          <fieldset>
            <legend>It shows</legend>
            {DETAILS.map(([value, text, hint]) => (
              <label class="choice">
                <input type="radio" name="detail" value={value} checked={value === "BUSY"} />
                <span>
                  {text} <span class="soft">· {hint}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <button>Create</button>
        </Form>
      </section>
      <section>
        <h2>Existing feeds</h2>
        {feeds.length === 0 && <p class="soft">None yet.</p>}
        <ul class="plain">
          {feeds.map((feed) => (
            <li class="row spread">
              <span>
                <strong>{DETAILS.find(([value]) => value === feed.detail)?.[1]}</strong>
                <br />
                <span class="soft small">
                  Created {moment(feed.createdAt)}, last read {moment(feed.lastFetchedAt)}
                </span>
              </span>
              <Form action={`/feeds/${feed.feedId}/remove`} token={formToken}>
                <button class="danger">Remove</button>
              </Form>
            </li>
          ))}
        </ul>
      </section>
    </>,
  );
}
