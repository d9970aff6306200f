// The Worker's entry: its handlers and its Durable Object classes. Everything is put together in app.ts, once per isolate.

import { sweepAbandonedAccounts } from "./api/accounts.ts";
import { type App, createApp } from "./app.ts";
import type { Env, ReconcileMessage, SyncMessage, WriteMessage } from "./durable/env.ts";
import { handleQueue } from "./durable/queue/consumers.ts";
import { handleScheduled } from "./durable/queue/schedule.ts";

export { AccountDO } from "./durable/account/object.ts";
export { GroupScheduleDO } from "./durable/group-schedule/object.ts";
export { UserGraphDO } from "./durable/user-graph/object.ts";

let app: App | undefined;

export default {
  fetch(request, env, ctx) {
    app ??= createApp(env);
    return app.handle(request, (work) => ctx.waitUntil(work));
  },

  queue(batch, env) {
    return handleQueue(batch, env);
  },

  async scheduled(controller, env) {
    app ??= createApp(env);
    await handleScheduled(controller.scheduledTime, app.ports.registry, env);
    await sweepAbandonedAccounts(app.ports);
  },
} satisfies ExportedHandler<Env, SyncMessage | WriteMessage | ReconcileMessage>;
