// The Durable Object of one group scheduling session. It keeps the session's record; nothing negotiates through it yet,
// so it answers only what is recorded. An object that was never given a session stores nothing.

import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { isMigrated, migrate } from "../sql/migrations.ts";
import { groupScheduleMigrations } from "./schema.ts";

export interface GroupSchedule {
  readonly state: "collecting" | "held" | "committing" | "committed" | "aborted";
  readonly participants: number;
  readonly holds: number;
}

export class GroupScheduleDO extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (isMigrated(ctx.storage)) migrate(ctx.storage, groupScheduleMigrations, Date.now());
  }

  /** The session's record; undefined where none was ever stored. */
  describe(): GroupSchedule | undefined {
    if (!isMigrated(this.ctx.storage)) return undefined;
    return this.ctx.storage.sql
      .exec<{ state: GroupSchedule["state"]; participants: number; holds: number }>(
        `SELECT state, (SELECT count(*) FROM participants) AS participants, (SELECT count(*) FROM holds) AS holds FROM session`,
      )
      .toArray()[0];
  }
}
