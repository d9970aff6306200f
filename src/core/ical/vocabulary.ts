// Which property carries which type of value, and how a value's text becomes jCal and back (RFC 5545 3.3, 3.8; RFC 7265 3.6).
// The table of properties and the escapes of TEXT are ical.js's. Where it would lose something, a value that is not written canonically stays
// raw text, and goes out as it came: RRULE and EXRULE always, and dates, numbers and booleans that are not what they claim.

import ICAL from "ical.js";
import type { JCalProperty, JCalScalar, JCalValue } from "./jcal.ts";

interface PropertyKind {
  readonly type: string;
  readonly isList: boolean;
  readonly isStructured: boolean;
}

interface DesignProperty {
  readonly defaultType: string;
  readonly multiValue?: string;
  readonly structuredValue?: string;
}

interface TextCodec {
  fromICAL(text: string, structured?: string): string;
  toICAL(text: string, structured?: string): string;
}

const design = ICAL.design.icalendar as unknown as {
  readonly property: { readonly [name: string]: DesignProperty };
  readonly value: { readonly text: TextCodec };
};

const textCodec = design.value.text;

const kinds: ReadonlyMap<string, PropertyKind> = new Map([
  ...Object.entries(design.property).map(([name, property]): [string, PropertyKind] => [
    name,
    {
      type: property.defaultType,
      isList: property.multiValue !== undefined,
      isStructured: property.structuredValue !== undefined,
    },
  ]),
  ...[
    // RFC 7986 5, RFC 9073 6, RFC 9074 6 and 8, RFC 9253 8, RFC 7953 3.2: properties with a default type.
    ["name", "text"],
    ["color", "text"],
    ["source", "uri"],
    ["participant-type", "text"],
    ["resource-type", "text"],
    ["calendar-address", "cal-address"],
    ["acknowledged", "date-time"],
    ["proximity", "text"],
    ["concept", "uri"],
    ["refid", "text"],
    ["busytype", "text"],
  ].map(([name, type]): [string, PropertyKind] => [
    name ?? "",
    { type: type ?? "unknown", isList: false, isStructured: false },
  ]),
  ["location-type", { type: "text", isList: true, isStructured: false }],
]);

const UNKNOWN: PropertyKind = { type: "unknown", isList: false, isStructured: false };

/** Google's birthday calendar writes "20131210Z". */
const BASIC_DATE = /^\d{8}Z?$/;
const BASIC_DATE_TIME = /^\d{8}T\d{6}Z?$/;
const EXTENDED_DATE = /^\d{4}-\d{2}-\d{2}$/;
const EXTENDED_DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?$/;

export function kindOf(name: string): PropertyKind {
  return kinds.get(name) ?? UNKNOWN;
}

/**
 * The value type of a property. Dates are told by their text, not by VALUE: Outlook, Exchange and many exports omit VALUE=DATE, and others
 * write it beside a date-time.
 */
export function valueTypeOf(kind: PropertyKind, declared: string | null, value: string): string {
  const type = declared === null ? kind.type : declared.toLowerCase();
  if (kind.type === "date-time") {
    const end = value.indexOf(",");
    const first = (end === -1 ? value : value.slice(0, end)).trim();
    if (BASIC_DATE.test(first)) return "date";
    if (BASIC_DATE_TIME.test(first)) return "date-time";
    return first.includes("/") ? "period" : type;
  }
  if (kind.type === "duration" && BASIC_DATE_TIME.test(value)) return "date-time";
  return type;
}

/** The values of a property's raw text, as jCal holds them behind the type. */
export function readValues(kind: PropertyKind, type: string, text: string): readonly JCalValue[] {
  if (kind.isStructured) {
    const parts = splitUnescaped(text, ";").map((part) => readScalar(type, part, ";"));
    const [only] = parts;
    return [parts.length === 1 && only !== undefined ? only : parts];
  }
  if (!kind.isList) return [readValue(type, text)];
  return splitUnescaped(text, ",").map((part) => readValue(type, part));
}

function splitUnescaped(text: string, separator: string): readonly string[] {
  if (!text.includes("\\")) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function readValue(type: string, text: string): JCalValue {
  if (type !== "period") return readScalar(type, text);
  const slash = text.indexOf("/");
  if (slash === -1) return text;
  return [readScalar("date-time", text.slice(0, slash)), readScalar("date-time", text.slice(slash + 1))];
}

function readScalar(type: string, text: string, structured?: string): JCalScalar {
  switch (type) {
    case "text":
      return text.includes("\\") ? textCodec.fromICAL(text, structured) : text;
    case "date":
    case "date-time":
      return readDateTime(text);
    case "integer":
    case "float":
      return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean":
      return text === "TRUE" ? true : text === "FALSE" ? false : text;
    case "utc-offset":
      return /^[+-]\d{4}(\d{2})?$/.test(text)
        ? `${text.slice(0, 3)}:${text.slice(3, 5)}${text.length === 7 ? `:${text.slice(5)}` : ""}`
        : text;
  }
  return text;
}

function readDateTime(value: string): string {
  const text = value.trim();
  if (BASIC_DATE_TIME.test(text)) {
    return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 11)}:${text.slice(11, 13)}:${text.slice(13)}`;
  }
  return BASIC_DATE.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}` : text;
}

/** The text of a property's values, escaped; never with a line break in it. */
export function writeValues(property: JCalProperty): string {
  const type = property[2];
  const kind = kindOf(property[0]);
  const value = property[3];
  if (property.length === 4 && !Array.isArray(value)) return writeValue(type, value ?? "");
  if (kind.isStructured && Array.isArray(value)) {
    return value.map((part: JCalValue) => writeValue(type, part, ";")).join(";");
  }
  let text = "";
  for (let index = 3; index < property.length; index++) {
    if (index > 3) text += ",";
    text += writeValue(type, property[index] ?? "");
  }
  return text;
}

function writeValue(type: string, value: JCalValue, structured?: string): string {
  if (Array.isArray(value)) return value.map((part: JCalValue) => writeValue("date-time", part)).join("/");
  if (typeof value === "object") return "";
  if (type === "boolean" && typeof value === "boolean") return value ? "TRUE" : "FALSE";
  const text = String(value);
  if (type === "text") {
    return /[\\;,\n\r]/.test(text) ? textCodec.toICAL(text.replace(/\r\n?/g, "\n"), structured) : text;
  }
  if (type === "date" || type === "date-time") {
    if (EXTENDED_DATE_TIME.test(text) || EXTENDED_DATE.test(text)) return text.replace(/[-:]/g, "");
  } else if (type === "utc-offset" && /^[+-]\d{2}:\d{2}(:\d{2})?$/.test(text)) {
    return text.replaceAll(":", "");
  }
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, " ") : text;
}
