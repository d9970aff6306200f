// DAV:multistatus (RFC 4918 13, RFC 6578 6.4) as plain data. Only properties that the server has (propstat 2xx) are kept. It knows
// nothing of what the properties mean.

import { childOf, childrenOf, readXmlTree, type XmlNode } from "./xml-tree.ts";

export const DAV = "DAV:";
export const CALDAV = "urn:ietf:params:xml:ns:caldav";
export const CALENDARSERVER = "http://calendarserver.org/ns/";
export const APPLE = "http://apple.com/ns/ical/";

export interface MemberAnswer {
  readonly href: string;
  /** Of the whole member; null where the member has propstats instead. */
  readonly status: number | null;
  readonly props: readonly XmlNode[];
}

export interface Multistatus {
  readonly members: readonly MemberAnswer[];
  readonly syncToken: string | null;
}

/** undefined: not a multistatus, or one with a member that cannot be told. */
export function readMultistatus(text: string): Multistatus | undefined {
  const root = readXmlTree(text);
  if (root === undefined || root.ns !== DAV || root.local !== "multistatus") return undefined;
  const members: MemberAnswer[] = [];
  for (const response of childrenOf(root, DAV, "response")) {
    const status = statusOf(response);
    const props = childrenOf(response, DAV, "propstat")
      .filter((propstat) => Math.floor((statusOf(propstat) ?? 200) / 100) === 2)
      .flatMap((propstat) => childrenOf(propstat, DAV, "prop").flatMap((prop) => prop.children));
    const hrefs = childrenOf(response, DAV, "href").map((href) => href.text.trim());
    if (hrefs.length === 0 || hrefs.includes("")) return undefined;
    // A member without propstats may stand for several resources (RFC 4918 14.24).
    for (const href of hrefs) members.push({ href, status, props });
  }
  const token = childOf(root, DAV, "sync-token")?.text.trim() ?? "";
  return { members, syncToken: token === "" ? null : token };
}

function statusOf(node: XmlNode): number | null {
  const code = /^\s*HTTP\/\S+\s+(\d{3})\b/i.exec(childOf(node, DAV, "status")?.text ?? "")?.[1];
  return code === undefined ? null : Number(code);
}

export function propOf(member: MemberAnswer, ns: string, local: string): XmlNode | undefined {
  return member.props.find((prop) => prop.local === local && prop.ns === ns);
}

/** The text of a property without the white space around it; null where it is absent or empty. */
export function textOf(member: MemberAnswer, ns: string, local: string): string | null {
  const text = propOf(member, ns, local)?.text.trim() ?? "";
  return text === "" ? null : text;
}

/** The hrefs inside a property, such as calendar-home-set. */
export function hrefsOf(member: MemberAnswer, ns: string, local: string): readonly string[] {
  const prop = propOf(member, ns, local);
  if (prop === undefined) return [];
  return childrenOf(prop, DAV, "href")
    .map((href) => href.text.trim())
    .filter((href) => href !== "");
}
