// XML that no client means: declarations, entities, bombs, bodies that are cut off (RFC 4918 8.2, 17; RFC 7303). To every method that
// reads XML, MKCALENDAR through the ingress included.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { clauseOf } from "../clients/multistatus.ts";
import { sender } from "../clients/request.ts";
import type { Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { sendInVain, stateOf } from "./untouched.ts";

let world: UsersServer;
let send: Send;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  send = sender(world.url, { login: world.userNamed("ada") });
});

afterAll(() => world?.close());

const methods = [
  ["PROPFIND", "/dav/calendars/ada/unified/", "D:propfind"],
  ["PROPPATCH", "/dav/calendars/ada/unified/", "D:propertyupdate"],
  ["REPORT", "/dav/calendars/ada/unified/", "D:sync-collection"],
  ["MKCOL", "/dav/calendars/ada/new/", "D:mkcol"],
  ["MKCALENDAR", "/dav/calendars/ada/new/", "C:mkcalendar"],
] as const;

const bound = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';

function laughs(): string {
  const entities = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`);
  return `<!DOCTYPE x [<!ENTITY l0 "ha">${entities.join("")}]>`;
}

/** The document around the root element's name; `{}` stands for it. */
const documents: readonly (readonly [what: string, document: string, reason: string])[] = [
  ["a DTD", `<!DOCTYPE {}><{} ${bound}/>`, "a document type declaration is not allowed"],
  [
    "an external entity",
    `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><{} ${bound}><D:set><D:prop><D:displayname>&e;</D:displayname></D:prop></D:set></{}>`,
    "a document type declaration is not allowed",
  ],
  [
    "an external parameter entity",
    `<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/e.dtd"> %e;]><{} ${bound}/>`,
    "a document type declaration is not allowed",
  ],
  ["a billion laughs", `${laughs()}<{} ${bound}>&l9;</{}>`, "a document type declaration is not allowed"],
  ["an unbound prefix of an element", "<{}/>", "is not bound"],
  ["an unbound prefix of an attribute", `<{} ${bound} X:a="1"/>`, "the prefix of X:a is not bound"],
  ["an entity that nobody defined", `<{} ${bound}>&nbsp;</{}>`, "an entity is not defined"],
  [
    "100,000 levels",
    `<{} ${bound}>${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}</{}>`,
    "nested too deeply",
  ],
  ["100,000 levels that never end", `<{} ${bound}>${"<a>".repeat(100_000)}`, "nested too deeply"],
  ["100,000 elements", `<{} ${bound}>${"<a/>".repeat(100_000)}</{}>`, "too many elements"],
  [
    "1,000 attributes",
    `<{} ${bound} ${Array.from({ length: 1_000 }, (_, n) => `a${n}=""`).join(" ")}/>`,
    "too many attributes",
  ],
  ["an end that is missing", `<{} ${bound}>`, "ends too early"],
  ["an end tag of another element", `<{} ${bound}><D:a></{}>`, "does not match"],
  ["two roots", `<{} ${bound}/><{} ${bound}/>`, "something follows the root element"],
  ["U+0001", `<{} ${bound}>\u0001</{}>`, "a character that XML forbids"],
  ["&#0;", `<{} ${bound}>&#0;</{}>`, "the character reference &#0; is not allowed"],
  ["JSON", '{"a": 1}', "there is no root element"],
  ["blanks", "   ", "there is no root element"],
];

function ask(
  method: string,
  path: string,
  body: string | Buffer,
  type = "text/xml",
): Promise<{ readonly status: number }> {
  return sendInVain(send, "ada", { method, path, headers: { depth: "0", "content-type": type }, body });
}

describe.each(methods)("%s", (method, path, root) => {
  test.each(documents)("%s is 400 with the reason", async (_what, document, reason) => {
    const answer = await sendInVain(send, "ada", {
      method,
      path,
      headers: { depth: "0" },
      body: document.replaceAll("{}", root),
    });
    expect([answer.status, answer.headers["content-type"]]).toEqual([400, "text/plain; charset=utf-8"]);
    expect(answer.text).toContain(reason);
    expect(answer.text).not.toContain("root:");
    expect(
      (await send({ method: "PROPFIND", path: "/dav/calendars/ada/new/", headers: { depth: "0" } })).status,
    ).toBe(404);
  });

  test("octets that are no UTF-8 are 400, another encoding 415, JSON by its type 415", async () => {
    const broken = Buffer.concat([
      Buffer.from(`<${root} ${bound}>`),
      Buffer.from([0xff]),
      Buffer.from(`</${root}>`),
    ]);
    expect((await ask(method, path, broken)).status).toBe(400);
    expect(
      (await ask(method, path, `<?xml version="1.0" encoding="iso-8859-1"?><${root} ${bound}/>`)).status,
    ).toBe(415);
    expect((await ask(method, path, `<${root} ${bound}/>`, "application/json")).status).toBe(415);
  });
});

