// Connecting, repairing and removing accounts, in an order that a crash cannot turn into something unreachable: the registry
// row comes first and goes last, so whatever is stored elsewhere is always listed; a sweep finishes or forgets the rest.

import { type AccountId, newId, type UserId } from "../core/id.ts";
import { limits } from "../core/limits.ts";
import type { ConnectOutcome, ConnectRefusal } from "../core/ports/account.ts";
import type { RegisteredAccount } from "../core/ports/registry.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Ports } from "./ports.ts";

export interface CalDavConnection {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly label: string;
}

export interface AccountRefusal {
  readonly code: ConnectRefusal["code"] | "already-connected" | "too-many-accounts";
  readonly reason: string;
}

const ABANDONED_AFTER_MS = 120_000;
const SWEEP_MAX = 100;

export async function connectAccount(
  ports: Ports,
  userId: UserId,
  connection: CalDavConnection,
): Promise<Result<AccountId, AccountRefusal>> {
  const graph = ports.userGraph(userId);
  if ((await ports.registry.accounts(userId)).length >= limits.accountsPerUserMax) {
    const reason = `A user may connect ${limits.accountsPerUserMax} accounts. Remove one first.`;
    return err({ code: "too-many-accounts", reason });
  }
  const accountId = newId("acc", ports.clock, ports.random);
  const claim = { accountId, userId, provider: "caldav", identityHash: await identityOf(ports, connection) };
  let claimed = await ports.registry.claimAccount(claim);
  if (claimed === "taken") {
    await sweepAbandonedAccounts(ports);
    claimed = await ports.registry.claimAccount(claim);
  }
  if (claimed === "taken") {
    return err({ code: "already-connected", reason: "This account is connected already." });
  }
  const { label, ...credentials } = connection;
  let outcome: ConnectOutcome;
  try {
    outcome = await ports.account(accountId).attach({
      accountId,
      userId,
      label,
      credentials: { provider: "caldav", ...credentials },
    });
  } catch (error) {
    // Whether anything was stored is unknown. If this fails too, the sweep does the same later.
    await ports.account(accountId).remove({ removeMirrors: false });
    await ports.registry.removeAccount(accountId);
    throw error;
  }
  if (!outcome.ok) {
    await ports.registry.removeAccount(accountId);
    return err(outcome.refusal);
  }
  await graph.addAccount({ accountId, provider: "caldav", label });
  await ports.registry.activateAccount(accountId);
  await ports.enqueueSync(accountId);
  return ok(accountId);
}

/** New credentials for an account that is connected. The old ones stay when the new are refused. */
export async function reconnectAccount(
  ports: Ports,
  userId: UserId,
  accountId: AccountId,
  connection: CalDavConnection,
): Promise<Result<null, AccountRefusal>> {
  const { label, ...credentials } = connection;
  const outcome = await ports.account(accountId).attach({
    accountId,
    userId,
    label,
    credentials: { provider: "caldav", ...credentials },
  });
  if (!outcome.ok) return err(outcome.refusal);
  await ports.enqueueSync(accountId);
  return ok(null);
}

/** Every step may be repeated, so a removal that was cut short is finished by asking again. */
export async function removeAccount(
  ports: Ports,
  userId: UserId,
  accountId: AccountId,
  removeMirrors: boolean,
): Promise<void> {
  await ports.account(accountId).remove({ removeMirrors });
  await ports.userGraph(userId).removeAccount(accountId);
  await ports.registry.removeAccount(accountId);
}

/** The account if it belongs to the user (invariant K). */
export async function ownAccount(
  ports: Ports,
  userId: UserId,
  accountId: string,
): Promise<RegisteredAccount | undefined> {
  return (await ports.registry.accounts(userId)).find((each) => each.accountId === accountId);
}

/** Accounts whose connecting was cut short: kept if the graph has them, forgotten with all they stored if not. */
export async function sweepAbandonedAccounts(ports: Ports): Promise<number> {
  const abandoned = await ports.registry.connectingBefore(ports.clock.now() - ABANDONED_AFTER_MS, SWEEP_MAX);
  for (const { accountId, userId } of abandoned) {
    const known = (await ports.userGraph(userId).accounts()).some((each) => each.accountId === accountId);
    if (known) {
      await ports.registry.activateAccount(accountId);
      await ports.enqueueSync(accountId);
    } else {
      await ports.account(accountId).remove({ removeMirrors: false });
      await ports.registry.removeAccount(accountId);
    }
  }
  return abandoned.length;
}

async function identityOf(ports: Ports, { url, username }: CalDavConnection): Promise<string> {
  const address = URL.canParse(url) ? new URL(url).href.replace(/\/+$/, "") : url;
  return ports.tokenHash("account", `${address}\0${username}`);
}
