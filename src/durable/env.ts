// The bindings and secrets of the main Worker (wrangler.toml; bin/serve gives the same ones).

import type { AccountDO } from "./account/object.ts";
import type { GroupScheduleDO } from "./group-schedule/object.ts";
import type { UserGraphDO } from "./user-graph/object.ts";

/** Queue messages carry ids only (data-model: sealed columns). */
export interface SyncMessage {
  readonly accountId: string;
}
export interface WriteMessage {
  readonly accountId: string;
}
export interface ReconcileMessage {
  readonly accountId: string;
}

export interface Env {
  readonly USER_GRAPH: DurableObjectNamespace<UserGraphDO>;
  readonly ACCOUNT: DurableObjectNamespace<AccountDO>;
  readonly GROUP_SCHEDULE: DurableObjectNamespace<GroupScheduleDO>;
  readonly REGISTRY: D1Database;
  readonly SYNC_QUEUE: Queue<SyncMessage>;
  readonly WRITE_QUEUE: Queue<WriteMessage>;
  readonly RECONCILE_QUEUE: Queue<ReconcileMessage>;
  readonly ARCHIVE: R2Bucket;
  readonly GRANTS: KVNamespace;

  /** Key-encryption keys by epoch, JSON: {"current":1,"keys":{"1":"<base64, 32 bytes>"}}. */
  readonly KEY_ENCRYPTION_KEYS: string;
  /** HMAC key for app passwords and feed tokens, base64, 32 bytes. */
  readonly TOKEN_PEPPER: string;
  /** Secret of the sign-in sessions, at least 32 characters. */
  readonly SESSION_SECRET: string;
  /** Bearer token of the admin API. */
  readonly ADMIN_TOKEN: string;
  /** One-time token of the first-run page; empty once a user exists is checked against the registry. */
  readonly SETUP_TOKEN?: string;
  /** Origin that clients reach, e.g. `https://cal.example.com`; absent: the request's own. */
  readonly PUBLIC_URL?: string;
  /** Header in which the proxy in front names the client's address, e.g. `cf-connecting-ip`; absent: addresses are unknown. */
  readonly CLIENT_ADDRESS_HEADER?: string;
  /** "1": upstream servers on private addresses are allowed. */
  readonly ALLOW_PRIVATE_UPSTREAMS?: string;
  /** "off" only in the control run of the sealing test; anything else seals. */
  readonly SEALING?: string;
}
