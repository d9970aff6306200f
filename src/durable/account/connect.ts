// Connecting: the credentials are tried and the calendars discovered before anything is stored.

import type { ConnectOutcome, Credentials } from "../../core/ports/account.ts";
import type { AccountId, UserId } from "../../core/id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { createCalDavConnector } from "../../federation/caldav/connector.ts";
import { discoverCalDav } from "../../federation/caldav/discovery.ts";
import type { Connector } from "../../core/ports/connector.ts";
import type { Env } from "../env.ts";
import { isMigrated, migrate } from "../sql/migrations.ts";
import { openVault } from "../vault.ts";
import { readAccount, saveAccount } from "./record.ts";
import type { Connection } from "./record.ts";
import { accountMigrations } from "./schema.ts";
import { accountState } from "./state.ts";

export interface ConnectRequest {
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly label: string;
  readonly credentials: Credentials;
}

export async function connect(
  storage: DurableObjectStorage,
  env: Env,
  request: ConnectRequest,
  clock: Clock,
): Promise<ConnectOutcome> {
  const found = await discoverCalDav(connectorOptions(env, request.credentials, clock));
  if (!found.ok) return { ok: false, refusal: found.error };
  const { calendars, homeUrl } = found.value;
  if (calendars.length === 0) {
    return {
      ok: false,
      refusal: { code: "no-calendars", reason: "This account has no calendar that holds events." },
    };
  }
  migrate(storage, accountMigrations, clock.now());
  const codec = await openVault(storage, env, "account");
  const connection: Connection = { credentials: request.credentials, homeUrl };
  await saveAccount(storage.sql, codec, { ...request, connection }, clock.now());
  await accountState(storage, codec, clock.now).saveListing(calendars);
  return { ok: true, calendars };
}

export function connectorOf(env: Env, { credentials, homeUrl }: Connection, clock: Clock): Connector {
  return createCalDavConnector({ ...connectorOptions(env, credentials, clock), homeUrl });
}

function connectorOptions(env: Env, credentials: Credentials, clock: Clock) {
  return {
    credentials,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    allowPrivateAddresses: env.ALLOW_PRIVATE_UPSTREAMS === "1",
    clock,
  };
}

/** The account that is stored; undefined where none was ever connected, and then nothing is written. */
export async function openAccount(storage: DurableObjectStorage, env: Env, clock: Clock) {
  if (!isMigrated(storage)) return undefined;
  migrate(storage, accountMigrations, clock.now());
  const codec = await openVault(storage, env, "account");
  const account = await readAccount(storage.sql, codec);
  return account === undefined ? undefined : { codec, account };
}
