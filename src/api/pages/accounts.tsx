// Connecting a CalDAV account, and one account's page: its calendars, sync now, new credentials, removal.

import { Hono } from "hono";
import type { AccountCalendar } from "../../core/ports/account.ts";
import {
  type CalDavConnection,
  connectAccount,
  ownAccount,
  reconnectAccount,
  removeAccount,
} from "../accounts.ts";
import { overviewOf } from "../status.ts";
import { fields, type PageContext, type PageEnv } from "./context.ts";
import { HealthWords, plural } from "./home.tsx";
import { Field, Form, moment, Notice, page } from "./layout.tsx";

export const accountPages = new Hono<PageEnv>()
  .get("/accounts/new", (c) => connectForm(c, { url: "", username: "", label: "" }))
  .post("/accounts", async (c) => {
    const connection = await connectionIn(c);
    const problem = problemOf(connection);
    if (problem !== undefined) return connectForm(c, connection, problem);
    const outcome = await connectAccount(c.var.ports, c.var.user.userId, connection);
    if (!outcome.ok) return connectForm(c, connection, outcome.error.reason);
    return c.redirect(`/accounts/${outcome.value}`, 303);
  })
  .get("/accounts/:id", (c) => detail(c, c.req.param("id")))
  .post("/accounts/:id/sync", async (c) => {
    const account = await ownAccount(c.var.ports, c.var.user.userId, c.req.param("id"));
    if (!account) return noSuchAccount(c);
    const report = await c.var.ports.account(account.accountId).sync();
    const parts = [
      plural(report.created + report.updated + report.deleted, "change") + " came in",
      plural(report.written, "change") + " went out",
      ...(report.failed > 0 ? [`${report.failed} could not be sent`] : []),
      ...(report.held > 0 ? [`${report.held} wait for your decision`] : []),
    ];
    return detail(c, account.accountId, { kind: "done", text: `${parts.join(", ")}.` });
  })
  .post("/accounts/:id/reconnect", async (c) => {
    const account = await ownAccount(c.var.ports, c.var.user.userId, c.req.param("id"));
    if (!account) return noSuchAccount(c);
    const connection = await connectionIn(c);
    const problem = problemOf(connection);
    const outcome =
      problem === undefined
        ? await reconnectAccount(c.var.ports, c.var.user.userId, account.accountId, connection)
        : ({ ok: false, error: { reason: problem } } as const);
    return outcome.ok
      ? c.redirect(`/accounts/${account.accountId}`, 303)
      : detail(c, account.accountId, { kind: "error", text: outcome.error.reason });
  })
  .post("/accounts/:id/remove", async (c) => {
    const account = await ownAccount(c.var.ports, c.var.user.userId, c.req.param("id"));
    if (!account) return noSuchAccount(c);
    const removeMirrors = (await fields(c))("mirrors") !== "keep";
    await removeAccount(c.var.ports, c.var.user.userId, account.accountId, removeMirrors);
    return c.redirect("/", 303);
  });

async function connectionIn(c: PageContext): Promise<CalDavConnection> {
  const field = await fields(c);
  const url = field("url").trim();
  return {
    url: url === "" || url.includes("://") ? url : `https://${url}`,
    username: field("username").trim(),
    password: field("password"),
    label: field("label").trim() || field("username").trim(),
  };
}

function problemOf({ url, username, password, label }: CalDavConnection): string | undefined {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    return "Enter the address of the calendar server, like https://cal.example.com.";
  if (url.length > 2000 || username.length > 500 || password.length > 1000)
    return "One of these values is too long.";
  if (username === "") return "Enter your user name at the calendar server.";
  if (password === "") return "Enter the password for the calendar server.";
  if (label.length > 100) return "The label may have up to 100 characters.";
  return undefined;
}

