// The policy matrix: what each account may see of every other. A cell is an edge: how much, and in which form.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { AccountId } from "../../core/id.ts";
import type { DetailLevel, EdgeCalendarKind, GraphAccount, PolicyEdge } from "../../core/ports/user-graph.ts";
import { fields, type PageContext, type PageEnv } from "./context.ts";
import { Form, Notice, page } from "./layout.tsx";

const DETAILS: readonly (readonly [DetailLevel | "off", string])[] = [
  ["off", "Nothing"],
  ["BUSY", "Busy only"],
  ["TITLE", "Title"],
  ["FULL", "Everything"],
];
const KINDS: readonly (readonly [EdgeCalendarKind, string])[] = [
  ["OVERLAY", "in its own calendar"],
  ["MIRROR", "among the other events"],
];

type Source = { readonly id: AccountId | "canonical"; readonly label: string };

export const policyPages = new Hono<PageEnv>()
  .get("/policy", (c) => show(c, false))
  .post("/policy", async (c) => {
    const graph = c.var.ports.userGraph(c.var.user.userId);
    const [accounts, edges] = await Promise.all([graph.accounts(), graph.edges()]);
    const field = await fields(c);
    for (const from of sourcesOf(accounts)) {
      for (const to of accounts) {
        if (from.id === to.accountId) continue;
        const before = edges.find((each) => each.from === from.id && each.to === to.accountId);
        const after = chosen(field, from.id, to.accountId, before);
        if (after && changed(before, after)) await graph.setEdge(after);
      }
    }
    return show(c, true);
  });

function sourcesOf(accounts: readonly GraphAccount[]): readonly Source[] {
  return [
    { id: "canonical", label: "Made here" },
    ...accounts.map(({ accountId, label }) => ({ id: accountId, label })),
  ];
}

/** What the form says of one cell; undefined where it says nothing that exists. */
function chosen(
  field: (name: string) => string,
  from: AccountId | "canonical",
  to: AccountId,
  before: PolicyEdge | undefined,
): Omit<PolicyEdge, "edgeId"> | undefined {
  const detail = DETAILS.find(([value]) => value === field(`detail.${from}.${to}`))?.[0];
  const kind = KINDS.find(([value]) => value === field(`kind.${from}.${to}`))?.[0];
  if (detail === undefined || kind === undefined) return undefined;
  if (detail === "off" && !before) return undefined;
  return {
    from,
    to,
    kind,
    enabled: detail !== "off",
    detail: detail === "off" ? (before?.detail ?? "BUSY") : detail,
  };
}

function changed(before: PolicyEdge | undefined, after: Omit<PolicyEdge, "edgeId">): boolean {
  if (!before) return true;
  return before.enabled !== after.enabled || before.detail !== after.detail || before.kind !== after.kind;
}

async function show(c: PageContext, saved: boolean) {
  const graph = c.var.ports.userGraph(c.var.user.userId);
  const [accounts, edges] = await Promise.all([graph.accounts(), graph.edges()]);
  return page(
    c,
    { title: "Sharing between accounts" },
    <>
      {saved && <Notice kind="done">Saved. The accounts are being brought in step.</Notice>}
      <section>
        <p class="soft">
          Each row is where events come from, each column where they are shown. “Busy only” shows that you are
          not free and nothing else.
        </p>
        {accounts.length === 0 ? (
          <p>Connect an account first.</p>
        ) : (
          <Form action="/policy" token={c.var.formToken}>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Events from</th>
                    {accounts.map((to) => (
                      <th scope="col">shown in {to.label}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {sourcesOf(accounts).map((from) => (
                    <tr>
                      <th scope="row">{from.label}</th>
                      {accounts.map((to) => (
                        <td>{from.id === to.accountId ? "—" : <Cell from={from} to={to} edges={edges} />}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p>
              <button>Save</button>
            </p>
          </Form>
        )}
      </section>
    </>,
  );
}

const Cell: FC<{ from: Source; to: GraphAccount; edges: readonly PolicyEdge[] }> = ({ from, to, edges }) => {
  const edge = edges.find((each) => each.from === from.id && each.to === to.accountId);
  const detail = edge?.enabled ? edge.detail : "off";
  const kind = edge?.kind ?? "OVERLAY";
  const what = `events from ${from.label} shown in ${to.label}`;
  return (
    <>
      <select name={`detail.${from.id}.${to.accountId}`} aria-label={`How much of ${what}`}>
        {DETAILS.map(([value, text]) => (
          <option value={value} selected={value === detail}>
            {text}
          </option>
        ))}
      </select>
      <select name={`kind.${from.id}.${to.accountId}`} aria-label={`Where to put ${what}`}>
        {KINDS.map(([value, text]) => (
          <option value={value} selected={value === kind}>
            {text}
          </option>
        ))}
      </select>
    </>
  );
};
