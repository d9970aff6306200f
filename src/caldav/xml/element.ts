// Asking a read element: children, attributes, and its own text cut out of the document so that it stands alone.

import { clark, XML, type XmlName } from "./names.ts";
import type { XmlElement } from "./reader.ts";
import { escapeAttribute } from "./writer.ts";

export function is(element: XmlElement, ns: string, local: string): boolean {
  return element.local === local && element.ns === ns;
}

export function childOf(element: XmlElement, ns: string, local: string): XmlElement | undefined {
  for (const child of element.children) if (child.local === local && child.ns === ns) return child;
  return undefined;
}

export function childrenOf(element: XmlElement, ns: string, local: string): readonly XmlElement[] {
  return element.children.filter((child) => child.local === local && child.ns === ns);
}

/** An attribute in no namespace. */
export function attributeOf(element: XmlElement, local: string): string | undefined {
  for (const attribute of element.attributes) {
    if (attribute.local === local && attribute.ns === "") return attribute.value;
  }
  return undefined;
}

export function namesOf(elements: readonly XmlElement[]): readonly XmlName[] {
  return elements.map(({ ns, local }) => ({ ns, local }));
}

/**
 * The element octet for octet as it was sent, as a fragment that can stand in any document: what it took from its ancestors
 * (prefixes, the default namespace, xml:lang as RFC 4918 4.3 wants) is added to its start tag.
 */
export function standalone(element: XmlElement): string {
  const { document, start, end, nameEnd, scope } = element.source;
  const raw = document.substring(start, end);
  const startTag = document.slice(nameEnd, startTagEnd(document, nameEnd));
  let added = "";
  for (const [prefix, ns] of scope.bindings) {
    if (prefix === "xml") continue;
    const declaration = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
    const declaresIt = new RegExp(`\\s${escapePattern(declaration)}\\s*=`).test(startTag);
    const usesIt = prefix === "" ? ns !== "" : raw.includes(`${prefix}:`);
    if (!declaresIt && usesIt) added += ` ${declaration}="${escapeAttribute(ns)}"`;
  }
  const hasLang = element.attributes.some(({ ns, local }) => clark(ns, local) === clark(XML, "lang"));
  if (scope.lang !== null && !hasLang) added += ` xml:lang="${escapeAttribute(scope.lang)}"`;
  return document.slice(start, nameEnd) + added + document.slice(nameEnd, end);
}

function startTagEnd(document: string, from: number): number {
  let quote = "";
  for (let at = from; at < document.length; at++) {
    const char = document.charAt(at);
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ">") return at;
  }
  return document.length;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
}
