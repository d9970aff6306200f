// A strict, namespaced reader of request bodies (XML 1.0, Namespaces in XML 1.0; RFC 4918 17 on hostile input).
// It refuses whatever is not well-formed, every document type declaration (so no entity but the five predefined ones), unbound
// prefixes, and documents beyond the limits of depth and size. Elements remember where they stand in the source, so that a
// property can be kept octet for octet. fast-xml-parser is not used for this: it knows neither namespaces nor positions and
// accepts malformed input.

import { limits } from "../../core/limits.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { clark, XML, XMLNS, type XmlName } from "./names.ts";
import { isChars, readName, readReference, skipSpace, XmlFault } from "./scan.ts";

export interface XmlAttribute extends XmlName {
  readonly value: string;
}

export interface XmlElement extends XmlName {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The character data directly inside, joined. */
  readonly text: string;
  /** Where the element stands in the source, and how it was written there. */
  readonly source: Source;
}

export interface Source {
  readonly document: string;
  readonly start: number;
  readonly end: number;
  /** End of the qualified name in the start tag. */
  readonly nameEnd: number;
  readonly scope: Scope;
}

/** Prefixes in scope; the empty prefix is the default namespace. `lang` is the inherited xml:lang. */
export interface Scope {
  readonly bindings: ReadonlyMap<string, string>;
  readonly lang: string | null;
}

const ROOT_SCOPE: Scope = {
  bindings: new Map([
    ["xml", XML],
    ["", ""],
  ]),
  lang: null,
};

/** Far beyond any client; they keep the work per element bounded. */
const ATTRIBUTES_MAX = 128;
const BINDINGS_MAX = 64;

interface OpenElement {
  readonly qualified: string;
  readonly ns: string;
  readonly local: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: XmlElement[];
  readonly start: number;
  readonly nameEnd: number;
  readonly scope: Scope;
  text: string;
}

/** Reads a whole document. The error is a sentence that names what is wrong and where. */
export function readXml(text: string): Result<XmlElement, string> {
  try {
    return ok(read(text));
  } catch (fault) {
    if (fault instanceof XmlFault) return err(fault.message);
    throw fault;
  }
}

function read(text: string): XmlElement {
  let at = skipMisc(text, readDeclaration(text), true);
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  while (root === undefined) {
    if (text.charCodeAt(at) !== 60) {
      at = readCharacters(text, at, open);
      continue;
    }
    if (text.startsWith("</", at)) {
      const closed = closeElement(text, at, open);
      at = closed.source.end;
      const parent = open.at(-1);
      if (parent === undefined) root = closed;
      else parent.children.push(closed);
    } else if (text.startsWith("<!--", at)) at = skipComment(text, at);
    else if (text.startsWith("<![CDATA[", at)) at = readCData(text, at, open);
    else if (text.startsWith("<?", at)) at = skipInstruction(text, at);
    else if (text.startsWith("<!", at)) throw new XmlFault("a declaration is not allowed here", at);
    else {
      if (++elements > limits.xmlElementsMax) throw new XmlFault("the document has too many elements", at);
      if (open.length >= limits.xmlDepthMax) throw new XmlFault("the document is nested too deeply", at);
      const started = startElement(text, at, open.at(-1)?.scope ?? ROOT_SCOPE);
      at = started.end;
      if (!started.isEmpty) open.push(started.element);
      else {
        const closed = finish(text, started.element, at);
        const parent = open.at(-1);
        if (parent === undefined) root = closed;
        else parent.children.push(closed);
      }
    }
  }
  at = skipMisc(text, at, false);
  if (at < text.length) throw new XmlFault("something follows the root element", at);
  return root;
}

/** The XML declaration. The encoding was settled before (body.ts); here only its form is checked. */
function readDeclaration(text: string): number {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (!/^<\?xml[\s?]/.test(text.slice(start, start + 6))) return start;
  const end = text.indexOf("?>", start);
  const declaration = end < 0 ? "" : text.slice(start, end + 2);
  const form =
    /^<\?xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/;
  if (!form.test(declaration)) throw new XmlFault("the XML declaration is malformed", start);
  return end + 2;
}

