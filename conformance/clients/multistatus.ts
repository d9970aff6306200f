// Reads a 207 as a client does: namespaces resolved, properties by `{namespace}local`. fast-xml-parser reads the XML, so that no code
// of the server judges its own answers.

import { XMLParser, XMLValidator } from "fast-xml-parser";

export interface Element {
  /** `{DAV:}href`. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

export interface Propstat {
  readonly statusLine: string;
  readonly properties: ReadonlyMap<string, Element>;
}

export interface ResponseElement {
  readonly href: string;
  /** Of a response without properties. */
  readonly statusLine: string | undefined;
  readonly propstats: readonly Propstat[];
}

export interface Multistatus {
  readonly responses: readonly ResponseElement[];
  readonly syncToken: string | undefined;
}

type Node = Record<string, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: "#cdata",
  htmlEntities: true,
});

export function parseXml(text: string): Element {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`not XML: ${valid.err.msg}: ${text.slice(0, 300)}`);
  const nodes = parser.parse(text) as Node[];
  const root = nodes.find(
    (node) => !Object.keys(node).some((key) => key.startsWith("?") || key.startsWith("#")),
  );
  if (root === undefined) throw new Error(`no root element: ${text.slice(0, 300)}`);
  return elementOf(root, new Map());
}

function elementOf(node: Node, outer: ReadonlyMap<string, string>): Element {
  const qualified = Object.keys(node).find((key) => key !== ":@") ?? "";
  const raw = (node[":@"] ?? {}) as Record<string, string>;
  const scope = new Map(outer);
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (key === "xmlns") scope.set("", value);
    else if (key.startsWith("xmlns:")) scope.set(key.slice(6), value);
    else attributes[key] = value;
  }
  const colon = qualified.indexOf(":");
  const ns = scope.get(colon < 0 ? "" : qualified.slice(0, colon));
  if (colon >= 0 && ns === undefined) throw new Error(`unbound prefix in ${qualified}`);
  const children: Element[] = [];
  let text = "";
  for (const child of node[qualified] as Node[]) {
    if ("#text" in child) text += String(child["#text"]);
    else if ("#cdata" in child)
      text += (child["#cdata"] as Node[]).map((part) => String(part["#text"])).join("");
    else children.push(elementOf(child, scope));
  }
  return { name: `{${ns ?? ""}}${qualified.slice(colon + 1)}`, attributes, children, text };
}

export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}

export function readMultistatus(text: string): Multistatus {
  const root = parseXml(text);
  if (root.name !== "{DAV:}multistatus") throw new Error(`${root.name} is no multistatus`);
  return {
    responses: root.children
      .filter(({ name }) => name === "{DAV:}response")
      .map((response) => ({
        href: childOf(response, "{DAV:}href")?.text ?? "",
        statusLine: childOf(response, "{DAV:}status")?.text,
        propstats: response.children
          .filter(({ name }) => name === "{DAV:}propstat")
          .map((propstat) => ({
            statusLine: childOf(propstat, "{DAV:}status")?.text ?? "",
            properties: new Map(
              (childOf(propstat, "{DAV:}prop")?.children ?? []).map((each) => [each.name, each]),
            ),
          })),
      })),
    syncToken: childOf(root, "{DAV:}sync-token")?.text,
  };
}

export function responseAt(multistatus: Multistatus, href: string): ResponseElement {
  const found = multistatus.responses.filter((response) => response.href === href);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(
      `${found.length} responses for ${href} among ${multistatus.responses.map((each) => each.href).join(" ")}`,
    );
  }
  return only;
}

/** The property with status 200, or undefined. */
export function found(response: ResponseElement, name: string): Element | undefined {
  return response.propstats.find(({ statusLine }) => statusLine === "HTTP/1.1 200 OK")?.properties.get(name);
}

/** Names in the propstat of a status, sorted. */
export function namesWith(response: ResponseElement, statusLine: string): readonly string[] {
  return response.propstats
    .filter((propstat) => propstat.statusLine === statusLine)
    .flatMap(({ properties }) => [...properties.keys()])
    .toSorted();
}

/** The clause inside DAV:error, `{namespace}local`; undefined when the body is none. */
export function clauseOf(text: string): string | undefined {
  if (!/^\s*</.test(text)) return undefined;
  const root = parseXml(text);
  return root.name === "{DAV:}error" ? root.children[0]?.name : undefined;
}
