// /v1: the JSON API. Public: status. For the admin command: /v1/admin. Whatever goes wrong is a problem document.

import { Hono } from "hono";
import { accountRoutes } from "./admin/accounts.ts";
import { adminOnly } from "./admin/authorize.ts";
import type { AdminEnv } from "./admin/context.ts";
import { userRoutes } from "./admin/users.ts";
import type { Ports } from "./ports.ts";
import { notFound } from "./problem.ts";

export function createRest(ports: Ports): Hono<AdminEnv> {
  const { version, timeZones, publicUrl } = ports.settings;
  return new Hono<AdminEnv>()
    .basePath("/v1")
    .get("/status", (c) => c.json({ status: "ok", version, tzdata: timeZones }))
    .use("/admin/*", adminOnly(ports))
    .use("/admin/*", async (c, next) => {
      c.set("ports", ports);
      c.set("origin", publicUrl ?? new URL(c.req.url).origin);
      c.header("cache-control", "no-store");
      await next();
    })
    .route("/admin/users", userRoutes)
    .route("/admin/users", accountRoutes)
    .notFound((c) => notFound(`There is nothing at ${c.req.method} ${c.req.path}.`))
    .onError((error) => {
      throw error;
    });
}
