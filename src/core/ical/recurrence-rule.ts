// The value type RECUR (RFC 5545 3.3.10, RFC 7529 4), read strictly: every MUST of the grammar and of the prose holds, or the failure names
// the part that breaks one. Knows no DTSTART and no instances. Rules as programs really write them: recurrence-rule-lenient.ts.

import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { Failures, RecurrenceRule, RuleFailure } from "./recurrence-rule-parts.ts";
import { hasOtherByPart, refuse, ruleOfParts } from "./recurrence-rule-parts.ts";

export type { RecurrenceRule, RuleFailure } from "./recurrence-rule-parts.ts";

/** RFC 5545 3.3.10: the combinations that MUST NOT be. */
function refuseCombinations(rule: RecurrenceRule, failures: Failures): void {
  const { frequency } = rule;
  if (rule.count !== null && rule.until !== null) refuse(failures, "COUNT and UNTIL exclude each other");
  if (rule.byWeekNo.length > 0 && frequency !== "YEARLY")
    refuse(failures, `BYWEEKNO is for FREQ=YEARLY only, not ${frequency}`);
  if (
    rule.byYearDay.length > 0 &&
    (frequency === "DAILY" || frequency === "WEEKLY" || frequency === "MONTHLY")
  ) {
    refuse(failures, `BYYEARDAY is not allowed with FREQ=${frequency}`);
  }
  if (rule.byMonthDay.length > 0 && frequency === "WEEKLY")
    refuse(failures, "BYMONTHDAY is not allowed with FREQ=WEEKLY");
  if (rule.byDay.some((day) => day.ordinal !== 0)) {
    if (frequency !== "MONTHLY" && frequency !== "YEARLY")
      refuse(failures, `BYDAY ordinal is not allowed with FREQ=${frequency}`);
    if (rule.byWeekNo.length > 0) refuse(failures, "BYDAY ordinal is not allowed together with BYWEEKNO");
  }
  if (rule.bySetPos.length > 0 && !hasOtherByPart(rule))
    refuse(failures, "BYSETPOS needs another BYxxx part");
}

function outcome(rule: RecurrenceRule, failures: Failures): Result<RecurrenceRule, RuleFailure> {
  const first = failures[0];
  return first === undefined ? ok(rule) : err(first);
}

/** Reads a rule strictly: every MUST of the grammar and of the prose holds, or the failure names the one that does not. */
export function parseRecurrenceRule(text: string): Result<RecurrenceRule, RuleFailure> {
  const failures: Failures = [];
  const parts = new Map<string, string>();
  for (const part of text.split(";")) {
    const match = /^([A-Za-z-]+)=([^=]*)$/.exec(part);
    if (match === null) {
      refuse(failures, `syntax: "${part}" is not NAME=value`);
      continue;
    }
    const name = (match[1] ?? "").toUpperCase();
    if (parts.has(name)) refuse(failures, `duplicate ${name}`);
    parts.set(name, match[2] ?? "");
  }
  const rule = ruleOfParts(parts, failures);
  refuseCombinations(rule, failures);
  return outcome(rule, failures);
}
