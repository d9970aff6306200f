// The first user: one page, reachable by the link that the server prints at its first start, and only while nobody exists.

import { Hono } from "hono";
import { z } from "zod";
import { equalSecrets } from "../constant-time.ts";
import { passwordLength } from "../sign-in/auth.ts";
import { createUser } from "../users.ts";
import { fields, type PageContext, type PageEnv, renewFormCookie } from "./context.ts";
import { Field, Form, Notice, page } from "./layout.tsx";

export const firstRunPages = new Hono<PageEnv>()
  .get("/setup", async (c) => {
    const token = c.req.query("token") ?? "";
    if (!(await mayBegin(c, token))) return notNow(c);
    return form(c, token, { name: "", email: "" });
  })
  .post("/setup", async (c) => {
    const field = await fields(c);
    const token = field("token");
    if (!(await mayBegin(c, token))) return notNow(c);
    const values = { name: field("name").trim(), email: field("email").trim() };
    const password = field("password");
    if (values.name === "" || values.name.length > 100) return form(c, token, values, "Enter your name.");
    if (!z.email().max(254).safeParse(values.email).success) {
      return form(c, token, values, "Enter a complete e-mail address, like ada@example.com.");
    }
    if (password.length < passwordLength.min || password.length > passwordLength.max) {
      return form(
        c,
        token,
        values,
        `The password needs ${passwordLength.min} to ${passwordLength.max} characters.`,
      );
    }
    const user = await createUser(c.var.ports, values);
    if (!user.ok) return form(c, token, values, user.error.reason);
    await c.var.signIn.setPassword(user.value.userId, password);
    for (const cookie of await c.var.signIn.begin(user.value.userId))
      c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.redirect("/", 303);
  });

/** Both are always computed, so that the answer's time does not tell which one failed. */
async function mayBegin(c: PageContext, token: string): Promise<boolean> {
  const { registry, settings } = c.var.ports;
  const right = await equalSecrets(token, settings.setupToken ?? "");
  const nobody = (await registry.users()).length === 0;
  return right && nobody && (settings.setupToken ?? "") !== "";
}

function notNow(c: PageContext) {
  return page(
    c,
    { title: "Set-up is not open" },
    <section class="narrow">
      <p>
        This link works once, for the first user of this server. The server prints it when it starts for the
        first time.
      </p>
      <a class="button" href="/sign-in">
        Sign in
      </a>
    </section>,
    403,
  );
}

function form(c: PageContext, token: string, values: { name: string; email: string }, problem?: string) {
  return page(
    c,
    { title: "Welcome to T-Minus" },
    <section class="narrow">
      <p>You are the first user of this server. Your calendar stays on it.</p>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <Form action="/setup" token={c.var.formToken}>
        <input type="hidden" name="token" value={token} />
        <Field label="Your name" name="name" value={values.name} autocomplete="name" maxlength={100} />
        <Field
          label="E-mail address"
          name="email"
          type="email"
          value={values.email}
          autocomplete="username"
          maxlength={254}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="new-password"
          minlength={passwordLength.min}
          maxlength={passwordLength.max}
          hint={`At least ${passwordLength.min} characters. It is for this site only; devices get app passwords.`}
        />
        <button>Create my calendar</button>
      </Form>
    </section>,
    problem === undefined ? 200 : 422,
  );
}
