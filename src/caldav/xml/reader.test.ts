// XML 1.0 and Namespaces in XML 1.0 as request bodies need them; what is hostile or malformed is refused with a sentence.
// fast-xml-parser's validator, which nobody here wrote, agrees on what is well-formed.

import { describe, expect, it } from "vitest";
import { childOf, standalone } from "./element.ts";
import { readXml, type XmlElement } from "./reader.ts";
import { isWellFormed } from "./well-formed.ts";

function rootOf(text: string): XmlElement {
  const root = readXml(text);
  if (!root.ok) throw new Error(root.error);
  return root.value;
}

function errorOf(text: string): string {
  const root = readXml(text);
  return root.ok ? "accepted" : root.error;
}

describe("well-formed documents", () => {
  it("RFC 4918 9.1.3: reads the example with its namespaces", () => {
    const root = rootOf(`<?xml version="1.0" encoding="utf-8" ?>
     <D:propfind xmlns:D="DAV:">
       <D:prop xmlns:R="http://ns.example.com/boxschema/">
         <R:bigbox/>
         <R:author/>
         <R:DingALing/>
         <R:Random/>
       </D:prop>
     </D:propfind>`);
    expect(root.name).toBe("{DAV:}propfind");
    expect(childOf(root, "DAV:", "prop")?.children.map(({ name }) => name)).toEqual([
      "{http://ns.example.com/boxschema/}bigbox",
      "{http://ns.example.com/boxschema/}author",
      "{http://ns.example.com/boxschema/}DingALing",
      "{http://ns.example.com/boxschema/}Random",
    ]);
  });

  it("Namespaces in XML 6.2: the default namespace applies to elements, not to attributes, and can be undone", () => {
    const root = rootOf('<a xmlns="urn:1" b="x"><c xmlns=""/><d/></a>');
    expect(root.children.map(({ name }) => name)).toEqual(["{}c", "{urn:1}d"]);
    expect(root.attributes).toEqual([{ ns: "", local: "b", value: "x" }]);
  });

  it("XML 1.0 4.1, 4.6: replaces character references and the five predefined entities", () => {
    expect(rootOf("<a b='&quot;&#10;'>&lt;&amp;&gt;&apos;&#13;&#x1F600;</a>").text).toBe("<&>'\r😀");
  });

  it("XML 1.0 2.11: folds line ends but keeps a referenced carriage return", () => {
    expect(rootOf("<a>1\r\n2\r3&#13;\n4</a>").text).toBe("1\n2\n3\r\n4");
  });

  it("XML 1.0 3.3.3: turns white space of attributes into spaces", () => {
    expect(rootOf("<a b='1\t2\r\n3&#9;4'/>").attributes[0]?.value).toBe("1 2 3\t4");
  });

  it("XML 1.0 2.5 to 2.7: comments, processing instructions and CDATA", () => {
    expect(
      rootOf("<?xml version='1.0'?><!-- a --><?b c?><a>1<!-- & < -->2<?p?><![CDATA[<&]]>3</a><!-- z -->")
        .text,
    ).toBe("12<&3");
  });
});

