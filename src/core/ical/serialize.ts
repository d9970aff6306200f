// jCal to iCalendar text (RFC 5545 3.1): CRLF, lines folded at 75 octets and never inside a character, RFC 6868 in parameters.
// A line break inside a value can never end a line, whoever put it there.

import { writeParameter } from "./content-line.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { kindOf, writeValues } from "./vocabulary.ts";

const LINE_OCTETS_MAX = 75;

export function serializeCalendar(calendar: JCalComponent): string {
  const lines: string[] = [];
  writeComponent(calendar, lines);
  return lines.join("");
}

function writeComponent(component: JCalComponent, lines: string[]): void {
  const name = component[0].toUpperCase();
  lines.push(`BEGIN:${name}\r\n`);
  for (const property of component[1]) lines.push(fold(contentLine(property)));
  for (const child of component[2]) writeComponent(child, lines);
  lines.push(`END:${name}\r\n`);
}

/** A property as one unfolded line, without its line end. */
export function contentLine(property: JCalProperty): string {
  const [name, parameters, type] = property;
  let line = name.toUpperCase();
  for (const parameter in parameters) {
    const value = parameters[parameter];
    if (value !== undefined) line += writeParameter(parameter, value);
  }
  if (type !== kindOf(name).type && type !== "unknown") line += `;VALUE=${type.toUpperCase()}`;
  return `${line}:${writeValues(property)}`;
}

function fold(line: string): string {
  if (line.length * 3 <= LINE_OCTETS_MAX) return `${line}\r\n`;
  let folded = "";
  let start = 0;
  let octets = 0;
  for (let at = 0; at < line.length;) {
    const code = line.charCodeAt(at);
    const isPair = code >= 0xd800 && code <= 0xdbff;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    if (octets + size > LINE_OCTETS_MAX) {
      folded += `${line.slice(start, at)}\r\n `;
      start = at;
      octets = 1;
    }
    octets += size;
    at += isPair ? 2 : 1;
  }
  return `${folded}${line.slice(start)}\r\n`;
}
