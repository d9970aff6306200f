// The three-way merge: per property, per instance, later change wins, editing beats removing.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCalendar } from "../ical/parse.ts";
import { serializeCalendar } from "../ical/serialize.ts";
import { semanticText } from "../ical/semantic.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import { mergeObjects } from "./merge.ts";

interface Sketch {
  readonly [property: string]: string;
}

function component(sketch: Sketch): string {
  const lines = Object.entries({ DTSTART: "20260115T090000Z", ...sketch }).map(([name, value]) =>
    name.includes(":") ? name : `${name}:${value}`,
  );
  return ["BEGIN:VEVENT", "UID:1@example.com", ...lines, "END:VEVENT"].join("\r\n");
}

function object(master: Sketch, ...instances: readonly Sketch[]): JCalComponent {
  const text = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:x",
    ...[master, ...instances].map(component),
    "END:VCALENDAR",
    "",
  ];
  const calendar = parseCalendar(text.join("\r\n"));
  if (!calendar.ok) throw new Error("fixture");
  return calendar.value;
}

function merged(base: JCalComponent | null, ours: JCalComponent, theirs: JCalComponent) {
  const result = mergeObjects(base, ours, theirs);
  return { text: serializeCalendar(result.calendar), losses: result.losses, calendar: result.calendar };
}

const stamp = (minute: number): Sketch => ({
  DTSTAMP: "20260101T000000Z",
  "LAST-MODIFIED": `20260101T00${String(minute).padStart(2, "0")}00Z`,
});

function moved(title: string): Sketch {
  return { "RECURRENCE-ID": "20260117T090000Z", DTSTART: "20260117T120000Z", SUMMARY: title };
}

describe("properties", () => {
  const base = object({ ...stamp(0), SUMMARY: "Lunch", LOCATION: "Here" });

  it("keeps what each side changed", () => {
    const { text, losses } = merged(
      base,
      object({ ...stamp(1), SUMMARY: "Dinner", LOCATION: "Here" }),
      object({ ...stamp(2), SUMMARY: "Lunch", LOCATION: "There" }),
    );
    expect(text).toContain("SUMMARY:Dinner");
    expect(text).toContain("LOCATION:There");
    expect(losses).toEqual([]);
  });

  it("takes the later change of the same property and reports the other", () => {
    const ours = object({ ...stamp(5), SUMMARY: "Ours", LOCATION: "Here" });
    const theirs = object({ ...stamp(2), SUMMARY: "Theirs", LOCATION: "Here" });
    const { text, losses } = merged(base, ours, theirs);
    expect(text).toContain("SUMMARY:Ours");
    expect(losses).toMatchObject([{ instance: "master", property: "summary", side: "theirs" }]);
    expect(losses[0]?.value).toContain("Theirs");
  });

  it("takes the provider's where neither is later", () => {
    const { text, losses } = merged(
      base,
      object({ ...stamp(1), SUMMARY: "Ours" }),
      object({ ...stamp(1), SUMMARY: "Theirs" }),
    );
    expect(text).toContain("SUMMARY:Theirs");
    expect(losses.some((loss) => loss.side === "ours" && loss.value.includes("Ours"))).toBe(true);
  });

  it("takes start and end together", () => {
    const { text } = merged(
      object({ DTEND: "20260115T100000Z" }),
      object({ ...stamp(1), DTSTART: "20260115T120000Z", DTEND: "20260115T130000Z" }),
      object({ ...stamp(2), DTEND: "20260115T110000Z" }),
    );
    expect(text).toContain("DTSTART:20260115T090000Z");
    expect(text).toContain("DTEND:20260115T110000Z");
  });

  it("merges attendees one by one", () => {
    const { text } = merged(
      object({ "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@example.com": "" }),
      object({ "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com": "" }),
      object({
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@example.com": "",
        "ATTENDEE:mailto:b@example.com": "",
      }),
    );
    expect(text).toContain("PARTSTAT=ACCEPTED:mailto:a@example.com");
    expect(text).toContain("mailto:b@example.com");
  });

  it("merges exceptions one by one", () => {
    const rule = { RRULE: "FREQ=DAILY" };
    const { text } = merged(
      object({ ...rule, "EXDATE:20260116T090000Z": "" }),
      object({ ...rule, "EXDATE:20260116T090000Z,20260117T090000Z": "" }),
      object({ ...rule, "EXDATE:20260118T090000Z": "" }),
    );
    expect(text).toContain("20260117T090000Z");
    expect(text).toContain("20260118T090000Z");
    expect(text).not.toContain("20260116T090000Z");
  });
});

describe("instances", () => {
  const rule = { RRULE: "FREQ=DAILY", SUMMARY: "Daily" };

  it("keeps an instance that one side added", () => {
    const { text } = merged(
      object(rule),
      object(rule, moved("Ours")),
      object({ ...rule, LOCATION: "There" }),
    );
    expect(text).toContain("SUMMARY:Ours");
    expect(text).toContain("LOCATION:There");
  });

  it("removes an instance that one side removed and the other left alone", () => {
    const before = object(rule, moved("Once"));
    const { text } = merged(before, object({ ...rule, "EXDATE:20260117T090000Z": "" }), before);
    expect(text).not.toContain("Once");
    expect(text).toContain("EXDATE:20260117T090000Z");
  });

  it("keeps an instance that one side removed and the other edited", () => {
    const { text, losses } = merged(
      object(rule, moved("Once")),
      object({ ...rule, "EXDATE:20260117T090000Z": "" }),
      object(rule, moved("Edited")),
    );
    expect(text).toContain("Edited");
    expect(text).not.toContain("EXDATE");
    expect(losses).toMatchObject([{ side: "ours", property: "component" }]);
  });
});

describe("laws", () => {
  const texts = fc.constantFrom("A", "B", "C");
  const sketch = fc.record({
    SUMMARY: texts,
    LOCATION: texts,
    DESCRIPTION: texts,
    "LAST-MODIFIED": fc.constantFrom("20260101T000100Z", "20260101T000200Z"),
  });

  it("an unchanged side changes nothing", () => {
    fc.assert(
      fc.property(sketch, sketch, (base, changed) => {
        const [before, after] = [object(base), object(changed)];
        expect(semanticText(merged(before, before, after).calendar)).toBe(semanticText(after));
        expect(semanticText(merged(before, after, before).calendar)).toBe(semanticText(after));
      }),
    );
  });

  it("every value of both sides is in the result, in the base, or reported as lost", () => {
    fc.assert(
      fc.property(sketch, sketch, sketch, (base, ours, theirs) => {
        const result = merged(object(base), object(ours), object(theirs));
        for (const side of [ours, theirs])
          for (const name of ["SUMMARY", "LOCATION", "DESCRIPTION"] as const) {
            const isKept = result.text.includes(`${name}:${side[name]}`) || base[name] === side[name];
            const isReported = result.losses.some(
              (loss) => loss.property === name.toLowerCase() && loss.value.includes(`"${side[name]}"`),
            );
            expect(isKept || isReported).toBe(true);
          }
      }),
    );
  });
});
