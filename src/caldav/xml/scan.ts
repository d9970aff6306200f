// The lowest level of the reader: names, references and legal characters of XML 1.0 (2.2, 2.3, 4.1). Knows no elements.

/** Thrown inside the reader only; readXml turns it into a returned error. */
export class XmlFault extends Error {
  constructor(what: string, at: number) {
    super(`${what} (character ${at})`);
  }
}

// The productions NameStartChar and NameChar: ranges of code points, no sequences.
/* oxlint-disable no-misleading-character-class -- the ranges of XML 1.0 2.3, which name combining characters one by one */
const NAME =
  /[:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}][:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}\-.0-9\u00B7\u0300-\u036F\u203F\u2040]*/uy;
/* oxlint-enable no-misleading-character-class */

export function readName(text: string, at: number): { readonly text: string; readonly end: number } {
  NAME.lastIndex = at;
  const match = NAME.exec(text);
  if (match === null) throw new XmlFault("a name is expected", at);
  if (match[0].startsWith(":") || match[0].endsWith(":")) throw new XmlFault("a name is malformed", at);
  return { text: match[0], end: at + match[0].length };
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at++;
  }
}

// oxlint-disable-next-line no-control-regex -- the complement of the production Char (XML 1.0 2.2)
const NOT_CHAR = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

export function isChars(text: string, start: number, end: number): boolean {
  return !NOT_CHAR.test(text.slice(start, end));
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A character reference or one of the five predefined entities; there are no others without a DTD. */
export function readReference(
  raw: string,
  at: number,
  offset: number,
): { readonly text: string; readonly end: number } {
  const end = raw.indexOf(";", at);
  const body = end < 0 || end - at > 12 ? "" : raw.slice(at + 1, end);
  const match = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(body);
  if (match !== null) {
    const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
    const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    const text = isScalar ? String.fromCodePoint(code) : "";
    if (text === "" || !isChars(text, 0, text.length)) {
      throw new XmlFault(`the character reference &${body}; is not allowed`, offset + at);
    }
    return { text, end: end + 1 };
  }
  const text = Object.hasOwn(PREDEFINED, body) ? PREDEFINED[body] : undefined;
  if (text === undefined) throw new XmlFault("an entity is not defined", offset + at);
  return { text, end: end + 1 };
}
