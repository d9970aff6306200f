// App passwords: what calendar programs sign in with. Each is shown once, and can be revoked alone.

import { Hono } from "hono";
import type { AppPasswordId } from "../../core/id.ts";
import { createAppPassword, revokeAppPassword } from "../app-passwords.ts";
import { isLabel, LABEL_RULE } from "../label.ts";
import { fields, type PageContext, type PageEnv } from "./context.ts";
import { Field, Form, moment, Notice, page, Secret } from "./layout.tsx";

export const appPasswordPages = new Hono<PageEnv>()
  .get("/app-passwords", (c) => show(c))
  .post("/app-passwords", async (c) => {
    const field = await fields(c);
    const label = field("label").trim();
    if (!isLabel(label)) return show(c, { problem: LABEL_RULE });
    const scope = field("scope") === "caldav-read" ? "caldav-read" : "caldav";
    const { password } = await createAppPassword(c.var.ports, c.var.user.userId, label, scope);
    return show(c, { label, password });
  })
  .post("/app-passwords/:id/revoke", async (c) => {
    await revokeAppPassword(c.var.ports, c.var.user.userId, c.req.param("id") as AppPasswordId);
    return c.redirect("/app-passwords", 303);
  });

async function show(c: PageContext, outcome: { problem?: string; label?: string; password?: string } = {}) {
  const { ports, user, origin, formToken } = c.var;
  const passwords = await ports.registry.appPasswords(user.userId);
  return page(
    c,
    { title: "App passwords" },
    <>
      {outcome.problem !== undefined && <Notice kind="error">{outcome.problem}</Notice>}
      {outcome.password !== undefined && (
        <Notice kind="done">
          <p>
            This is the password for <strong>{outcome.label}</strong>. It is shown only now.
          </p>
          <Secret label="Server" value={`${origin}/dav/`} />
          <Secret label="User name" value={user.slug} />
          <Secret label="Password" value={outcome.password} />
        </Notice>
      )}
      <section>
        <h2>New app password</h2>
        <Form action="/app-passwords" token={formToken} class="narrow">
          <Field label="For" name="label" placeholder="Thunderbird on my laptop" maxlength={100} />
          <fieldset>
            <legend>It may</legend>
            <label class="choice">
              <input type="radio" name="scope" value="caldav" checked /> read and change the calendar
            </label>
            <label class="choice">
              <input type="radio" name="scope" value="caldav-read" /> only read it
            </label>
          </fieldset>
          <button>Create</button>
        </Form>
      </section>
      <section>
        <h2>In use</h2>
        {passwords.length === 0 && <p class="soft">None yet.</p>}
        <ul class="plain">
          {passwords.map((each) => (
            <li class="row spread">
              <span>
                <strong>{each.label}</strong>
                {each.scope === "caldav-read" && <span class="soft"> · read only</span>}
                <br />
                <span class="soft small">
                  Created {moment(each.createdAt)}, last used {moment(each.lastUsedAt)}
                </span>
              </span>
              <Form action={`/app-passwords/${each.appPasswordId}/revoke`} token={formToken}>
                <button class="danger">Revoke</button>
              </Form>
            </li>
          ))}
        </ul>
      </section>
    </>,
    outcome.problem === undefined ? 200 : 422,
  );
}
