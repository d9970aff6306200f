// Signing in with a password or a passkey, signing out, and the link by which a new user chooses a password.

import { Hono } from "hono";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { clientAddress } from "../client-address.ts";
import { problemResponse } from "../problem.ts";
import { passwordLength } from "../sign-in/auth.ts";
import { beginAuthentication, CHALLENGE_SECONDS, finishAuthentication } from "../sign-in/passkeys.ts";
import { fields, localPath, type PageContext, type PageEnv, renewFormCookie } from "./context.ts";
import { Field, Form, Notice, page } from "./layout.tsx";

const CHALLENGE_COOKIE = "t-minus-challenge";
const SET_PASSWORD_GRACE_MS = 0;

export const signInPages = new Hono<PageEnv>()
  .get("/sign-in", async (c) => {
    if (await c.var.signIn.session(c.req.raw.headers)) return c.redirect("/", 303);
    return form(c, "", localPath(c.req.query("next")));
  })
  .post("/sign-in", async (c) => {
    const field = await fields(c);
    const login = field("login").trim().toLowerCase();
    const next = localPath(field("next"));
    const { throttle } = c.var;
    const key = `${login}\0${clientAddress(c.req.raw, c.var.ports.settings.clientAddressHeader)}`;
    const wait = throttle.waitSeconds(key);
    if (wait > 0) {
      c.header("retry-after", String(wait));
      return form(c, login, next, `Too many wrong passwords. Wait ${wait} seconds, then try again.`, 429);
    }
    const email = login.includes("@")
      ? login
      : ((await c.var.ports.registry.userBySlug(login))?.email ?? `${login}@`);
    const cookies = await c.var.signIn.withPassword(email, field("password"));
    if (!cookies) {
      throttle.failed(key);
      // RFC 9110 11.6.1 wants a challenge beside 401; browsers show the page for a scheme that they do not know.
      c.header("www-authenticate", 'Form realm="T-Minus"');
      return form(c, login, next, "The name or the password is wrong.", 401);
    }
    for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.redirect(next, 303);
  })
  .post("/sign-out", async (c) => {
    for (const cookie of await c.var.signIn.end(c.req.raw.headers))
      c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.redirect("/sign-in", 303);
  })
  .post("/passkeys/sign-in/options", async (c) => {
    const ceremony = await beginAuthentication(c.var.ports, c.var.origin);
    keepChallenge(c, ceremony.challenge);
    return c.json(ceremony.options);
  })
  .post("/passkeys/sign-in", async (c) => {
    const response = credential.safeParse(await c.req.json().catch(() => null));
    const challenge = getCookie(c, CHALLENGE_COOKIE) ?? "";
    const outcome = response.success
      ? await finishAuthentication(
          c.var.ports,
          c.var.origin,
          challenge,
          response.data as unknown as AuthenticationResponseJSON,
        )
      : ({ ok: false, error: "The passkey's answer cannot be read." } as const);
    if (!outcome.ok) return refusedPasskey(outcome.error);
    for (const cookie of await c.var.signIn.begin(outcome.value))
      c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.json({ signedIn: true });
  })
  .get("/welcome/:token", async (c) => {
    const hash = await c.var.ports.tokenHash("link", c.req.param("token"));
    const now = c.var.ports.clock.now();
    const link = await c.var.ports.signInStore.link("set-password", hash, now, SET_PASSWORD_GRACE_MS);
    return link ? choosePassword(c, c.req.param("token")) : expired(c);
  })
  .post("/welcome/:token", async (c) => {
    const token = c.req.param("token");
    const password = (await fields(c))("password");
    if (password.length < passwordLength.min || password.length > passwordLength.max) {
      return choosePassword(
        c,
        token,
        `The password needs ${passwordLength.min} to ${passwordLength.max} characters.`,
      );
    }
    const { ports, signIn } = c.var;
    const hash = await ports.tokenHash("link", token);
    const link = await ports.signInStore.claimLink(
      "set-password",
      hash,
      ports.clock.now(),
      SET_PASSWORD_GRACE_MS,
    );
    if (!link) return expired(c);
    await signIn.setPassword(link.userId, password);
    for (const cookie of await signIn.begin(link.userId)) c.header("set-cookie", cookie, { append: true });
    renewFormCookie(c);
    return c.redirect("/", 303);
  });

/** The shape that both ceremonies share; the library judges the rest. */
export const credential = z.looseObject({
  id: z.string().max(1400),
  rawId: z.string(),
  type: z.literal("public-key"),
  response: z.looseObject({ clientDataJSON: z.string() }),
});

export function keepChallenge(c: PageContext, challenge: string): void {
  setCookie(c, CHALLENGE_COOKIE, challenge, {
    httpOnly: true,
    sameSite: "Strict",
    secure: c.var.origin.startsWith("https:"),
    path: "/passkeys",
    maxAge: CHALLENGE_SECONDS,
  });
}

export function keptChallenge(c: PageContext): string {
  return getCookie(c, CHALLENGE_COOKIE) ?? "";
}

export function refusedPasskey(detail: string): Response {
  return problemResponse({ status: 422, code: "passkey-refused", title: "Passkey refused", detail });
}

function form(c: PageContext, login: string, next: string, problem?: string, status: 200 | 401 | 429 = 200) {
  return page(
    c,
    { title: "Sign in", script: "/assets/passkey.js" },
    <section class="narrow">
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <Form action="/sign-in" token={c.var.formToken}>
        <input type="hidden" name="next" value={next} />
        <Field label="Name or e-mail address" name="login" value={login} autocomplete="username webauthn" />
        <Field label="Password" name="password" type="password" autocomplete="current-password" />
        <div class="row">
          <button>Sign in</button>
          <button
            type="button"
            class="quiet"
            data-passkey="sign-in"
            data-token={c.var.formToken}
            data-next={next}
          >
            Use a passkey
          </button>
        </div>
      </Form>
      <p id="passkey-message" role="status" class="hint"></p>
    </section>,
    status,
  );
}

function choosePassword(c: PageContext, token: string, problem?: string) {
  return page(
    c,
    { title: "Choose a password" },
    <section class="narrow">
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <Form action={`/welcome/${encodeURIComponent(token)}`} token={c.var.formToken}>
        <Field
          label="New password"
          name="password"
          type="password"
          autocomplete="new-password"
          minlength={passwordLength.min}
          maxlength={passwordLength.max}
          hint={`At least ${passwordLength.min} characters.`}
        />
        <button>Save and sign in</button>
      </Form>
    </section>,
    problem === undefined ? 200 : 422,
  );
}

function expired(c: PageContext) {
  return page(
    c,
    { title: "This link is used up" },
    <section class="narrow">
      <p>It was used already or has expired. Ask the person who sent it for a new one.</p>
    </section>,
    410,
  );
}
