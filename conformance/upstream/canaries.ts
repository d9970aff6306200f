// Events whose every text property carries a canary: a random word that must not be found where it may not go.

import { randomBytes } from "node:crypto";

export interface CanaryEvent {
  readonly uid: string;
  readonly text: string;
  /** One word a property. */
  readonly canaries: readonly string[];
}

function word(property: string): string {
  return `cnry${property.toLowerCase().replaceAll(/[^a-z]/g, "")}${randomBytes(6).toString("hex")}`;
}

const TEXT_PROPERTIES: readonly (readonly [name: string, prefix: string, suffix: string])[] = [
  ["SUMMARY", "", ""],
  ["DESCRIPTION", "", ""],
  ["LOCATION", "", ""],
  ["COMMENT", "", ""],
  ["CONTACT", "", ""],
  ["CATEGORIES", "", ""],
  ["RESOURCES", "", ""],
  ["URL", "https://", ".example.com/"],
  ["CONFERENCE;VALUE=URI;FEATURE=VIDEO", "https://meet.example.com/", ""],
  ["ATTACH", "https://files.example.com/", ""],
  ["STRUCTURED-DATA;VALUE=TEXT;FMTTYPE=text/plain", "", ""],
  ["STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html", "<b>", "</b>"],
  ["RELATED-TO", "", ""],
  ["X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Office", "geo:52.5,13.4?", ""],
  ["X-CANARY", "", ""],
  ["X-ALT-DESC;FMTTYPE=text/html", "<p>", "</p>"],
];

/** An accepted object with a canary in every text property, every person, a parameter, an alarm and a participant. */
export function canaryEvent(uid: string, start: string, end: string): CanaryEvent {
  const canaries: string[] = [];
  const take = (property: string): string => {
    const canary = word(property);
    canaries.push(canary);
    return canary;
  };
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//example.com//canary//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    `DTSTART:${start}`,
    `DTEND:${end}`,
    ...TEXT_PROPERTIES.map(
      ([name, prefix, suffix]) => `${name}:${prefix}${take(name.split(";")[0] ?? name)}${suffix}`,
    ),
    `ORGANIZER;CN=${take("organizercn")}:mailto:${take("organizer")}@example.com`,
    `ATTENDEE;CN=${take("attendeecn")};PARTSTAT=ACCEPTED:mailto:${take("attendee")}@example.com`,
    `ATTENDEE;X-PARAM=${take("parameter")}:mailto:${take("guest")}@example.com`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-PT15M",
    `DESCRIPTION:${take("alarm")}`,
    "END:VALARM",
    "BEGIN:PARTICIPANT",
    `UID:${take("participantuid")}`,
    "PARTICIPANT-TYPE:SPEAKER",
    `SUMMARY:${take("participant")}`,
    "END:PARTICIPANT",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ];
  return { uid, text: lines.join("\r\n"), canaries };
}

/** The forms in which a word could hide in bytes: UTF-8, UTF-16, hex, and base64 at its three alignments. */
export function disguises(canary: string): readonly Buffer[] {
  const utf8 = Buffer.from(canary, "utf8");
  const base64 = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), utf8]);
    const text = padded.toString("base64").replaceAll("=", "");
    // Cut the characters that depend on neighbours.
    return Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -2));
  });
  return [
    utf8,
    Buffer.from(canary, "utf16le"),
    Buffer.from(utf8.toString("hex")),
    Buffer.from(utf8.toString("hex").toUpperCase()),
    ...base64,
  ];
}

/** The canaries found in a haystack in any disguise. */
export function foundIn(haystack: Buffer, canaries: readonly string[]): readonly string[] {
  return canaries.filter((canary) => disguises(canary).some((needle) => haystack.includes(needle)));
}
