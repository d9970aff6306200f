// XML names as the protocol uses them: namespaces, Clark names and the prefixes our answers bind. Knows no documents.

export const DAV = "DAV:";
export const CALDAV = "urn:ietf:params:xml:ns:caldav";
export const CALENDARSERVER = "http://calendarserver.org/ns/";
export const APPLE_ICAL = "http://apple.com/ns/ical/";
export const XML = "http://www.w3.org/XML/1998/namespace";
export const XMLNS = "http://www.w3.org/2000/xmlns/";

export interface XmlName {
  readonly ns: string;
  readonly local: string;
}

/** Prefixes that the root element of every answer binds. There is no default namespace, so `<a/>` is in none. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  [DAV, "D"],
  [CALDAV, "C"],
  [CALENDARSERVER, "CS"],
  [APPLE_ICAL, "A"],
]);

/** The declarations that belong on a root element. */
export const ROOT_DECLARATIONS = Array.from(PREFIXES, ([ns, prefix]) => ` xmlns:${prefix}="${ns}"`).join("");

/** `{namespace}local`, the key of a name in maps. */
export function clark(ns: string, local: string): string {
  return `{${ns}}${local}`;
}

export function fromClark(name: string): XmlName {
  const end = name.lastIndexOf("}");
  return { ns: name.slice(1, end), local: name.slice(end + 1) };
}

export interface Tags {
  readonly open: string;
  readonly close: string;
  readonly empty: string;
}

/** The three tags of a name, valid below a root that carries ROOT_DECLARATIONS. */
export function tagsOf(name: XmlName): Tags {
  const prefix = PREFIXES.get(name.ns);
  if (prefix !== undefined) return tags(`${prefix}:${name.local}`, "");
  if (name.ns === "") return tags(name.local, "");
  if (name.ns === XML) return tags(`xml:${name.local}`, "");
  const ns = name.ns
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;");
  return tags(`x:${name.local}`, ` xmlns:x="${ns}"`);
}

function tags(qualified: string, declaration: string): Tags {
  return {
    open: `<${qualified}${declaration}>`,
    close: `</${qualified}>`,
    empty: `<${qualified}${declaration}/>`,
  };
}
