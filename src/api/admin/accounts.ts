// /v1/admin/users/:slug/accounts and …/policy: connecting, syncing and removing accounts, and what flows between them.

import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { RegisteredAccount } from "../../core/ports/registry.ts";
import { connectAccount, ownAccount, removeAccount } from "../accounts.ts";
import { resolveEdge } from "../policy.ts";
import { notFound, problemResponse } from "../problem.ts";
import { type AdminEnv, namedUser } from "./context.ts";
import { bodies, invalid, readJson } from "./input.ts";

type AccountEnv = AdminEnv & { Variables: { account: RegisteredAccount } };

/** By id or, where it is unique, by label. */
const namedAccount = createMiddleware<AccountEnv>(async (c, next) => {
  const { ports, user } = c.var;
  const name = c.req.param("id") ?? "";
  const byLabel = (await ports.userGraph(user.userId).accounts()).filter((each) => each.label === name);
  const id = byLabel.length === 1 && byLabel[0] ? byLabel[0].accountId : name;
  const account = await ownAccount(ports, user.userId, id);
  if (!account) return notFound(`${user.slug} has no account “${name}”.`);
  c.set("account", account);
  return next();
});

export const accountRoutes = new Hono<AccountEnv>()
  .use("/:slug/*", namedUser)
  .use("/:slug/accounts/:id", namedAccount)
  .use("/:slug/accounts/:id/*", namedAccount)
  .post("/:slug/accounts", async (c) => {
    const body = await readJson(c.req.raw, bodies.account);
    if (!body.ok) return body.error;
    const { provider, label, ...credentials } = body.value;
    const connection = { ...credentials, label: label ?? credentials.username.slice(0, 100) };
    const outcome = await connectAccount(c.var.ports, c.var.user.userId, connection);
    if (!outcome.ok) {
      const { code, reason } = outcome.error;
      return problemResponse({ status: 422, code, title: "Account not connected", detail: reason });
    }
    return c.json({ id: outcome.value, provider, label: connection.label }, 201);
  })
  .get("/:slug/accounts", async (c) => {
    const accounts = await c.var.ports.userGraph(c.var.user.userId).accounts();
    return c.json({
      accounts: accounts.map((each) => ({
        id: each.accountId,
        provider: each.provider,
        label: each.label,
        default: each.isDefault,
      })),
    });
  })
  .post("/:slug/accounts/:id/sync", async (c) =>
    c.json(await c.var.ports.account(c.var.account.accountId).sync()),
  )
  .post("/:slug/accounts/:id/reconcile", async (c) => {
    const report = await c.var.ports.account(c.var.account.accountId).reconcile();
    return c.json({
      missing: report.missing,
      drifted: report.drifted,
      orphans_deleted: report.orphansDeleted,
    });
  })
  .delete("/:slug/accounts/:id", async (c) => {
    const mirrors = c.req.query("mirrors") ?? "remove";
    if (mirrors !== "remove" && mirrors !== "keep") {
      return invalid([{ field: "mirrors", message: "must be remove or keep" }]);
    }
    await removeAccount(c.var.ports, c.var.user.userId, c.var.account.accountId, mirrors === "remove");
    return c.body(null, 204);
  })
  .get("/:slug/policy", async (c) => {
    const edges = await c.var.ports.userGraph(c.var.user.userId).edges();
    return c.json({ edges: edges.map(({ edgeId, ...edge }) => ({ id: edgeId, ...edge })) });
  })
  .put("/:slug/policy", async (c) => {
    const body = await readJson(c.req.raw, bodies.edge);
    if (!body.ok) return body.error;
    const graph = c.var.ports.userGraph(c.var.user.userId);
    const edge = resolveEdge(await graph.accounts(), body.value);
    if (!edge.ok) {
      const { code, field, reason } = edge.error;
      const errors = [{ field, message: reason }];
      return problemResponse({ status: 422, code, title: "Policy not set", detail: reason, errors });
    }
    const { edgeId, ...set } = await graph.setEdge(edge.value);
    return c.json({ id: edgeId, ...set });
  });
