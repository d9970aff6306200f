// The Durable Object of one connected account: the shell. It alone holds the credentials, and all traffic with the provider runs
// under its lease, one pass at a time. An object that was never connected stores nothing.

import { DurableObject } from "cloudflare:workers";
import type {
  Account,
  AccountStatus,
  ConnectOutcome,
  ReconcileReport,
  SyncReport,
} from "../../core/ports/account.ts";
import type { AccountId } from "../../core/id.ts";
import type { Env } from "../env.ts";
import { userGraphStub } from "../stub/user-graph.ts";
import { connect, connectorOf, openAccount } from "./connect.ts";
import type { ConnectRequest } from "./connect.ts";
import { newLane } from "./lane.ts";
import { nothingDone, pushPass, reconcilePass, syncPass } from "./passes.ts";
import type { Workplace } from "./passes.ts";
import { removeMirrorsAtProvider } from "./removal.ts";
import { accountState, readCalendars } from "./state.ts";

const clock = { now: () => Date.now() };
const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

export class AccountDO extends DurableObject<Env> implements Account {
  readonly #lane = newLane();

  attach(request: ConnectRequest): Promise<ConnectOutcome> {
    // Calls with other credentials ask for something else.
    return this.#lane.run(`connect ${JSON.stringify([request.label, request.credentials])}`, () =>
      connect(this.ctx.storage, this.env, request, clock),
    );
  }

  sync(): Promise<SyncReport> {
    return this.#lane.run("sync", async () => {
      const place = await this.#workplace();
      return place === undefined ? nothingDone : syncPass(place);
    });
  }

  poll(): Promise<SyncReport> {
    return this.#lane.run("poll", async () => {
      const place = await this.#workplace();
      return place === undefined || isWaiting(place) ? nothingDone : syncPass(place);
    });
  }

  push(): Promise<SyncReport> {
    return this.#lane.run("push", async () => {
      const place = await this.#workplace();
      return place === undefined || isWaiting(place) ? nothingDone : pushPass(place);
    });
  }

  reconcile(): Promise<ReconcileReport> {
    return this.#lane.run("reconcile", async () => {
      const place = await this.#workplace();
      return place === undefined ? { missing: 0, drifted: 0, orphansDeleted: 0 } : reconcilePass(place);
    });
  }

  /** The backstop: a pass was cut off, or a retry is due. */
  override async alarm(): Promise<void> {
    await this.poll();
  }

  async status(): Promise<AccountStatus> {
    const opened = await openAccount(this.ctx.storage, this.env, clock);
    if (opened === undefined) return neverConnected(this.ctx.id.name ?? "");
    const { account, codec } = opened;
    const { accountId, health, message, lastSyncAt, lastSuccessAt, needsReconnect, notBefore } = account;
    return {
      accountId,
      health,
      message,
      lastSyncAt,
      lastSuccessAt,
      // 0: there was no pass yet.
      nextAttemptAt: health === "green" || needsReconnect || notBefore === 0 ? null : notBefore,
      calendars: await readCalendars(this.ctx.storage.sql, codec),
    };
  }

  remove(options: { readonly removeMirrors: boolean }): Promise<void> {
    return this.#lane.run(`remove ${options.removeMirrors}`, async () => {
      const place = await this.#workplace();
      if (place !== undefined && options.removeMirrors) await removeMirrorsAtProvider(place);
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
    });
  }

  async #workplace(): Promise<Workplace | undefined> {
    const { storage } = this.ctx;
    const opened = await openAccount(storage, this.env, clock);
    if (opened === undefined) return undefined;
    return {
      ...opened,
      storage,
      connector: connectorOf(this.env, opened.account.connection, clock),
      graph: userGraphStub(this.env, opened.account.userId),
      state: accountState(storage, opened.codec, clock.now),
      clock,
      random,
    };
  }
}

/** Waits for the user, or for the time that the provider or the backoff set. */
function isWaiting({ account }: Workplace): boolean {
  return account.needsReconnect || clock.now() < account.notBefore;
}

function neverConnected(name: string): AccountStatus {
  return {
    accountId: name as AccountId,
    health: "red",
    message: "This account was never connected. Remove it and add it again.",
    lastSyncAt: null,
    lastSuccessAt: null,
    nextAttemptAt: null,
    calendars: [],
  };
}
