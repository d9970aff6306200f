// Sign-in by better-auth: sessions and passwords over the registry's database. Nobody signs up: users come from the first-run
// page and the admin command, and their rows are written with the registry's. Sessions keep no address and no user agent.
// Only this file knows better-auth; it is loaded when the first page asks for it, so calendar requests never pay for it.

import { betterAuth } from "better-auth";
import { createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { z } from "zod";
import type { UserId } from "../../core/id.ts";

export interface SignedIn {
  readonly userId: UserId;
  readonly slug: string;
  readonly email: string;
}

/** Values for Set-Cookie. */
export type Cookies = readonly string[];

export interface SignIn {
  withPassword(email: string, password: string): Promise<Cookies | undefined>;
  /** A session for somebody who was proven in another way (a passkey, a set-password link). */
  begin(userId: UserId): Promise<Cookies>;
  session(headers: Headers): Promise<{ readonly user: SignedIn; readonly cookies: Cookies } | undefined>;
  end(headers: Headers): Promise<Cookies>;
  /** Sets or replaces the password; every session of the user ends. */
  setPassword(userId: UserId, password: string): Promise<void>;
  hasPassword(userId: UserId): Promise<boolean>;
}

export const passwordLength = { min: 10, max: 128 };

const SESSION_SECONDS = 30 * 86_400;

export function createSignIn(database: D1Database, secret: string, origin: string): SignIn {
  const auth = betterAuth({
    appName: "T-Minus",
    baseURL: origin,
    basePath: "/api/auth",
    secret,
    database,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    user: { modelName: "auth_user" },
    account: { modelName: "auth_account" },
    verification: { modelName: "auth_verification" },
    session: { modelName: "auth_session", expiresIn: SESSION_SECONDS, updateAge: 86_400 },
    databaseHooks: {
      session: {
        create: { before: async (session) => ({ data: { ...session, ipAddress: null, userAgent: null } }) },
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      cookiePrefix: "t-minus",
      useSecureCookies: origin.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { disableIpTracking: true },
      database: { validateSchema: false },
    },
    plugins: [{ id: "proven-elsewhere", endpoints: { beginSession } }],
  });

  return {
    async withPassword(email, password) {
      try {
        const { headers } = await auth.api.signInEmail({ body: { email, password }, returnHeaders: true });
        return headers.getSetCookie();
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw error;
      }
    },
    async begin(userId) {
      const { headers } = await auth.api.beginSession({ body: { userId }, returnHeaders: true });
      return headers.getSetCookie();
    },
    async session(headers) {
      const { response, headers: fresh } = await auth.api.getSession({ headers, returnHeaders: true });
      if (!response) return undefined;
      const { id, name, email } = response.user;
      return { user: { userId: id as UserId, slug: name, email }, cookies: fresh.getSetCookie() };
    },
    async end(headers) {
      const { headers: cleared } = await auth.api.signOut({ headers, returnHeaders: true });
      return cleared.getSetCookie();
    },
    async setPassword(userId, password) {
      const { internalAdapter, password: hasher } = await auth.$context;
      const hash = await hasher.hash(password);
      if (await internalAdapter.findCredentialAccount(userId))
        await internalAdapter.updatePassword(userId, hash);
      else {
        await internalAdapter.linkAccount({
          userId,
          providerId: "credential",
          accountId: userId,
          password: hash,
        });
      }
      await internalAdapter.deleteUserSessions(userId);
    },
    async hasPassword(userId) {
      const { internalAdapter } = await auth.$context;
      return (await internalAdapter.findCredentialAccount(userId)) !== null;
    },
  };
}

const beginSession = createAuthEndpoint.serverOnly(
  { method: "POST", body: z.object({ userId: z.string() }) },
  async (ctx) => {
    const { internalAdapter } = ctx.context;
    const user = await internalAdapter.findUserById(ctx.body.userId);
    if (!user) throw new Error("a session was begun for a user who does not exist");
    const session = await internalAdapter.createSession(user.id);
    await setSessionCookie(ctx, { session, user });
    return { userId: user.id };
  },
);

/** better-auth throws what it refuses: an APIError with a status. 4xx is a wrong password or address, anything else a fault. */
function isRefusal(error: unknown): boolean {
  const code = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof code === "number" && code >= 400 && code < 500;
}
