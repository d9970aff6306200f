// /v1/admin/users and what belongs to a user as such: app passwords, feeds, approvals, status.

import { Hono } from "hono";
import type { AppPasswordId, ApprovalId, FeedId } from "../../core/id.ts";
import { createAppPassword, revokeAppPassword } from "../app-passwords.ts";
import { createFeed, removeFeed } from "../feeds.ts";
import { notFound, problemResponse } from "../problem.ts";
import { overviewOf } from "../status.ts";
import { base64Url } from "../token-hash.ts";
import { createUser } from "../users.ts";
import type { AdminEnv } from "./context.ts";
import { namedUser } from "./context.ts";
import { bodies, readJson } from "./input.ts";

const SETUP_LINK_MS = 7 * 86_400_000;

export const userRoutes = new Hono<AdminEnv>()
  .post("/", async (c) => {
    const { ports, origin } = c.var;
    const body = await readJson(c.req.raw, bodies.user);
    if (!body.ok) return body.error;
    const user = await createUser(ports, body.value);
    if (!user.ok) {
      const { code, field, reason } = user.error;
      const status = code === "no-slug" ? 422 : 409;
      const errors = [{ field, message: reason }];
      return problemResponse({ status, code, title: "User not created", detail: reason, errors });
    }
    const { userId, slug } = user.value;
    const { password } = await createAppPassword(ports, userId, "first device", "caldav");
    const feed = await createFeed(ports, userId, "FULL");
    const token = base64Url(ports.random.bytes(16));
    await ports.signInStore.addLink({
      tokenHash: await ports.tokenHash("link", token),
      purpose: "set-password",
      userId,
      subjectId: null,
      expiresAt: ports.clock.now() + SETUP_LINK_MS,
    });
    return c.json(
      {
        user: slug,
        app_password: password,
        caldav_url: `${origin}/dav/`,
        feed_url: `${origin}${feed.path}`,
        setup_url: `${origin}/welcome/${token}`,
      },
      201,
    );
  })
  .get("/", async (c) => {
    const users = await c.var.ports.registry.users();
    return c.json({
      users: users.map(({ slug, email, createdAt }) => ({ user: slug, email, created_at: createdAt })),
    });
  })
  .use("/:slug/*", namedUser)
  .post("/:slug/app-passwords", async (c) => {
    const body = await readJson(c.req.raw, bodies.appPassword);
    if (!body.ok) return body.error;
    const { ports, user } = c.var;
    const made = await createAppPassword(ports, user.userId, body.value.label, body.value.scope);
    return c.json({ id: made.appPasswordId, app_password: made.password, ...body.value }, 201);
  })
  .get("/:slug/app-passwords", async (c) => {
    const passwords = await c.var.ports.registry.appPasswords(c.var.user.userId);
    return c.json({
      app_passwords: passwords.map((each) => ({
        id: each.appPasswordId,
        label: each.label,
        scope: each.scope,
        created_at: each.createdAt,
        last_used_at: each.lastUsedAt,
      })),
    });
  })
  .delete("/:slug/app-passwords/:id", async (c) => {
    const id = c.req.param("id") as AppPasswordId;
    const revoked = await revokeAppPassword(c.var.ports, c.var.user.userId, id);
    return revoked ? c.body(null, 204) : notFound(`${c.var.user.slug} has no app password “${id}”.`);
  })
  .get("/:slug/feeds", async (c) => {
    const feeds = await c.var.ports.userGraph(c.var.user.userId).feeds();
    return c.json({
      feeds: feeds.map((each) => ({
        id: each.feedId,
        detail: each.detail,
        created_at: each.createdAt,
        last_fetched_at: each.lastFetchedAt,
      })),
    });
  })
  .post("/:slug/feeds", async (c) => {
    const body = await readJson(c.req.raw, bodies.feed);
    if (!body.ok) return body.error;
    const { ports, user, origin } = c.var;
    const { feedId, path } = await createFeed(ports, user.userId, body.value.detail);
    return c.json({ id: feedId, detail: body.value.detail, feed_url: `${origin}${path}` }, 201);
  })
  .delete("/:slug/feeds/:id", async (c) => {
    const id = c.req.param("id") as FeedId;
    const removed = await removeFeed(c.var.ports, c.var.user.userId, id);
    return removed ? c.body(null, 204) : notFound(`${c.var.user.slug} has no feed “${id}”.`);
  })
  .get("/:slug/approvals", async (c) => {
    const approvals = await c.var.ports.userGraph(c.var.user.userId).approvals();
    return c.json({ approvals: approvals.map(approvalJson) });
  })
  .post("/:slug/approvals/:id", async (c) => {
    const body = await readJson(c.req.raw, bodies.decision);
    if (!body.ok) return body.error;
    const id = c.req.param("id") as ApprovalId;
    const decided = await c.var.ports.userGraph(c.var.user.userId).decideApproval(id, body.value.decision);
    return decided ? c.json({ id, ...body.value }) : notFound(`Nothing waits for a decision under “${id}”.`);
  })
  .get("/:slug/status", async (c) => {
    const { ports, user } = c.var;
    const { accounts, approvals, events } = await overviewOf(ports, user.userId);
    return c.json({
      user: user.slug,
      events,
      accounts: accounts.map(({ status, mirrors, ...account }) => ({
        id: account.accountId,
        provider: account.provider,
        label: account.label,
        default: account.isDefault,
        health: status.health,
        message: status.message,
        last_sync_at: status.lastSyncAt,
        last_success_at: status.lastSuccessAt,
        next_attempt_at: status.nextAttemptAt ?? mirrors.nextAttemptAt,
        mirrors: { pending: mirrors.pending, active: mirrors.active, failed: mirrors.failed },
        errors: mirrors.errors.map((each) => ({ event: each.canonicalEventId, error: each.error })),
        calendars: status.calendars.map((each) => ({
          id: each.providerCalendarId,
          name: each.name,
          role: each.role,
          primary: each.primary,
          last_sync_at: each.lastSyncAt,
          error: each.error,
        })),
      })),
      approvals: approvals.map(approvalJson),
      time_zones: ports.settings.timeZones,
    });
  });

function approvalJson(approval: {
  approvalId: string;
  accountId: string;
  providerCalendarId: string;
  kind: string;
  events: number;
  createdAt: number;
}) {
  return {
    id: approval.approvalId,
    account: approval.accountId,
    calendar: approval.providerCalendarId,
    kind: approval.kind,
    events: approval.events,
    created_at: approval.createdAt,
  };
}
