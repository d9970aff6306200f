// What storage asks of federation: the decisions about provider items, the outbox and the reports of writes.

export { applyReport } from "./apply-report.ts";
export { decideGone, deletionsNeedApproval } from "./decide-gone.ts";
export { decidePresent } from "./decide-present.ts";
export { handOut } from "./hand-out.ts";
export { planMirrors } from "./plan-mirrors.ts";
export { readItem } from "./read-item.ts";
export { reconcileRow } from "./reconcile-row.ts";
export type {
  ItemKnowledge,
  KnownEvent,
  Outcome,
  ReadItem,
  Transition,
  TransitionContext,
} from "./transition-shape.ts";
