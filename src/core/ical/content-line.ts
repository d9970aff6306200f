// One content line of iCalendar (RFC 5545 3.1, 3.2; RFC 6868): name, parameters and the raw text of its value.
// ical.js does not read lines here: it cuts a value short behind a list of quoted parameters and keeps only the first entry of a
// quoted list that it does not know. Knows nothing of properties, value types or components.

import { err, ok, type Result } from "../result.ts";

export interface ContentLine {
  /** Lower-case. */
  readonly name: string;
  /** Lower-case names; a parameter with several values is a list. VALUE is among them. */
  readonly parameters: { [name: string]: string | readonly string[] };
  readonly value: string;
}

const COLON = 58;
const SEMICOLON = 59;
const COMMA = 44;
const QUOTE = 34;

/** Lotus Notes writes underscores ("X-LOTUS-CHILD_UID"). */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 95
  );
}

function endOfName(line: string, from: number): number {
  let at = from;
  while (at < line.length && isNameCharacter(line.charCodeAt(at))) at++;
  return at;
}

/** RFC 6868 3. */
export function decodeParameter(text: string): string {
  if (!text.includes("^")) return text;
  return text.replace(/\^[n'^]/g, (pair) => (pair === "^n" ? "\n" : pair === "^'" ? '"' : "^"));
}

/** Reads an unfolded line; the error is a sentence that names what is wrong. */
export function readContentLine(line: string): Result<ContentLine, string> {
  const nameEnd = endOfName(line, 0);
  if (nameEnd === 0) return err("A line does not begin with a property name.");
  const parameters: { [name: string]: string | readonly string[] } = {};
  let at = nameEnd;
  while (line.charCodeAt(at) === SEMICOLON) {
    const start = at + 1;
    if (line.charCodeAt(start) === SEMICOLON) {
      at = start;
      continue;
    }
    const equals = endOfName(line, start);
    if (equals === start || line[equals] !== "=") {
      return err(`A parameter of ${line.slice(0, nameEnd)} has no name or no value.`);
    }
    const name = line.slice(start, equals).toLowerCase();
    if (name === "__proto__") return err(`A parameter of ${line.slice(0, nameEnd)} has an impossible name.`);
    const read = readParameterValues(line, equals + 1);
    if (!read.ok) return err(`The parameter ${name.toUpperCase()} ${read.error}.`);
    const known = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const values =
      known === undefined ? read.value.values : [...[known].flat(), ...[read.value.values].flat()];
    parameters[name] = values;
    at = read.value.end;
  }
  if (line.charCodeAt(at) !== COLON) {
    return err(
      at >= line.length
        ? `The line ${line.slice(0, nameEnd)} has no value (no ":").`
        : `The name ${line.slice(0, at + 1)}… is not a property name.`,
    );
  }
  return ok({ name: line.slice(0, nameEnd).toLowerCase(), parameters, value: line.slice(at + 1) });
}

/** Length of `""text""` at the start, or 0. */
function doubledQuote(text: string): number {
  return /^""[^"]+""(?=[,;:])/.exec(text)?.[0].length ?? 0;
}

function readParameterValues(
  line: string,
  from: number,
): Result<{ values: string | readonly string[]; end: number }, string> {
  let at = from;
  let values: string | string[] | null = null;
  for (;;) {
    let value: string;
    if (line.charCodeAt(at) === QUOTE) {
      // Exchange quotes what is quoted already: CN=""4th floor"".
      const doubled = line.charCodeAt(at + 1) === QUOTE ? doubledQuote(line.slice(at)) : 0;
      const open = doubled > 0 ? at + 1 : at;
      const close = line.indexOf('"', open + 1);
      if (close === -1) return err("has no closing quote");
      value = decodeParameter(line.slice(open + 1, close));
      at = doubled > 0 ? at + doubled : close + 1;
      const next = line.charCodeAt(at);
      if (next !== COMMA && next !== SEMICOLON && next !== COLON) {
        return err("has text behind its closing quote");
      }
    } else {
      const start = at;
      for (; at < line.length; at++) {
        const code = line.charCodeAt(at);
        if (code === COMMA || code === SEMICOLON || code === COLON) break;
      }
      value = decodeParameter(line.slice(start, at));
    }
    if (values === null) values = value;
    else if (typeof values === "string") values = [values, value];
    else values.push(value);
    if (line.charCodeAt(at) !== COMMA) return ok({ values, end: at });
    at++;
  }
}

/** RFC 6868 3; a value with a separator is quoted. Line breaks other than "\n" cannot be carried and become one. */
function encodeParameterValue(value: string): string {
  const text = /[\r\n^"]/.test(value)
    ? value
        .replace(/\r\n?/g, "\n")
        .replace(/[\n^"]/g, (mark) => (mark === "\n" ? "^n" : mark === '"' ? "^'" : "^^"))
    : value;
  return /[:;,]/.test(text) ? `"${text}"` : text;
}

/** ";NAME=value" */
export function writeParameter(name: string, value: string | readonly string[]): string {
  const text =
    typeof value === "string" ? encodeParameterValue(value) : value.map(encodeParameterValue).join(",");
  return `;${name.toUpperCase()}=${text}`;
}
