// Invariants C, F and H: what a projection may carry, proven with canaries in every place a person can write to.

import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountId } from "../id.ts";
import { parseCalendar } from "../ical/parse.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import type { DetailLevel } from "../ports/user-graph.ts";
import { mirrorHash } from "./hash.ts";
import { projectForFeed, projectText } from "./project.ts";
import type { Target } from "./policy-compiler.ts";

const hash = (purpose: string, text: string): string =>
  createHmac("sha256", "key").update(`${purpose}\0${text}`).digest("hex").slice(0, 32);
const account = "acc_1" as AccountId;
const id = "evt_01J00000000000000000000000";

function parsed(text: string): JCalComponent {
  const calendar = parseCalendar(text);
  if (!calendar.ok) throw new Error(JSON.stringify(calendar.error));
  return calendar.value;
}

function target(detail: DetailLevel): Target {
  return { accountId: account, kind: "overlay", detail };
}

function uidIn(text: string | null): string | undefined {
  return /^UID:(.*)$/m.exec(text ?? "")?.[1];
}

function projected(text: string, detail: DetailLevel): string {
  return projectText(parsed(text), target(detail), id, hash)?.replaceAll("\r\n ", "") ?? "nothing";
}

function event(...lines: readonly string[]): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CANARY//EN", ...lines, "END:VCALENDAR", ""].join(
    "\r\n",
  );
}

const RICH = event(
  "X-WR-CALNAME:CANARY-CALNAME",
  "METHOD:REQUEST",
  "BEGIN:VTIMEZONE",
  "TZID:CANARY-ZONE",
  "X-LIC-LOCATION:Canary/Place",
  "COMMENT:CANARY-TZ-COMMENT",
  "BEGIN:STANDARD",
  "DTSTART:19700101T000000",
  "TZNAME:CANARY-TZNAME",
  "TZOFFSETFROM:+0117",
  "TZOFFSETTO:+0117",
  "END:STANDARD",
  "END:VTIMEZONE",
  "BEGIN:VEVENT",
  "UID:CANARY-UID@example.com",
  "DTSTAMP:20260101T000000Z",
  "DTSTART;TZID=CANARY-ZONE;X-PARAM=CANARY-PARAM:20260115T090000",
  "DTEND;TZID=CANARY-ZONE:20260115T100000",
  "RRULE:FREQ=WEEKLY;COUNT=10",
  "EXDATE;TZID=CANARY-ZONE:20260122T090000",
  "SUMMARY;LANGUAGE=x-canary:CANARY-SUMMARY",
  "DESCRIPTION:CANARY-DESCRIPTION https://zoom.us/j/CANARY-CONFERENCE",
  "LOCATION:CANARY-LOCATION",
  "COMMENT:CANARY-COMMENT",
  "CONTACT:CANARY-CONTACT",
  "CATEGORIES:CANARY-CATEGORY",
  "RESOURCES:CANARY-RESOURCE",
  "URL:https://example.com/CANARY-URL",
  "ATTACH:https://example.com/CANARY-ATTACH",
  "ORGANIZER;CN=CANARY-ORGANIZER:mailto:canary-organizer@example.com",
  "ATTENDEE;CN=CANARY-ATTENDEE:mailto:canary-attendee@example.com",
  "CONFERENCE;VALUE=URI:https://meet.google.com/CANARY-MEET",
  "CLASS:X-CANARY-CLASS",
  "STATUS:CONFIRMED",
  "X-CANARY:CANARY-X",
  "BEGIN:VALARM",
  "ACTION:DISPLAY",
  "TRIGGER:-PT15M",
  "DESCRIPTION:CANARY-ALARM",
  "END:VALARM",
  "END:VEVENT",
  "BEGIN:VEVENT",
  "UID:CANARY-UID@example.com",
  "DTSTAMP:20260101T000000Z",
  "RECURRENCE-ID;TZID=CANARY-ZONE:20260129T090000",
  "DTSTART;TZID=CANARY-ZONE:20260129T110000",
  "DTEND;TZID=CANARY-ZONE:20260129T120000",
  "SUMMARY:CANARY-OVERRIDE",
  "END:VEVENT",
);

