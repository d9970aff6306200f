// How a user's accounts are, in one answer: for the overview page and the admin command.

import type { UserId } from "../core/id.ts";
import type { AccountStatus } from "../core/ports/account.ts";
import type { Approval, GraphAccount, MirrorStatus } from "../core/ports/user-graph.ts";
import type { Ports } from "./ports.ts";

export interface AccountOverview extends GraphAccount {
  readonly status: AccountStatus;
  readonly mirrors: MirrorStatus;
}

export interface Overview {
  readonly accounts: readonly AccountOverview[];
  readonly approvals: readonly Approval[];
  readonly events: number;
}

export async function overviewOf(ports: Ports, userId: UserId): Promise<Overview> {
  const graph = ports.userGraph(userId);
  const [accounts, mirrors, approvals, events] = await Promise.all([
    graph.accounts(),
    graph.mirrorStatus(),
    graph.approvals(),
    graph.eventCount(),
  ]);
  const overviews = accounts.map(async (account) => ({
    ...account,
    status: await statusOf(ports, account),
    mirrors: mirrors.find((each) => each.accountId === account.accountId) ?? nothingPending(account),
  }));
  return { accounts: await Promise.all(overviews), approvals, events };
}

/** One account that cannot answer does not hide the others. */
async function statusOf(ports: Ports, { accountId }: GraphAccount): Promise<AccountStatus> {
  try {
    return await ports.account(accountId).status();
  } catch {
    return {
      accountId,
      health: "yellow",
      message: "The state of this account cannot be read at the moment.",
      lastSyncAt: null,
      lastSuccessAt: null,
      nextAttemptAt: null,
      calendars: [],
    };
  }
}

function nothingPending({ accountId }: GraphAccount): MirrorStatus {
  return { accountId, pending: 0, active: 0, failed: 0, nextAttemptAt: null, errors: [] };
}