describe("refused documents", () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["a DTD", "<!DOCTYPE a><a/>", /document type/],
    ["an entity bomb", '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>', /document type/],
    [
      "an external entity",
      '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      /document type/,
    ],
    ["an undefined entity", "<a>&nbsp;</a>", /entity/],
    ["an inherited object key as entity", "<a>&constructor;</a>", /entity/],
    ["a bare ampersand", "<a>R&D</a>", /entity/],
    ["an unbound prefix", "<D:a/>", /not bound/],
    ["an unbound attribute prefix", "<a x:b='1'/>", /not bound/],
    ["an undeclared prefix", "<x:a xmlns:x=''/>", /not allowed/],
    ["a rebound xml prefix", "<a xmlns:xml='urn:x'/>", /not allowed/],
    ["a declared xmlns prefix", "<a xmlns:xmlns='urn:x'/>", /not allowed/],
    ["an unclosed element", "<a><b></a>", /does not match/],
    ["a missing end", "<a><b/>", /too early/],
    ["nothing", "", /no root/],
    ["white space only", " \n", /no root/],
    ["text alone", "hello", /no root/],
    ["two roots", "<a/><b/>", /follows the root/],
    ["text after the root", "<a/>b", /follows the root/],
    ["a repeated attribute", "<a b='1' b='2'/>", /twice/],
    ["an attribute repeated by namespace", "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>", /twice/],
    ["an attribute without quotes", "<a b=1/>", /malformed/],
    ["an attribute without value", "<a b/>", /malformed/],
    ["attributes without a space between", "<a b='1'c='2'/>", /malformed/],
    ["a less-than sign in an attribute", "<a b='<'/>", /not allowed in an attribute/],
    ["a control character", "<a>\u0001</a>", /forbids/],
    ["a referenced control character", "<a>&#1;</a>", /not allowed/],
    ["a referenced surrogate", "<a>&#xD800;</a>", /not allowed/],
    ["a reference beyond Unicode", "<a>&#x110000;</a>", /not allowed/],
    ["]]> in text", "<a>]]></a>", /\]\]>/],
    ["two hyphens in a comment", "<a><!-- -- --></a>", /comment/],
    ["an unclosed comment", "<a><!-- </a>", /comment/],
    ["an unclosed CDATA section", "<a><![CDATA[</a>", /CDATA/],
    ["a declaration inside", "<a><!ELEMENT a ANY></a>", /declaration/],
    ["a late XML declaration", " <?xml version='1.0'?><a/>", /instruction/],
    ["a malformed XML declaration", "<?xml encoding='utf-8'?><a/>", /declaration/],
    ["a name that begins with a digit", "<1a/>", /name/],
    ["two colons", "<a:b:c xmlns:a='u'/>", /qualified name/],
    ["an empty local name", "<a: xmlns:a='u'/>", /malformed/],
  ];

  it.each(refused)("%s", (_, text, reason) => {
    expect(errorOf(text)).toMatch(reason);
  });

  it("a depth bomb", () => {
    expect(errorOf("<a>".repeat(100_000))).toMatch(/too deeply/);
  });

  it("an attribute bomb", () => {
    const attributes = Array.from({ length: 100_000 }, (_, i) => ` a${i}='1'`).join("");
    expect(errorOf(`<a${attributes}/>`)).toMatch(/too many attributes/);
  });

  it("a namespace bomb", () => {
    const nested = Array.from({ length: 60 }, (_, i) => `<a xmlns:p${i}='u' xmlns:q${i}='u'>`).join("");
    expect(errorOf(nested)).toMatch(/too many namespaces/);
  });

  it("an element bomb", () => {
    expect(errorOf(`<a>${"<b/>".repeat(60_000)}</a>`)).toMatch(/too many elements/);
  });
});

describe("an element standing alone", () => {
  it("RFC 4918 4.3: keeps its octets and takes along what it had from its ancestors", () => {
    const inner = "<x:p  b='1'\r\n><!-- c --><q>&#13;ä</q><![CDATA[<]]></x:p >";
    const root = rootOf(
      `<D:prop xmlns:D="DAV:" xmlns:x="urn:x" xmlns="urn:d" xml:lang="de">${inner}</D:prop>`,
    );
    const alone = standalone(root.children[0] ?? root);
    expect(alone).toBe('<x:p xmlns="urn:d" xmlns:x="urn:x" xml:lang="de"' + inner.slice("<x:p".length));
    expect(rootOf(alone).name).toBe("{urn:x}p");
    expect(rootOf(alone).children[0]?.name).toBe("{urn:d}q");
  });

  it("is not changed when it needs nothing", () => {
    const alone = '<p xmlns="urn:x" a=">"/>';
    expect(standalone(rootOf(alone))).toBe(alone);
    expect(standalone(rootOf(`<D:prop xmlns:D="DAV:">${alone}</D:prop>`).children[0] ?? rootOf(alone))).toBe(
      alone,
    );
  });

  it("keeps a declaration of its own for a prefix that an ancestor binds otherwise", () => {
    const root = rootOf('<D:a xmlns:D="DAV:" xmlns:x="urn:1"><x:p xmlns:x="urn:2"/></D:a>');
    expect(standalone(root.children[0] ?? root)).toBe('<x:p xmlns:x="urn:2"/>');
  });

  it("is well-formed for a validator that nobody here wrote", () => {
    const root = rootOf('<D:a xmlns:D="DAV:" xmlns:x="urn:&quot;1"><x:p><D:q/></x:p></D:a>');
    expect(isWellFormed(standalone(root.children[0] ?? root))).toBe(true);
  });
});