/** White space, comments and processing instructions around the root element. */
function skipMisc(text: string, from: number, before: boolean): number {
  let at = from;
  for (;;) {
    at = skipSpace(text, at);
    if (text.startsWith("<!--", at)) at = skipComment(text, at);
    else if (text.startsWith("<?", at)) at = skipInstruction(text, at);
    else break;
  }
  if (text.startsWith("<!DOCTYPE", at)) throw new XmlFault("a document type declaration is not allowed", at);
  if (before && text.charCodeAt(at) !== 60) throw new XmlFault("there is no root element", at);
  return at;
}

function skipComment(text: string, at: number): number {
  const end = text.indexOf("--", at + 4);
  if (end < 0 || text.charAt(end + 2) !== ">") throw new XmlFault("a comment is malformed", at);
  if (!isChars(text, at + 4, end)) throw new XmlFault("a comment holds a character that XML forbids", at);
  return end + 3;
}

function skipInstruction(text: string, at: number): number {
  const name = readName(text, at + 2);
  const end = text.indexOf("?>", name.end);
  const separated = end === name.end || /\s/.test(text.charAt(name.end));
  if (end < 0 || !separated || name.text.toLowerCase() === "xml" || name.text.includes(":")) {
    throw new XmlFault("a processing instruction is malformed", at);
  }
  return end + 2;
}

function readCharacters(text: string, at: number, open: readonly OpenElement[]): number {
  const element = open.at(-1);
  if (element === undefined || at >= text.length) throw new XmlFault("the document ends too early", at);
  let end = text.indexOf("<", at);
  if (end < 0) end = text.length;
  element.text += decode(text, at, end, false);
  return end;
}

function readCData(text: string, at: number, open: readonly OpenElement[]): number {
  const element = open.at(-1);
  const end = text.indexOf("]]>", at + 9);
  if (element === undefined || end < 0) throw new XmlFault("a CDATA section is malformed", at);
  if (!isChars(text, at + 9, end)) throw new XmlFault("the text holds a character that XML forbids", at);
  element.text += foldLineEnds(text.slice(at + 9, end));
  return end + 3;
}

/** XML 1.0 2.11: a parser sees one line feed for every line end. */
function foldLineEnds(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text;
}

/** Character data or an attribute value: references replaced, line ends folded, white space of attributes normalised (3.3.3). */
function decode(text: string, start: number, end: number, isAttribute: boolean): string {
  const raw = text.slice(start, end);
  if (!isChars(text, start, end)) throw new XmlFault("the text holds a character that XML forbids", start);
  if (!isAttribute && raw.includes("]]>")) throw new XmlFault("`]]>` is not allowed in text", start);
  let out = "";
  let from = 0;
  for (;;) {
    const ampersand = raw.indexOf("&", from);
    const literal = foldLineEnds(ampersand < 0 ? raw.slice(from) : raw.slice(from, ampersand));
    out += isAttribute ? literal.replace(/[\t\n]/g, " ") : literal;
    if (ampersand < 0) return out;
    const reference = readReference(raw, ampersand, start);
    out += reference.text;
    from = reference.end;
  }
}

function startElement(
  text: string,
  at: number,
  outer: Scope,
): { element: OpenElement; end: number; isEmpty: boolean } {
  const name = readName(text, at + 1);
  const raw: { qualified: string; value: string; at: number }[] = [];
  let next = name.end;
  for (;;) {
    const gap = skipSpace(text, next);
    const code = text.charCodeAt(gap);
    if (code === 62 || (code === 47 && text.charCodeAt(gap + 1) === 62)) {
      next = gap;
      break;
    }
    if (gap === next) throw new XmlFault("a start tag is malformed", at);
    const attribute = readName(text, gap);
    const equals = skipSpace(text, attribute.end);
    const quoteAt = skipSpace(text, equals + 1);
    const quote = text.charAt(quoteAt);
    if (text.charAt(equals) !== "=" || (quote !== '"' && quote !== "'")) {
      throw new XmlFault(`the attribute ${attribute.text} is malformed`, gap);
    }
    const end = text.indexOf(quote, quoteAt + 1);
    if (end < 0) throw new XmlFault(`the attribute ${attribute.text} has no end`, gap);
    if (text.slice(quoteAt + 1, end).includes("<")) {
      throw new XmlFault("`<` is not allowed in an attribute", gap);
    }
    if (raw.length >= ATTRIBUTES_MAX) throw new XmlFault("an element has too many attributes", at);
    raw.push({ qualified: attribute.text, value: decode(text, quoteAt + 1, end, true), at: gap });
    next = end + 1;
  }
  const isEmpty = text.charCodeAt(next) === 47;
  const scope = scopeOf(raw, outer);
  const { ns, local } = resolve(name.text, scope, true, at);
  const attributes = attributesOf(raw, scope);
  return {
    element: {
      qualified: name.text,
      ns,
      local,
      attributes,
      children: [],
      start: at,
      nameEnd: name.end,
      scope,
      text: "",
    },
    end: next + (isEmpty ? 2 : 1),
    isEmpty,
  };
}

