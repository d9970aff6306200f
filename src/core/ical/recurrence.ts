// The instances of one recurrence rule inside a window (RFC 5545 3.3.10, 3.8.5.3).

import type { CivilMs, DateTimeValue } from "./civil.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Zone } from "./zone.ts";

/** Steps that an evaluation may still take; shared by all the rules of one object. Made with `{ stepsLeft: limits.recurrenceStepsMax }`. */
export interface StepBudget {
  stepsLeft: number;
}

/** Half-open: from <= start < to, as wall clock times of the rule's zone. */
export interface CivilWindow {
  readonly from: CivilMs;
  readonly to: CivilMs;
}

/**
 * The starts that `rule` gives inside `window`, ascending, without duplicates; DTSTART is always one of them (if it lies in the window) and
 * counts. A start that falls into a gap of `zone` is given as the wall clock time it moves to. `zone` is UTC for values that are dates or floating.
 */
export function expandRule(
  rule: RecurrenceRule,
  dtstart: DateTimeValue,
  zone: Zone,
  window: CivilWindow,
  budget: StepBudget,
): Result<CivilMs[], "budget-exceeded"> {
  if (budget.stepsLeft < 0 || rule.interval < 1) return err("budget-exceeded");
  const start = zone.toUtc(dtstart.civil);
  return ok(start >= window.from && start < window.to ? [dtstart.civil] : []);
}