function connectForm(
  c: PageContext,
  values: { url: string; username: string; label: string },
  problem?: string,
) {
  return page(
    c,
    { title: "Connect a CalDAV account" },
    <section class="narrow">
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <Form action="/accounts" token={c.var.formToken}>
        <Field
          label="Server address"
          name="url"
          value={values.url}
          placeholder="https://cal.example.com"
          hint="iCloud: https://caldav.icloud.com · Fastmail: https://caldav.fastmail.com"
        />
        <Field label="User name there" name="username" value={values.username} autocomplete="off" />
        <Field
          label="Password there"
          name="password"
          type="password"
          autocomplete="off"
          hint="Where the provider offers app-specific passwords, use one. It is stored encrypted."
        />
        <Field
          label="Label"
          name="label"
          value={values.label}
          required={false}
          maxlength={100}
          hint="What to call this account, e.g. Work. Empty: the user name."
        />
        <button>Connect</button>
      </Form>
    </section>,
    problem === undefined ? 200 : 422,
  );
}

async function detail(c: PageContext, accountId: string, notice?: { kind: "error" | "done"; text: string }) {
  const { accounts } = await overviewOf(c.var.ports, c.var.user.userId);
  const account = accounts.find((each) => each.accountId === accountId);
  if (!account) return noSuchAccount(c);
  const { status, mirrors } = account;
  const token = c.var.formToken;
  const action = `/accounts/${account.accountId}`;
  return page(
    c,
    { title: account.label },
    <>
      {notice && <Notice kind={notice.kind}>{notice.text}</Notice>}
      <section>
        <div class="row spread">
          <HealthWords account={account} />
          <Form action={`${action}/sync`} token={token}>
            <button class="quiet">Sync now</button>
          </Form>
        </div>
        {status.message !== "" && <p>{status.message}</p>}
        <dl class="facts">
          <dt>Last sync</dt>
          <dd>{moment(status.lastSyncAt)}</dd>
          <dt>Last in step</dt>
          <dd>{moment(status.lastSuccessAt)}</dd>
          <dt>Sent from here</dt>
          <dd>{`${mirrors.active} in place, ${mirrors.pending} waiting, ${mirrors.failed} failed`}</dd>
          {status.nextAttemptAt !== null && status.nextAttemptAt > c.var.ports.clock.now() && (
            <>
              <dt>Next attempt</dt>
              <dd>{moment(status.nextAttemptAt)}</dd>
            </>
          )}
        </dl>
        {mirrors.errors.length > 0 && (
          <ul>
            {mirrors.errors.slice(0, 10).map((each) => (
              <li>{each.error}</li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>Calendars</h2>
        <ul class="plain">{status.calendars.map(calendarLine)}</ul>
      </section>
      <section>
        <h2>Reconnect</h2>
        <p class="soft">After a changed password, or when the server has moved.</p>
        <Form action={`${action}/reconnect`} token={token} class="narrow">
          <input type="hidden" name="label" value={account.label} />
          <Field label="Server address" name="url" />
          <Field label="User name there" name="username" autocomplete="off" />
          <Field label="Password there" name="password" type="password" autocomplete="off" />
          <button class="quiet">Reconnect</button>
        </Form>
      </section>
      <section>
        <h2>Remove</h2>
        <Form action={`${action}/remove`} token={token}>
          <fieldset>
            <legend>What T-Minus wrote into this account</legend>
            <label class="choice">
              <input type="radio" name="mirrors" value="remove" checked /> Delete it there
            </label>
            <label class="choice">
              <input type="radio" name="mirrors" value="keep" /> Leave it there
            </label>
          </fieldset>
          <p class="hint">
            Events that only this account has leave your calendar. They stay at the provider.
          </p>
          <button class="danger">Remove this account</button>
        </Form>
      </section>
    </>,
    notice?.kind === "error" ? 422 : 200,
  );
}

function calendarLine(calendar: AccountCalendar) {
  return (
    <li>
      <strong>{calendar.name}</strong>
      {calendar.primary && <span class="soft"> · new events go here</span>}
      {calendar.role === "overlay" && <span class="soft"> · busy blocks from your other accounts</span>}
      <div class="soft small">{calendar.error ?? `last sync ${moment(calendar.lastSyncAt)}`}</div>
    </li>
  );
}

function noSuchAccount(c: PageContext) {
  return page(c, { title: "No such account" }, <p>It may have been removed.</p>, 404);
}
