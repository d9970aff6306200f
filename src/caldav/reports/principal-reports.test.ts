// expand-property (RFC 3253 3.8) and the reports of RFC 3744 9; checklist A8.

import { describe, expect, it } from "vitest";
import { client, errorOf, HOME, multistatus, PRINCIPAL, UNIFIED } from "../testing/client.ts";

async function search(match: string, prop = "displayname"): Promise<readonly string[]> {
  const body = `<D:principal-property-search xmlns:D="DAV:"><D:property-search><D:prop><D:${prop}/></D:prop><D:match>${match}</D:match></D:property-search><D:prop><D:displayname/></D:prop></D:principal-property-search>`;
  return [...multistatus(await client().send("REPORT", "/dav/principals/", body, { depth: "0" })).keys()];
}

describe("expand-property", () => {
  it("checklist A8: Apple's expansion of the proxies is 207 with empty properties", async () => {
    const body = `<?xml version="1.0" encoding="UTF-8"?><A:expand-property xmlns:A="DAV:">
      <A:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/"><A:property name="displayname" namespace="DAV:"/></A:property>
      <A:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/"><A:property name="displayname" namespace="DAV:"/></A:property>
      </A:expand-property>`;
    const found = multistatus(await client().send("REPORT", PRINCIPAL, body, { depth: "0" })).get(PRINCIPAL);
    for (const name of ["calendar-proxy-read-for", "calendar-proxy-write-for"]) {
      expect(found?.get(`{http://calendarserver.org/ns/}${name}`)).toMatchObject({ status: 200, inner: "" });
    }
  });

  it("follows hrefs, keeps plain properties, and tells what is missing", async () => {
    const body = `<D:expand-property xmlns:D="DAV:"><D:property name="displayname"/><D:property name="bogus"/>
      <D:property name="owner"><D:property name="displayname"/><D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"><D:property name="resourcetype"/></D:property></D:property></D:expand-property>`;
    const found = multistatus(await client().send("REPORT", UNIFIED, body)).get(UNIFIED);
    expect(found?.get("{DAV:}displayname")?.text).toBe("Unified");
    expect(found?.get("{DAV:}bogus")?.status).toBe(404);
    const owner = found?.get("{DAV:}owner")?.inner ?? "";
    expect(owner).toContain(`<D:response><D:href>${PRINCIPAL}</D:href>`);
    expect(owner).toContain("<D:displayname>Alice Example</D:displayname>");
    expect(owner).toContain(
      `<D:href>${HOME}</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype>`,
    );
  });

  it("ends when properties lead in a circle", async () => {
    const nested = '<D:property name="current-user-principal">'.repeat(50) + "</D:property>".repeat(50);
    const answer = await client().send(
      "REPORT",
      UNIFIED,
      `<D:expand-property xmlns:D="DAV:">${nested}</D:expand-property>`,
    );
    expect(answer.status).toBe(207);
    expect(answer.text.length).toBeLessThan(5000);
  });

  it("refuses a property without a usable name", async () => {
    for (const attributes of ["", 'name="a b"', 'name="&lt;x&gt;"']) {
      const body = `<D:expand-property xmlns:D="DAV:"><D:property ${attributes}/></D:expand-property>`;
      expect((await client().send("REPORT", PRINCIPAL, body)).status).toBe(400);
    }
  });
});

describe("the reports of RFC 3744", () => {
  it("9.5, checklist A8: principal-search-property-set is 200", async () => {
    const answer = await client().send(
      "REPORT",
      "/dav/principals/",
      '<D:principal-search-property-set xmlns:D="DAV:"/>',
      { depth: "0" },
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<D:principal-search-property><D:prop><D:displayname/></D:prop>");
  });

  it("9.4: principal-property-search finds the user by name and address, and nobody else", async () => {
    expect(await search("aLiCe")).toEqual([PRINCIPAL]);
    expect(await search("bob")).toEqual([]);
    expect(await search("alice", "getetag")).toEqual([]);
    const address = `<D:principal-property-search xmlns:D="DAV:" test="anyof"><D:property-search><D:prop><D:displayname/></D:prop><D:match>nobody</D:match></D:property-search><D:property-search><D:prop><C:calendar-user-address-set xmlns:C="urn:ietf:params:xml:ns:caldav"/></D:prop><D:match match-type="equals">mailto:a.example@example.org</D:match></D:property-search></D:principal-property-search>`;
    expect([...multistatus(await client().send("REPORT", "/dav/principals/", address)).keys()]).toEqual([
      PRINCIPAL,
    ]);
    const both = address.replace(' test="anyof"', "");
    expect(multistatus(await client().send("REPORT", "/dav/principals/", both)).size).toBe(0);
  });

  it("9.3: principal-match by self and by owner", async () => {
    const { send } = client();
    const self = '<D:principal-match xmlns:D="DAV:"><D:self/></D:principal-match>';
    expect([...multistatus(await send("REPORT", "/dav/principals/", self, { depth: "0" })).keys()]).toEqual([
      PRINCIPAL,
    ]);
    const owner =
      '<D:principal-match xmlns:D="DAV:"><D:principal-property><D:owner/></D:principal-property><D:prop><D:displayname/></D:prop></D:principal-match>';
    expect([...multistatus(await send("REPORT", HOME, owner)).keys()]).toEqual([UNIFIED, `${HOME}tasks/`]);
    expect((await send("REPORT", HOME, '<D:principal-match xmlns:D="DAV:"/>')).status).toBe(400);
  });

  it("9.2: acl-principal-prop-set gives the owner", async () => {
    const body =
      '<D:acl-principal-prop-set xmlns:D="DAV:"><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>';
    const found = multistatus(await client().send("REPORT", UNIFIED, body, { depth: "0" }));
    expect(found.get(PRINCIPAL)?.get("{DAV:}displayname")?.text).toBe("Alice Example");
    expect((await client().send("REPORT", UNIFIED, body, { depth: "1" })).status).toBe(400);
  });
});

describe("REPORT itself", () => {
  it("checklist A8: an unsupported report is 403 with DAV:supported-report", async () => {
    const { send } = client();
    const unknown: readonly (readonly [string, string])[] = [
      [UNIFIED, '<x:odd xmlns:x="urn:x"/>'],
      [PRINCIPAL, '<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>'],
      [UNIFIED, '<x:calendar-query xmlns:x="urn:x"/>'],
      ["/dav/", '<D:sync-collection xmlns:D="DAV:"/>'],
    ];
    for (const [path, body] of unknown) {
      const answer = await send("REPORT", path, body);
      expect(answer.status).toBe(403);
      expect(errorOf(answer)).toBe("{DAV:}supported-report");
    }
    expect((await send("REPORT", UNIFIED)).status).toBe(400);
    expect((await send("REPORT", `${UNIFIED}none.ics`, '<D:expand-property xmlns:D="DAV:"/>')).status).toBe(
      404,
    );
  });
});
