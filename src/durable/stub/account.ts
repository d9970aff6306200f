// The way to an account: its Durable Object by the account's id.

import type { AccountId } from "../../core/id.ts";
import type { Account } from "../../core/ports/account.ts";
import type { Env } from "../env.ts";

export function accountStub(env: Env, accountId: AccountId): Account {
  return env.ACCOUNT.get(env.ACCOUNT.idFromName(accountId));
}
