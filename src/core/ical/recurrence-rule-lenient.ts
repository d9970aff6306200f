// Rules as real programs write them, where the meaning is plain. Forgiven, each seen in files of the field: spaces ("BYDAY=MO, TU"), a semicolon
// too much, an escaped semicolon (Ruby's vpim), parts without a value ("BYMONTH=") and unknown parts, a part repeated with the same value,
// COUNT beside UNTIL (both bound), UNTIL with dashes or "ZZ", INTERVAL=0 (the default holds), BYSETPOS alone, BYxxx parts at a frequency that the standard does not allow (they limit;
// an ordinal without a month or year to count in is dropped). Everything else is refused as the strict reader does.

import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { Failures, RecurrenceRule, RuleFailure } from "./recurrence-rule-parts.ts";
import { hasOtherByPart, isKnownPart, refuse, ruleOfParts } from "./recurrence-rule-parts.ts";

/** Reads a rule as real programs write it; refuses the rest as the strict reader does. */
export function parseRecurrenceRuleLeniently(text: string): Result<RecurrenceRule, RuleFailure> {
  const failures: Failures = [];
  const parts = new Map<string, string>();
  for (const part of text.replaceAll(/\\;/g, ";").replaceAll(/\s+/g, "").split(";")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0)).toUpperCase();
    let value = part.slice(equals + 1).replace(/,+$/, "");
    if (equals < 0 || value === "" || !isKnownPart(name)) continue;
    if (name === "INTERVAL" && /^0+$/.test(value)) continue;
    if (name === "UNTIL") value = value.replaceAll(/[-:]/g, "").replace(/Z+$/i, "Z");
    const known = parts.get(name);
    if (known !== undefined && known !== value) refuse(failures, `duplicate ${name} with another value`);
    parts.set(name, value);
  }
  const rule = ruleOfParts(parts, failures);
  const countsOrdinals =
    (rule.frequency === "MONTHLY" || rule.frequency === "YEARLY") && rule.byWeekNo.length === 0;
  const read: RecurrenceRule = {
    ...rule,
    byDay: countsOrdinals ? rule.byDay : rule.byDay.map(({ weekday }) => ({ weekday, ordinal: 0 })),
    bySetPos: hasOtherByPart(rule) ? rule.bySetPos : [],
  };
  const first = failures[0];
  return first === undefined ? ok(read) : err(first);
}
