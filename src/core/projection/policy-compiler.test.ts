import { describe, expect, it } from "vitest";
import type { AccountId, EdgeId } from "../id.ts";
import type { PolicyEdge } from "../ports/user-graph.ts";
import { classify } from "./classify.ts";
import { compilePolicy, targetsOf } from "./policy-compiler.ts";

const [a, b, c] = ["acc_a", "acc_b", "acc_c"] as unknown as [AccountId, AccountId, AccountId];

function edge(from: PolicyEdge["from"], to: AccountId, change: Partial<PolicyEdge> = {}): PolicyEdge {
  return { edgeId: "edg_1" as EdgeId, from, to, detail: "BUSY", kind: "OVERLAY", enabled: true, ...change };
}

describe("targets", () => {
  const policy = compilePolicy([edge(a, b), edge(a, c), edge(b, a), edge("canonical", c), edge(a, a)]);

  it("are those of the event's origin, in a stable order", () => {
    const targets = targetsOf(policy, { origin: a, sourceAccounts: [a], projectable: true });
    expect(targets.map((target) => target.accountId)).toEqual([b, c]);
  });

  it("never include an account that holds a source of the event", () => {
    const targets = targetsOf(policy, { origin: a, sourceAccounts: [a, b], projectable: true });
    expect(targets.map((target) => target.accountId)).toEqual([c]);
  });

  it("of an event without an account are those of `canonical`", () => {
    const targets = targetsOf(policy, { origin: null, sourceAccounts: [], projectable: true });
    expect(targets.map((target) => target.accountId)).toEqual([c]);
  });

  it("are none for what is not projected", () => {
    expect(targetsOf(policy, { origin: a, sourceAccounts: [a], projectable: false })).toEqual([]);
  });

  it("leave out disabled edges, and of two edges take the one that shows less", () => {
    const two = compilePolicy([edge(a, b, { detail: "FULL" }), edge(a, b), edge(a, c, { enabled: false })]);
    expect(targetsOf(two, { origin: a, sourceAccounts: [a], projectable: true })).toEqual([
      { accountId: b, kind: "overlay", detail: "BUSY" },
    ]);
  });
});

describe("classification (invariant A)", () => {
  const genuine = { canonicalEventId: "evt_1", genuine: true };
  const forged = { canonicalEventId: "evt_1", genuine: false };
  const block = `${"0a".repeat(20)}@t-minus`;
  it.each([
    ["an untagged event", null, "one", false, false, "origin"],
    ["a copied tag without a mapping", genuine, "one", false, false, "foreign-managed"],
    ["our UID without a mapping", genuine, block, true, false, "foreign-managed"],
    ["the UID of a block after a server dropped the tag", null, block, false, false, "foreign-managed"],
    ["a forged tag on a mapped place", forged, "one", false, true, "foreign-managed"],
    ["our tag at our place", genuine, block, true, true, "managed"],
    ["our UID at our place after a client dropped the tag", null, block, true, true, "managed"],
    ["something else at our place", null, "one", false, true, "origin"],
  ] as const)("%s", (_name, tag, uid, hasUid, isMapped, expected) => {
    expect(classify({ tag, uid }, hasUid, isMapped)).toBe(expected);
  });
});
