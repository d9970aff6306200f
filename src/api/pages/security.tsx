// How a signed-in person proves who they are: password and passkeys.

import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { Hono } from "hono";
import { passwordLength } from "../sign-in/auth.ts";
import { beginRegistration, finishRegistration } from "../sign-in/passkeys.ts";
import { fields, type PageContext, type PageEnv, renewFormCookie } from "./context.ts";
import { Field, Form, moment, Notice, page } from "./layout.tsx";
import { credential, keepChallenge, keptChallenge, refusedPasskey } from "./sign-in.tsx";

export const securityPages = new Hono<PageEnv>()
  .get("/security", (c) => show(c))
  .post("/security/password", async (c) => {
    const field = await fields(c);
    const { user, signIn } = c.var;
    const password = field("password");
    if (password.length < passwordLength.min || password.length > passwordLength.max) {
      return show(c, `The password needs ${passwordLength.min} to ${passwordLength.max} characters.`);
    }
    const proven =
      !(await signIn.hasPassword(user.userId)) || (await signIn.withPassword(user.email, field("current")));
    if (!proven) return show(c, "The current password is wrong.");
    await signIn.setPassword(user.userId, password);
    for (const cookie of await signIn.begin(user.userId)) c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.redirect("/security", 303);
  })
  .post("/passkeys/new/options", async (c) => {
    const ceremony = await beginRegistration(c.var.ports, c.var.origin, c.var.user);
    keepChallenge(c, ceremony.challenge);
    return c.json(ceremony.options);
  })
  .post("/passkeys/new", async (c) => {
    const response = credential.safeParse(await c.req.json().catch(() => null));
    if (!response.success) return refusedPasskey("The passkey's answer cannot be read.");
    const outcome = await finishRegistration(
      c.var.ports,
      c.var.origin,
      c.var.user,
      keptChallenge(c),
      response.data as unknown as RegistrationResponseJSON,
    );
    return outcome.ok ? c.json({ added: true }) : refusedPasskey(outcome.error);
  })
  .post("/passkeys/remove", async (c) => {
    await c.var.ports.signInStore.removePasskey(c.var.user.userId, (await fields(c))("id"));
    return c.redirect("/security", 303);
  });

async function show(c: PageContext, problem?: string) {
  const { ports, user, signIn, formToken } = c.var;
  const passkeys = await ports.signInStore.passkeys(user.userId);
  const hasPassword = await signIn.hasPassword(user.userId);
  return page(
    c,
    { title: "Sign-in", script: "/assets/passkey.js" },
    <>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <section>
        <h2>Passkeys</h2>
        <p class="soft">Sign in with your fingerprint, face or screen lock instead of a password.</p>
        <ul class="plain">
          {passkeys.map((passkey) => (
            <li class="row spread">
              <span>
                Added {moment(passkey.createdAt)}, last used {moment(passkey.lastUsedAt)}
                {passkey.backedUp && <span class="soft"> · kept in step between your devices</span>}
              </span>
              <Form action="/passkeys/remove" token={formToken}>
                <input type="hidden" name="id" value={passkey.credentialId} />
                <button class="danger">Remove</button>
              </Form>
            </li>
          ))}
        </ul>
        <p>
          <button type="button" data-passkey="register" data-token={formToken} data-next="/security">
            Add a passkey
          </button>
        </p>
        <p id="passkey-message" role="status" class="hint"></p>
      </section>
      <section>
        <h2>Password</h2>
        <Form action="/security/password" token={formToken} class="narrow">
          {hasPassword && (
            <Field label="Current password" name="current" type="password" autocomplete="current-password" />
          )}
          <Field
            label="New password"
            name="password"
            type="password"
            autocomplete="new-password"
            minlength={passwordLength.min}
            maxlength={passwordLength.max}
            hint={`At least ${passwordLength.min} characters. Other browsers are signed out.`}
          />
          <button>Change password</button>
        </Form>
      </section>
    </>,
    problem === undefined ? 200 : 422,
  );
}
