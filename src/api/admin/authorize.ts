// The admin API's permission: the bearer token that the server keeps in its data directory (RFC 6750), compared in constant
// time. Without a configured token nobody is admitted.

import type { MiddlewareHandler } from "hono";
import { clientAddress } from "../client-address.ts";
import { equalSecrets } from "../constant-time.ts";
import type { Ports } from "../ports.ts";
import { problemResponse } from "../problem.ts";
import { createThrottle } from "../throttle.ts";

export function adminOnly({ clock, settings }: Ports): MiddlewareHandler {
  const throttle = createThrottle(clock, { capacity: 20, refillMs: 10_000, keysMax: 10_000 });
  return async (c, next) => {
    const [, token = ""] = /^bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    const right = await equalSecrets(token, settings.adminToken);
    if (right && settings.adminToken !== "") return next();

    const address = clientAddress(c.req.raw, settings.clientAddressHeader);
    const wait = throttle.waitSeconds(address);
    if (wait > 0) {
      return problemResponse({
        status: 429,
        code: "too-many-attempts",
        title: "Too many requests",
        detail: `Too many wrong admin tokens. Wait ${wait} seconds.`,
        headers: { "retry-after": String(wait) },
      });
    }
    throttle.failed(address);
    return problemResponse({
      status: 401,
      code: "unauthorized",
      title: "Unauthorized",
      detail: "Send the admin token as a bearer token.",
      headers: { "www-authenticate": 'Bearer realm="T-Minus admin"' },
    });
  };
}