type RawAttributes = readonly { readonly qualified: string; readonly value: string; readonly at: number }[];

function scopeOf(raw: RawAttributes, outer: Scope): Scope {
  let bindings: Map<string, string> | undefined;
  let lang = outer.lang;
  for (const { qualified, value, at } of raw) {
    if (qualified === "xml:lang") lang = value;
    const prefix =
      qualified === "xmlns" ? "" : qualified.startsWith("xmlns:") ? qualified.slice(6) : undefined;
    if (prefix === undefined) continue;
    const reserved = value === XMLNS || prefix === "xmlns" || (prefix === "xml") !== (value === XML);
    if (reserved || (prefix !== "" && value === "")) {
      throw new XmlFault(`the namespace declaration ${qualified} is not allowed`, at);
    }
    bindings ??= new Map(outer.bindings);
    bindings.set(prefix, value);
    if (bindings.size > BINDINGS_MAX) throw new XmlFault("too many namespaces are in scope", at);
  }
  return bindings === undefined && lang === outer.lang
    ? outer
    : { bindings: bindings ?? outer.bindings, lang };
}

function attributesOf(raw: RawAttributes, scope: Scope): readonly XmlAttribute[] {
  if (raw.length === 0) return [];
  const attributes: XmlAttribute[] = [];
  const seen = new Set<string>();
  for (const { qualified, value, at } of raw) {
    if (seen.has(qualified)) throw new XmlFault(`the attribute ${qualified} stands twice`, at);
    seen.add(qualified);
    if (qualified === "xmlns" || qualified.startsWith("xmlns:")) continue;
    const { ns, local } = resolve(qualified, scope, false, at);
    const expanded = clark(ns, local);
    if (ns !== "" && seen.has(expanded)) throw new XmlFault(`the attribute ${qualified} stands twice`, at);
    seen.add(expanded);
    attributes.push({ ns, local, value });
  }
  return attributes;
}

function resolve(qualified: string, scope: Scope, isElement: boolean, at: number): XmlName {
  const colon = qualified.indexOf(":");
  if (colon < 0) return { ns: isElement ? (scope.bindings.get("") ?? "") : "", local: qualified };
  const local = qualified.slice(colon + 1);
  const ns = scope.bindings.get(qualified.slice(0, colon));
  if (ns === undefined) throw new XmlFault(`the prefix of ${qualified} is not bound`, at);
  if (local.includes(":") || !/^[^\d.\-·]/.test(local)) {
    throw new XmlFault(`${qualified} is not a qualified name`, at);
  }
  return { ns, local };
}

function closeElement(text: string, at: number, open: OpenElement[]): XmlElement {
  const name = readName(text, at + 2);
  const end = skipSpace(text, name.end);
  const element = open.pop();
  if (element === undefined || element.qualified !== name.text || text.charAt(end) !== ">") {
    throw new XmlFault(`the end tag of ${name.text} does not match`, at);
  }
  return finish(text, element, end + 1);
}

function finish(text: string, element: OpenElement, end: number): XmlElement {
  return {
    ns: element.ns,
    local: element.local,
    name: clark(element.ns, element.local),
    attributes: element.attributes,
    children: element.children,
    text: element.text,
    source: {
      document: text,
      start: element.start,
      end,
      nameEnd: element.nameEnd,
      scope: element.scope,
    },
  };
}