describe("well-formed, but not what the method reads", () => {
  test.each([
    ["PROPFIND", "<D:foo xmlns:D='DAV:'/>", 400, undefined],
    ["PROPFIND", "<D:propfind xmlns:D='DAV:'><D:allprop/><D:propname/></D:propfind>", 400, undefined],
    ["PROPFIND", "<propfind><prop/></propfind>", 400, undefined],
    ["PROPPATCH", "<D:propertyupdate xmlns:D='DAV:'/>", 400, undefined],
    ["REPORT", "<D:foo xmlns:D='DAV:'/>", 403, "{DAV:}supported-report"],
    [
      "REPORT",
      "<C:addressbook-query xmlns:C='urn:ietf:params:xml:ns:carddav'/>",
      403,
      "{DAV:}supported-report",
    ],
    ["REPORT", "", 400, undefined],
    ["REPORT", "<D:sync-collection xmlns:D='DAV:'/>", 400, undefined],
    [
      "REPORT",
      "<D:sync-collection xmlns:D='DAV:'><D:sync-token>x</D:sync-token><D:sync-level>1</D:sync-level><D:prop/></D:sync-collection>",
      403,
      "{DAV:}valid-sync-token",
    ],
    [
      "REPORT",
      "<D:sync-collection xmlns:D='DAV:'><D:sync-token/><D:sync-level>7</D:sync-level><D:prop/></D:sync-collection>",
      400,
      undefined,
    ],
    [
      "REPORT",
      "<D:sync-collection xmlns:D='DAV:'><D:sync-token/><D:sync-level>1</D:sync-level><D:limit><D:nresults>-1</D:nresults></D:limit><D:prop/></D:sync-collection>",
      400,
      undefined,
    ],
    [
      "REPORT",
      "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav'/>",
      403,
      "{urn:ietf:params:xml:ns:caldav}valid-filter",
    ],
    [
      "REPORT",
      "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav'><C:filter><C:comp-filter name='VEVENT'/></C:filter></C:calendar-query>",
      403,
      "{urn:ietf:params:xml:ns:caldav}valid-filter",
    ],
    [
      "REPORT",
      "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav'><C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter name='VEVENT'><C:time-range start='yesterday'/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>",
      403,
      "{urn:ietf:params:xml:ns:caldav}valid-filter",
    ],
    [
      "REPORT",
      "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav'><C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter name='VEVENT'><C:prop-filter name='SUMMARY'><C:text-match collation='i;klingon'>x</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>",
      403,
      "{urn:ietf:params:xml:ns:caldav}supported-collation",
    ],
    ["REPORT", "<C:calendar-multiget xmlns:C='urn:ietf:params:xml:ns:caldav'/>", 400, undefined],
    ["REPORT", "<C:free-busy-query xmlns:C='urn:ietf:params:xml:ns:caldav'/>", 400, undefined],
    ["MKCOL", "<D:foo xmlns:D='DAV:'/>", 415, undefined],
    ["MKCALENDAR", "<D:foo xmlns:D='DAV:'/>", 415, undefined],
    [
      "MKCOL",
      "<D:mkcol xmlns:D='DAV:'><D:set><D:prop><D:resourcetype><D:collection/><x/></D:resourcetype></D:prop></D:set></D:mkcol>",
      403,
      undefined,
    ],
  ])("%s %s", async (method, body, status, clause) => {
    const path = method.startsWith("MK") ? "/dav/calendars/ada/new/" : "/dav/calendars/ada/unified/";
    const answer = await sendInVain(send, "ada", { method, path, headers: { depth: "1" }, body });
    expect([answer.status, clauseOf(answer.text)]).toEqual([status, clause]);
  });
});

test("PROPPATCH is all or nothing: a protected property keeps the others as they were (RFC 4918 9.2)", async () => {
  const answer = await sendInVain(send, "ada", {
    method: "PROPPATCH",
    path: "/dav/calendars/ada/unified/",
    body: "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><D:displayname>Changed</D:displayname><D:getetag>x</D:getetag></D:prop></D:set></D:propertyupdate>",
  });
  expect(answer.status).toBe(207);
  expect(answer.text).toContain("HTTP/1.1 424 Failed Dependency");
  expect(answer.text).toContain("<D:cannot-modify-protected-property/>");
  expect(await stateOf(send, "ada")).not.toContain("Changed");
});

test("a property of 1 MB is 507, and not stored", async () => {
  const answer = await sendInVain(send, "ada", {
    method: "PROPPATCH",
    path: "/dav/calendars/ada/unified/",
    body: `<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><x xmlns="urn:x">${"a".repeat(1_000_000)}</x></D:prop></D:set></D:propertyupdate>`,
  });
  expect(answer.status).toBe(207);
  expect(answer.text).toContain("HTTP/1.1 507 Insufficient Storage");
});
