// Queue messages say "look": the consumer asks the account to work and forgets. What is to be done stands in the outbox and in
// the cursors, so a message may be lost, doubled or late. A dead letter is acknowledged: the wake-ups and the cron look again.

import type { AccountId } from "../../core/id.ts";
import type { Env, ReconcileMessage, SyncMessage, WriteMessage } from "../env.ts";
import { accountStub } from "../stub/account.ts";

type Message = SyncMessage | WriteMessage | ReconcileMessage;

export async function handleQueue(batch: MessageBatch<Message>, env: Env): Promise<void> {
  const job = jobOf(batch.queue);
  // One look an account, however many messages ask for it.
  const byAccount = Map.groupBy(batch.messages, (message) => message.body.accountId);
  await Promise.all(
    [...byAccount].map(async ([accountId, messages]) => {
      try {
        await look(env, job, accountId as AccountId);
        for (const message of messages) message.ack();
      } catch {
        for (const message of messages) message.retry();
      }
    }),
  );
}

type Job = "poll" | "push" | "reconcile" | "none";

/** The queue's name as wrangler.toml gives it. */
function jobOf(queue: string): Job {
  switch (queue) {
    case "sync-queue":
      return "poll";
    case "write-queue":
      return "push";
    case "reconcile-queue":
      return "reconcile";
    default:
      return "none";
  }
}

async function look(env: Env, job: Job, accountId: AccountId): Promise<void> {
  const account = accountStub(env, accountId);
  switch (job) {
    case "poll":
      await account.poll();
      return;
    case "push":
      await account.push();
      return;
    case "reconcile":
      await account.reconcile();
      return;
    case "none":
      return;
  }
}