describe("BUSY", () => {
  it("carries no byte that a person wrote", () => {
    expect(projected(RICH, "BUSY").toLowerCase()).not.toContain("canary");
  });

  it("keeps the times, the rule, the exception and the moved instance", () => {
    const text = projected(RICH, "BUSY");
    expect(text).toContain("SUMMARY:Busy");
    expect(text).toContain("RRULE:FREQ=WEEKLY;COUNT=10");
    expect(text).toMatch(/EXDATE;TZID=[^:]+:20260122T090000/);
    expect(text).toMatch(/RECURRENCE-ID;TZID=[^:]+:20260129T090000/);
    expect(text).toMatch(/DTSTART;TZID=[^:]+:20260129T110000/);
    expect(text).toContain("TZOFFSETTO:+0117");
    expect(text).toContain("CLASS:PRIVATE");
  });

  it.each(["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])("writes no event that blocks no time (%s)", (line) => {
    expect(projected(plain(line), "BUSY")).toBe("nothing");
  });

  it("makes an exception of an instance that is free or cancelled", () => {
    const text = projected(seriesWith("STATUS:CANCELLED"), "BUSY");
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    expect(text).toContain("EXDATE:20260122T090000Z");
  });

  it("keeps a free series as the frame of its busy instance", () => {
    const text = projected(seriesWith("TRANSP:OPAQUE", "TRANSP:TRANSPARENT"), "BUSY");
    expect(text.match(/TRANSP:TRANSPARENT/g)).toHaveLength(1);
    expect(text.match(/TRANSP:OPAQUE/g)).toHaveLength(1);
  });

  it("drops rule parts that are no rule parts", () => {
    const source = plain("RRULE:FREQ=DAILY;COUNT=3").replace("COUNT=3", "COUNT=3;X-CANARY=CANARY");
    expect(projected(source, "BUSY").toLowerCase()).not.toContain("canary");
  });

  it("never leaks, whatever the texts are", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 ,;.\\-]{0,30}$/), (noise) => {
        const canary = `canary${noise.replaceAll(/[\\,;]/g, "")}`;
        const source = plain(
          `DESCRIPTION:${canary}`,
          `X-ANY;X-P=${canary.replaceAll(" ", "")}:${canary}`,
          `LOCATION:${canary}`,
        );
        expect(projected(source, "BUSY").toLowerCase()).not.toContain("canary");
      }),
    );
  });
});

describe("TITLE and FULL", () => {
  it("TITLE adds the summary and nothing else", () => {
    const text = projected(RICH, "TITLE");
    const canaries = new Set(text.match(/CANARY-[A-Z]+/gi)?.map((word) => word.toUpperCase()));
    expect(canaries).toEqual(new Set(["CANARY-SUMMARY", "CANARY-OVERRIDE"]));
  });

  it("FULL adds content but no people, alarms, attachments or ways into the meeting", () => {
    const text = projected(RICH, "FULL");
    const canaries = new Set(text.match(/CANARY-[A-Z]+/gi)?.map((word) => word.toUpperCase()));
    expect(canaries).toEqual(
      new Set([
        "CANARY-SUMMARY",
        "CANARY-OVERRIDE",
        "CANARY-DESCRIPTION",
        "CANARY-LOCATION",
        "CANARY-CATEGORY",
        "CANARY-URL",
      ]),
    );
  });

  it.each(["BUSY", "TITLE", "FULL"] as const)(
    "%s carries no METHOD, ATTENDEE, ORGANIZER or VALARM",
    (detail) => {
      expect(projected(RICH, detail)).not.toMatch(/^(METHOD|ATTENDEE|ORGANIZER|BEGIN:VALARM)/m);
    },
  );
});

describe("identity", () => {
  it("is a pure function of its input", () => {
    expect(projected(RICH, "FULL")).toBe(projected(RICH, "FULL"));
  });

  it("gives every account another UID and tells none of ours", () => {
    const other = projectText(parsed(RICH), { ...target("BUSY"), accountId: "acc_2" as AccountId }, id, hash);
    expect(uidIn(projected(RICH, "BUSY"))).not.toBe(uidIn(other));
  });

  it("reads back as the same meaning, alarms and X- properties of a server aside", () => {
    const text = projectText(parsed(RICH), target("BUSY"), id, hash) ?? "";
    const decorated = text.replace(
      /END:VEVENT/,
      "X-SERVER:1\r\nBEGIN:VALARM\r\nACTION:NONE\r\nTRIGGER:-PT1M\r\nEND:VALARM\r\nEND:VEVENT",
    );
    expect(mirrorHash(parsed(decorated), hash)).toBe(mirrorHash(parsed(text), hash));
    const moved = text.replace("20260129T110000", "20260129T130000");
    expect(mirrorHash(parsed(moved), hash)).not.toBe(mirrorHash(parsed(text), hash));
  });

  it("shows feeds without our tags", () => {
    expect(JSON.stringify(projectForFeed(parsed(RICH), "FULL", id, hash))).not.toContain("x-t-minus");
  });
});

function plain(...lines: readonly string[]): string {
  return event(
    "BEGIN:VEVENT",
    "UID:1@example.com",
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260115T090000Z",
    "DTEND:20260115T100000Z",
    "SUMMARY:Lunch",
    ...lines,
    "END:VEVENT",
  );
}

function seriesWith(override: string, master = "TRANSP:OPAQUE"): string {
  return event(
    "BEGIN:VEVENT",
    "UID:1@example.com",
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260115T090000Z",
    "DTEND:20260115T100000Z",
    "RRULE:FREQ=WEEKLY",
    master,
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:1@example.com",
    "DTSTAMP:20260101T000000Z",
    "RECURRENCE-ID:20260122T090000Z",
    "DTSTART:20260122T090000Z",
    "DTEND:20260122T100000Z",
    override,
    "END:VEVENT",
  );
}
