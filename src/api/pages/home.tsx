// The overview: how every account is, in words, and what waits for a decision.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { Approval } from "../../core/ports/user-graph.ts";
import type { ApprovalId } from "../../core/id.ts";
import { type AccountOverview, overviewOf } from "../status.ts";
import { fields, type PageContext, type PageEnv } from "./context.ts";
import { Form, moment, Notice, page } from "./layout.tsx";

export const homePages = new Hono<PageEnv>()
  .get("/", (c) => show(c))
  .post("/approvals/:id", async (c) => {
    const decision = (await fields(c))("decision");
    if (decision !== "approve" && decision !== "reject")
      return show(c, "Choose to delete the events or to keep them.");
    const graph = c.var.ports.userGraph(c.var.user.userId);
    const decided = await graph.decideApproval(c.req.param("id") as ApprovalId, decision);
    return decided ? c.redirect("/", 303) : show(c, "That question has been answered already.");
  });

async function show(c: PageContext, problem?: string) {
  const { accounts, approvals, events } = await overviewOf(c.var.ports, c.var.user.userId);
  return page(
    c,
    { title: "Overview" },
    <>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      {approvals.map((approval) => (
        <Question approval={approval} accounts={accounts} token={c.var.formToken} />
      ))}
      <section>
        <div class="row spread">
          <h2>Accounts</h2>
          <a class="button" href="/accounts/new">
            Connect an account
          </a>
        </div>
        {accounts.length === 0 ? (
          <p class="soft">No account is connected yet. Events that you create on a device are kept here.</p>
        ) : (
          <ul class="plain">
            {accounts.map((account) => (
              <li>
                <div class="row spread">
                  <strong>
                    <a href={`/accounts/${account.accountId}`}>{account.label}</a>
                    {account.isDefault && <span class="soft"> · new events go here</span>}
                  </strong>
                  <HealthWords account={account} />
                </div>
                {account.status.message !== "" && <p>{account.status.message}</p>}
                <p class="soft small">
                  Last in step {moment(account.status.lastSuccessAt)}
                  {account.mirrors.pending > 0 &&
                    ` · ${plural(account.mirrors.pending, "change")} waiting to be sent`}
                  {account.mirrors.failed > 0 &&
                    ` · ${plural(account.mirrors.failed, "change")} could not be sent`}
                </p>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>Your calendar</h2>
        <p>{plural(events, "entry", "entries")} from all accounts, in one calendar.</p>
        <a class="button quiet" href="/connect">
          Show it on a device
        </a>
      </section>
    </>,
    problem === undefined ? 200 : 422,
  );
}

const WORDS = { green: "In step", yellow: "Working on it", red: "Needs you" } as const;

export const HealthWords: FC<{ account: AccountOverview }> = ({ account }) => (
  <span class={`state ${account.status.health}`}>{WORDS[account.status.health]}</span>
);

const Question: FC<{ approval: Approval; accounts: readonly AccountOverview[]; token: string }> = (props) => {
  const { approval, accounts, token } = props;
  const label = accounts.find((each) => each.accountId === approval.accountId)?.label ?? "An account";
  return (
    <section class="notice error">
      <h2>Delete {plural(approval.events, "event")}?</h2>
      <p>
        {label} says that {plural(approval.events, "event")} of one calendar were deleted at once (
        {moment(approval.createdAt)}). That may be a mistake, so nothing has been deleted yet.
      </p>
      <Form action={`/approvals/${approval.approvalId}`} token={token} class="row">
        <button name="decision" value="reject">
          Keep them
        </button>
        <button name="decision" value="approve" class="danger">
          Delete them everywhere
        </button>
      </Form>
    </section>
  );
};

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
