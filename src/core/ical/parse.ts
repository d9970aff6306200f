// iCalendar text to jCal (RFC 5545 3.1 to 3.4, RFC 7265). Lenient on what real programs write (a byte order mark, bare LF, lower case, blank
// lines, text behind END:VCALENDAR, a missing VALUE=DATE), strict on structure, and bounded before it reads anything.
// Never throws. Does not judge what the components mean: calendar-object-resource.ts does.

import { precondition, type Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import { readContentLine } from "./content-line.ts";
import type { JCalComponent, JCalProperty } from "./jcal.ts";
import { kindOf, readValues, valueTypeOf } from "./vocabulary.ts";

interface OpenComponent {
  readonly name: string;
  readonly properties: JCalProperty[];
  readonly components: JCalComponent[];
}

/** Everything that neither a content line (RFC 5545 3.1) nor the XML of a CalDAV answer (XML 1.0 2.2) can carry. */
// oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

function invalid(reason: string): Result<never, Failure> {
  return err(precondition("valid-calendar-data", reason));
}

/** Octets of a string in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (code >= 0xd800 && code <= 0xdbff) {
      length += 2;
      at++;
    } else length += 2;
  }
  return length;
}

export function parseCalendar(text: string): Result<JCalComponent, Failure> {
  const most = limits.resourceBytesMax;
  if (text.length > most || (text.length * 3 > most && utf8Length(text) > most)) {
    return err(precondition("max-resource-size", `The iCalendar text is larger than ${most} octets.`));
  }
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) {
    const code = (forbidden[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return invalid(`The iCalendar text contains the control character U+${code}.`);
  }
  if (!text.isWellFormed()) return invalid("The iCalendar text contains half of a surrogate pair.");
  return readLines(text);
}

function readLines(text: string): Result<JCalComponent, Failure> {
  const lines = lineSource(text);
  const stack: OpenComponent[] = [];
  let properties = 0;
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (line === "") continue;
    const read = readContentLine(line);
    if (!read.ok) {
      return invalid(stack.length === 0 ? "The text does not begin with BEGIN:VCALENDAR." : read.error);
    }
    const { name, parameters, value } = read.value;
    const parent = stack.at(-1);
    if (name === "begin") {
      const component = value.trim().toLowerCase();
      if (parent === undefined && component !== "vcalendar") {
        return invalid("The text does not begin with BEGIN:VCALENDAR.");
      }
      if (stack.length >= limits.icalDepthMax) {
        return invalid(`Components are nested more than ${limits.icalDepthMax} deep.`);
      }
      if (++properties > limits.icalPropertiesMax) return tooMany();
      stack.push({ name: component, properties: [], components: [] });
      continue;
    }
    if (parent === undefined) return invalid("The text does not begin with BEGIN:VCALENDAR.");
    if (name === "end") {
      if (value.trim().toLowerCase() !== parent.name) {
        return invalid(`END:${value.trim()} closes BEGIN:${parent.name.toUpperCase()}.`);
      }
      stack.pop();
      const closed: JCalComponent = [parent.name, parent.properties, parent.components];
      const outer = stack.at(-1);
      if (outer === undefined) return finish(closed, lines.rest());
      outer.components.push(closed);
      continue;
    }
    if (++properties > limits.icalPropertiesMax) return tooMany();
    parent.properties.push(readProperty(name, parameters, value));
  }
  const open = stack.at(-1);
  return invalid(
    open === undefined
      ? "There is no VCALENDAR in the text."
      : `BEGIN:${open.name.toUpperCase()} is never closed.`,
  );
}

function tooMany(): Result<never, Failure> {
  return invalid(`The object has more than ${limits.icalPropertiesMax} properties.`);
}

function finish(calendar: JCalComponent, rest: string): Result<JCalComponent, Failure> {
  if (/^begin:vcalendar\s*$/im.test(rest)) {
    return err(
      precondition(
        "valid-calendar-object-resource",
        "The text holds more than one VCALENDAR (RFC 4791 4.1).",
      ),
    );
  }
  return ok(calendar);
}

function readProperty(
  name: string,
  parameters: { [name: string]: string | readonly string[] },
  value: string,
): JCalProperty {
  const kind = kindOf(name);
  const declared = parameters["value"];
  if (declared !== undefined) delete parameters["value"];
  const type = valueTypeOf(kind, typeof declared === "string" ? declared : null, value);
  return [name, parameters, type, ...readValues(kind, type, value)];
}

interface LineSource {
  /** The next unfolded line; null behind the last. */
  next(): string | null;
  /** What was not read yet. */
  rest(): string;
}

/** Unfolded lines (RFC 5545 3.1) that end with CRLF, LF or, in a text without any LF, CR. */
function lineSource(source: string): LineSource {
  const text = source.includes("\n") ? source : source.replaceAll("\r", "\n");
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  function physicalLine(): string {
    const end = text.indexOf("\n", position);
    const from = position;
    let stop = end === -1 ? text.length : end;
    position = end === -1 ? text.length : end + 1;
    while (stop > from && text.charCodeAt(stop - 1) === 13) stop--;
    return text.slice(from, stop);
  }
  return {
    next() {
      if (position >= text.length) return null;
      let line = physicalLine();
      for (;;) {
        const code = text.charCodeAt(position);
        if ((code !== 32 && code !== 9) || line === "") return line;
        position++;
        line += physicalLine();
      }
    },
    rest: () => text.slice(position),
  };
}
