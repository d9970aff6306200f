// Policy edges as people name them: by an account's id or its label, or `canonical` for events that began here.

import type { AccountId } from "../core/id.ts";
import type { DetailLevel, EdgeCalendarKind, GraphAccount, PolicyEdge } from "../core/ports/user-graph.ts";
import { err, ok, type Result } from "../core/result.ts";

export interface EdgeRequest {
  readonly from: string;
  readonly to: string;
  readonly detail: DetailLevel;
  readonly kind: EdgeCalendarKind;
  readonly enabled: boolean;
}

export interface EdgeRefusal {
  readonly code: "unknown-account" | "ambiguous-account" | "same-account";
  readonly field: "from" | "to";
  readonly reason: string;
}

export function resolveEdge(
  accounts: readonly GraphAccount[],
  request: EdgeRequest,
): Result<Omit<PolicyEdge, "edgeId">, EdgeRefusal> {
  const from = request.from === "canonical" ? ok("canonical" as const) : find(accounts, request.from, "from");
  if (!from.ok) return from;
  const to = find(accounts, request.to, "to");
  if (!to.ok) return to;
  if (from.value === to.value) {
    return err({ code: "same-account", field: "to", reason: "An account is not projected into itself." });
  }
  const { detail, kind, enabled } = request;
  return ok({ from: from.value, to: to.value, detail, kind, enabled });
}

function find(
  accounts: readonly GraphAccount[],
  name: string,
  field: "from" | "to",
): Result<AccountId, EdgeRefusal> {
  const byId = accounts.find((each) => each.accountId === name);
  if (byId) return ok(byId.accountId);
  const [first, second] = accounts.filter((each) => each.label === name);
  if (second) {
    const reason = `Several accounts are labelled “${name}”. Name one by its id.`;
    return err({ code: "ambiguous-account", field, reason });
  }
  if (first) return ok(first.accountId);
  return err({ code: "unknown-account", field, reason: `No account has the id or label “${name}”.` });
}
