// What every page has at hand, and the two rules around all of them: what a browser may do with a page (CSP and its kin), and
// that a form counts only when it came from one of our own pages (origin and a token bound to a cookie).

import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { readBounded } from "../bounded-body.ts";
import { equalSecrets } from "../constant-time.ts";
import type { Ports } from "../ports.ts";
import type { SignedIn, SignIn } from "../sign-in/auth.ts";
import type { Throttle } from "../throttle.ts";
import { base64Url } from "../token-hash.ts";

export interface PageEnv {
  Variables: {
    ports: Ports;
    /** Origin that clients reach. */
    origin: string;
    signIn: SignIn;
    /** Of wrong sign-in passwords, by name and address. */
    throttle: Throttle;
    formToken: string;
    /** Set behind `requireUser`. */
    user: SignedIn;
  };
}

export type PageContext = Context<PageEnv>;

const FORM_BYTES_MAX = 65_536;

export function formCookieName(origin: string): string {
  return origin.startsWith("https:") ? "__Host-t-minus-form" : "t-minus-form";
}

/** A new secret behind the forms, e.g. when somebody signs in or out. */
export function renewFormCookie(c: PageContext): string {
  const { ports, origin } = c.var;
  const secret = base64Url(ports.random.bytes(16));
  setCookie(c, formCookieName(origin), secret, {
    httpOnly: true,
    sameSite: "Lax",
    secure: origin.startsWith("https:"),
    path: "/",
  });
  return secret;
}

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set(
    "content-security-policy",
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "same-origin");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-opener-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** A calendar client that was given a page's address is told where calendars are. */
export const browserMethodsOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD" || c.req.method === "POST") return next();
  return c.text("This is a page for browsers. Calendars are below /dav/.\n", 405, {
    allow: "GET, HEAD, POST",
  });
};

/** Forms are small. */
export const boundedForms: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== "POST" || c.req.raw.body === null) return next();
  try {
    const body = await readBounded(c.req.raw, FORM_BYTES_MAX);
    if (body === undefined) return c.text("This form is too large.\n", 413);
    c.req.raw = new Request(c.req.raw, { method: "POST", body });
  } catch {
    return c.text("This form ended before it was complete.\n", 400);
  }
  return next();
};

/** Gives each browser its form token; refuses a POST that did not come from a form of ours. */
export const ownFormsOnly: MiddlewareHandler<PageEnv> = async (c, next) => {
  const { ports, origin } = c.var;
  const secret = getCookie(c, formCookieName(origin));
  if (c.req.method === "GET" || c.req.method === "HEAD") {
    c.set("formToken", await ports.tokenHash("form", secret ?? renewFormCookie(c)));
    return next();
  }
  if (!fromOwnOrigin(c.req.raw, origin)) return c.text("This form was sent from another site.\n", 403);
  const expected = await ports.tokenHash("form", secret ?? "");
  const given = c.req.header("x-form-token") ?? (await fields(c))("form-token");
  if (secret === undefined || !(await equalSecrets(given, expected))) {
    return c.text("This form has expired. Go back, reload the page and send it again.\n", 403);
  }
  c.set("formToken", expected);
  return next();
};

/**
 * Browsers name the origin of every POST; one that does not is asked for its Sec-Fetch-Site instead. Of the request's own
 * address only the host counts: behind whatever ends TLS, its scheme is not the browser's.
 */
function fromOwnOrigin(request: Request, origin: string): boolean {
  const sender = request.headers.get("origin");
  if (sender === null) return request.headers.get("sec-fetch-site") === "same-origin";
  if (sender === origin) return true;
  return URL.canParse(sender) && new URL(sender).host === new URL(request.url).host;
}

export const requireUser: MiddlewareHandler<PageEnv> = async (c, next) => {
  const session = await c.var.signIn.session(c.req.raw.headers);
  if (!session) {
    const { pathname } = new URL(c.req.url);
    return c.redirect(
      c.req.method === "GET" && pathname !== "/"
        ? `/sign-in?next=${encodeURIComponent(pathname)}`
        : "/sign-in",
      303,
    );
  }
  c.set("user", session.user);
  await next();
  for (const cookie of session.cookies) c.header("set-cookie", cookie, { append: true });
  return undefined;
};

/** A path of this site to go on to, or the overview. */
export function localPath(next: string | undefined): string {
  return next !== undefined && /^\/[a-z0-9][\w/-]*$/i.test(next) ? next : "/";
}

/** A field of a form that was sent as text; files and absent fields are empty, and so is every field of what is no form. */
export async function fields(c: PageContext): Promise<(name: string) => string> {
  // The body is in memory (boundedForms): only its form can be wrong.
  const body = await c.req.parseBody().catch((): Record<string, unknown> => ({}));
  return (name) => {
    const value = body[name];
    return typeof value === "string" ? value : "";
  };
}
