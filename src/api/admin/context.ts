// What the admin routes share: the ports, and the user that a path names.

import { createMiddleware } from "hono/factory";
import type { RegisteredUser } from "../../core/ports/registry.ts";
import type { Ports } from "../ports.ts";
import { notFound } from "../problem.ts";

export interface AdminEnv {
  Variables: {
    ports: Ports;
    /** Origin that clients reach. */
    origin: string;
    /** Behind `namedUser`. */
    user: RegisteredUser;
  };
}

/** An unknown name ends here: no Durable Object is ever made for it. */
export const namedUser = createMiddleware<AdminEnv>(async (c, next) => {
  const slug = c.req.param("slug") ?? "";
  const user = await c.var.ports.registry.userBySlug(slug);
  if (!user) return notFound(`There is no user “${slug}”.`);
  c.set("user", user);
  return next();
});
