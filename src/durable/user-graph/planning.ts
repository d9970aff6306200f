// What the outbox must want of one event, from what is stored of it. Every write of an event plans through here.

import { parseCalendar } from "../../core/ical/parse.ts";
import type { JCalComponent } from "../../core/ical/jcal.ts";
import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { ComponentName } from "../../core/ports/calendar-store.ts";
import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import { planMirrors } from "../../core/projection/plan-mirrors.ts";
import type { TransitionContext } from "../../core/projection/transition-shape.ts";
import { placementOf } from "./event-rows.ts";
import type { Graph } from "./graph.ts";

export interface Planned {
  readonly canonicalEventId: CanonicalEventId;
  /** null: deleted. */
  readonly calendar: JCalComponent | null;
  readonly component: ComponentName;
  readonly originAccountId: AccountId | null;
  readonly isUnified: boolean;
  /** In a collection of its own: no account has it, so wherever it was it must not be any more. */
  readonly isLocal: boolean;
  readonly sources: readonly SourceRow[];
  readonly mirrors: readonly MirrorRow[];
}

/** The rows to save. */
export function planOutbox(graph: Graph, event: Planned, context: TransitionContext): readonly MirrorRow[] {
  const { canonicalEventId, calendar, mirrors, sources } = event;
  const planned =
    calendar === null || event.isLocal ? null : { calendar, placement: placementOf(event, sources) };
  return planMirrors(canonicalEventId, planned, graph.state.policy, mirrors, context, sources);
}

/**
 * The stored object as a tree: null if the event is deleted, undefined if the text is not iCalendar to this version. Such an event
 * is left as it is wherever it is: that it cannot be read is no reason to take it away.
 */
export function treeOf(ical: string | null): JCalComponent | null | undefined {
  if (ical === null) return null;
  const parsed = parseCalendar(ical);
  return parsed.ok ? parsed.value : undefined;
}
