// All pages as one application. Order matters: what nobody needs to be signed in for comes before `requireUser`.

import { Hono } from "hono";
import type { Ports } from "../ports.ts";
import { createSignIn, type SignIn } from "../sign-in/auth.ts";
import { createThrottle } from "../throttle.ts";
import { accountPages } from "./accounts.tsx";
import { appPasswordPages } from "./app-passwords.tsx";
import { assets } from "./assets.ts";
import { connectPages, iphonePages } from "./connect.tsx";
import {
  boundedForms,
  browserMethodsOnly,
  ownFormsOnly,
  type PageEnv,
  requireUser,
  securityHeaders,
} from "./context.ts";
import { feedPages } from "./feeds.tsx";
import { firstRunPages } from "./first-run.tsx";
import { homePages } from "./home.tsx";
import { page } from "./layout.tsx";
import { policyPages } from "./policy.tsx";
import { securityPages } from "./security.tsx";
import { signInPages } from "./sign-in.tsx";

const WRONG_PASSWORDS = { capacity: 8, refillMs: 60_000, keysMax: 10_000 };
const ORIGINS_MAX = 16;

export function createPages(ports: Ports): Hono<PageEnv> {
  const throttle = createThrottle(ports.clock, WRONG_PASSWORDS);
  const signIns = new Map<string, SignIn>();

  function signInAt(origin: string): SignIn {
    const known = signIns.get(origin);
    if (known) return known;
    // Without PUBLIC_URL the origin is whatever Host a client names: bounded, so that nobody fills the memory with names.
    if (signIns.size >= ORIGINS_MAX) signIns.clear();
    const created = createSignIn(ports.signInDatabase, ports.settings.sessionSecret, origin);
    signIns.set(origin, created);
    return created;
  }

  return new Hono<PageEnv>()
    .use(securityHeaders)
    .use(browserMethodsOnly)
    .route("/assets", assets)
    .use(boundedForms)
    .use(async (c, next) => {
      const origin = ports.settings.publicUrl ?? new URL(c.req.url).origin;
      c.set("ports", ports);
      c.set("origin", origin);
      c.set("signIn", signInAt(origin));
      c.set("throttle", throttle);
      await next();
    })
    .use(ownFormsOnly)
    .route("/", firstRunPages)
    .route("/", signInPages)
    .route("/", iphonePages)
    .use(requireUser)
    .route("/", homePages)
    .route("/", accountPages)
    .route("/", appPasswordPages)
    .route("/", connectPages)
    .route("/", policyPages)
    .route("/", feedPages)
    .route("/", securityPages)
    .notFound((c) => page(c, { title: "Page not found" }, <p>There is nothing at this address.</p>, 404))
    .onError((error) => {
      throw error;
    });
}
