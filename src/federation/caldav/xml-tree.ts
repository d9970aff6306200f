// A namespaced tree of an XML answer. Character data stays as it came: no trimming, no numbers, no booleans. Whatever is not
// well-formed is refused whole, so that half an answer is never taken for a short one.

import sax, { type QualifiedTag } from "sax";

export interface XmlNode {
  readonly ns: string;
  readonly local: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** The character data directly inside, joined. */
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly children: OpenNode[];
  text: string;
}

const depthMax = 64;

/** undefined: not well-formed, or nested beyond reason. */
export function readXmlTree(text: string): XmlNode | undefined {
  const open: OpenNode[] = [];
  let root: XmlNode | undefined;
  let isBroken = false;
  const append = (piece: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += piece;
  };
  const parser = Object.assign(sax.parser(true, { xmlns: true }), {
    onerror: () => {
      throw new XmlFault();
    },
    onopentag: (tag: QualifiedTag) => {
      const attributes = new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
      const node: OpenNode = { ns: tag.uri, local: tag.local, attributes, children: [], text: "" };
      if (open.length >= depthMax) throw new XmlFault();
      open.at(-1)?.children.push(node);
      open.push(node);
      root ??= node;
    },
    onclosetag: () => void open.pop(),
    ontext: append,
    oncdata: append,
  });
  try {
    parser.write(text.trimStart()).close();
  } catch (fault) {
    if (!(fault instanceof XmlFault)) throw fault;
    isBroken = true;
  }
  return isBroken ? undefined : root;
}

class XmlFault extends Error {}

export function childOf(node: XmlNode, ns: string, local: string): XmlNode | undefined {
  return node.children.find((child) => child.local === local && child.ns === ns);
}

export function childrenOf(node: XmlNode, ns: string, local: string): readonly XmlNode[] {
  return node.children.filter((child) => child.local === local && child.ns === ns);
}

/** Whether the element occurs anywhere inside. */
export function contains(node: XmlNode, ns: string, local: string): boolean {
  return (
    (node.local === local && node.ns === ns) || node.children.some((child) => contains(child, ns, local))
  );
}
