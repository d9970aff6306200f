// PROPFIND (RFC 4918 9.1; RFC 8144 2.1 and 4), OPTIONS and what is not offered; checklist A2, A6, A7, D3, T2, T6.

import { describe, expect, it } from "vitest";
import {
  client,
  errorOf,
  event,
  HOME,
  ICAL,
  multistatus,
  PRINCIPAL,
  propfindBody,
  property,
  UNIFIED,
  type Answer,
  type Client,
} from "../testing/client.ts";

const D = (local: string): string => `{DAV:}${local}`;
const C = (local: string): string => `{urn:ietf:params:xml:ns:caldav}${local}`;

function propfind(
  { send }: Client,
  path: string,
  depth: string,
  body: string | null = null,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send("PROPFIND", path, body, { depth, ...headers });
}

describe("PROPFIND", () => {
  it("RFC 4918 9.1: Depth infinity, stated or by default, is refused with propfind-finite-depth", async () => {
    const { send } = client();
    for (const headers of [{ depth: "infinity" }, {}]) {
      const answer = await send("PROPFIND", HOME, null, headers);
      expect(answer.status).toBe(403);
      expect(errorOf(answer)).toBe(D("propfind-finite-depth"));
    }
    expect((await send("PROPFIND", HOME, null, { depth: "2" })).status).toBe(400);
  });

  it("RFC 4918 9.1: Depth 1 lists a home's calendars and a calendar's members; hrefs of collections end in a slash (A6)", async () => {
    const alice = client();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const home = multistatus(await propfind(alice, HOME, "1"));
    expect([...home.keys()]).toEqual([HOME, UNIFIED, `${HOME}tasks/`]);
    const calendar = multistatus(await propfind(alice, UNIFIED, "1"));
    expect([...calendar.keys()]).toEqual([UNIFIED, `${UNIFIED}a.ics`]);
    expect([...multistatus(await propfind(alice, `${UNIFIED}a.ics`, "infinity")).keys()]).toEqual([
      `${UNIFIED}a.ics`,
    ]);
    expect([...multistatus(await propfind(alice, UNIFIED.slice(0, -1), "0")).keys()]).toEqual([UNIFIED]);
  });

  it("checklist A6, A7, T6: exact status line, DAV header, content type of members", async () => {
    const alice = client();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const answer = await propfind(
      alice,
      `${UNIFIED}a.ics`,
      "0",
      propfindBody("A:getcontenttype", "A:nothing"),
    );
    expect(answer.text).toContain("<D:status>HTTP/1.1 200 OK</D:status>");
    expect(answer.text).toContain("<D:status>HTTP/1.1 404 Not Found</D:status>");
    expect(answer.headers.get("dav")).toMatch(/\b1, 3\b.*calendar-access.*extended-mkcol/);
    expect(property(answer, `${UNIFIED}a.ics`, D("getcontenttype"))?.text).toBe(
      "text/calendar;charset=utf-8",
    );
  });

  it("RFC 4918 9.1.5, 14.2: allprop shows live and dead properties once; RFC 4791 5.2: not those of CalDAV", async () => {
    const alice = client();
    const dead = "<A:set><A:prop><x:note xmlns:x='urn:x'>n</x:note></A:prop></A:set>";
    await alice.send("PROPPATCH", UNIFIED, `<A:propertyupdate xmlns:A="DAV:">${dead}</A:propertyupdate>`);
    const body =
      '<D:propfind xmlns:D="DAV:"><D:allprop/><D:include><D:owner/><D:nothing/></D:include></D:propfind>';
    for (const text of [null, body]) {
      const found = multistatus(await propfind(alice, UNIFIED, "0", text)).get(UNIFIED);
      expect(found?.get(D("resourcetype"))?.inner).toBe("<D:collection/><C:calendar/>");
      expect(found?.get("{urn:x}note")?.outer).toBe("<x:note xmlns:x='urn:x'>n</x:note>");
      expect(found?.has(C("supported-calendar-component-set"))).toBe(false);
      expect(found?.get(D("owner"))?.status).toBe(text === null ? undefined : 200);
      expect(found?.get(D("nothing"))?.status).toBe(text === null ? undefined : 404);
    }
  });

  it("RFC 4918 9.1.4: propname names what there is, without values", async () => {
    const alice = client();
    const answer = await propfind(
      alice,
      UNIFIED,
      "0",
      '<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>',
    );
    const found = multistatus(answer).get(UNIFIED);
    expect(found?.get(C("supported-calendar-component-set"))).toMatchObject({ status: 200, inner: "" });
    expect(found?.get(D("sync-token"))).toMatchObject({ status: 200, inner: "" });
    expect(found?.has(C("calendar-timezone"))).toBe(false);
    expect([...(found?.values() ?? [])].every(({ status }) => status === 200)).toBe(true);
  });

  it("an empty prop still lists the members", async () => {
    const alice = client();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const answer = await propfind(alice, UNIFIED, "1", '<D:propfind xmlns:D="DAV:"><D:prop/></D:propfind>');
    expect(multistatus(answer).size).toBe(2);
  });

  it("RFC 8144 2.1: return=minimal and Brief leave out what was not found; an empty propstat remains", async () => {
    const alice = client();
    for (const headers of [{ prefer: "return=minimal" }, { prefer: "return-minimal" }, { brief: "t" }]) {
      const some = await propfind(alice, UNIFIED, "0", propfindBody("A:resourcetype", "A:bogus"), headers);
      expect([...(multistatus(some).get(UNIFIED)?.keys() ?? [])]).toEqual([D("resourcetype")]);
      const none = await propfind(alice, UNIFIED, "0", propfindBody("A:bogus"), headers);
      expect(none.text).toContain("<D:propstat><D:prop/><D:status>HTTP/1.1 200 OK</D:status></D:propstat>");
    }
    const other = await propfind(alice, UNIFIED, "0", propfindBody("A:bogus"), {
      prefer: "x-foo",
      brief: "bad",
    });
    expect(property(other, UNIFIED, D("bogus"))?.status).toBe(404);
    expect(other.headers.get("preference-applied")).toBeNull();
  });

  it("RFC 8144 4: depth-noroot leaves out the collection itself", async () => {
    const alice = client();
    const answer = await propfind(alice, HOME, "1", null, { prefer: "return=minimal, depth-noroot" });
    expect([...multistatus(answer).keys()]).toEqual([UNIFIED, `${HOME}tasks/`]);
    expect(answer.headers.get("preference-applied")).toBe("return=minimal, depth-noroot");
    expect(multistatus(await propfind(alice, HOME, "0", null, { prefer: "depth-noroot" })).size).toBe(1);
  });

  it("invariant K: nothing of another user, not even whether they exist", async () => {
    const alice = client();
    for (const path of ["/dav/principals/bob/", "/dav/calendars/bob/", "/dav/calendars/bob/unified/"]) {
      expect((await propfind(alice, path, "0")).status).toBe(404);
    }
    const principals = multistatus(await propfind(alice, "/dav/principals/", "1"));
    expect([...principals.keys()]).toEqual(["/dav/principals/", PRINCIPAL]);
  });

  it("checklist A2: `/` and `/principals/` answer too", async () => {
    const alice = client();
    for (const path of ["/", "/dav", "/dav/", "/principals/"]) {
      const answer = await propfind(alice, path, "0", propfindBody("A:current-user-principal"));
      expect(answer.text).toContain(`<D:current-user-principal><D:href>${PRINCIPAL}</D:href>`);
    }
  });

  it("bad bodies are a 4xx that says why", async () => {
    const alice = client();
    const bad: readonly (readonly [string | Uint8Array, number])[] = [
      ['<!DOCTYPE x [<!ENTITY e "1">]><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>', 400],
      ["<D:propfind><D:allprop/></D:propfind>", 400],
      ["<a>".repeat(100_000), 400],
      [`<a>${"<b/>".repeat(60_000)}</a>`, 400],
      ["x".repeat(3_000_000), 413],
      ['<D:propfind xmlns:D="DAV:"/>', 400],
      ['<D:propfind xmlns:D="DAV:"><D:allprop/><D:propname/></D:propfind>', 400],
      ['<D:prop xmlns:D="DAV:"/>', 400],
      [Buffer.from('<D:propfind xmlns:D="DAV:"><D:prop><D:\u00fc/></D:prop></D:propfind>', "latin1"), 400],
      [
        '<?xml version="1.0" encoding="ISO-8859-1"?><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>',
        415,
      ],
    ];
    for (const [body, status] of bad) {
      const answer = await alice.send("PROPFIND", UNIFIED, body, { depth: "0", "content-type": "text/xml" });
      expect(answer.status, String(body).slice(0, 60)).toBe(status);
      expect(answer.text.length).toBeGreaterThan(10);
    }
    const typed = { depth: "0", "content-type": "application/json" };
    expect((await alice.send("PROPFIND", UNIFIED, "{}", typed)).status).toBe(415);
  });

  it("RFC 4918 8.2: UTF-16 bodies are read", async () => {
    const { send } = client();
    const text = `\uFEFF<?xml version="1.0" encoding="UTF-16"?><D:propfind xmlns:D="DAV:"><D:prop><D:owner/></D:prop></D:propfind>`;
    const answer = await send("PROPFIND", UNIFIED, Buffer.from(text, "utf16le"), { depth: "0" });
    expect(property(answer, UNIFIED, D("owner"))?.status).toBe(200);
  });

  it("an XML body of 100 MB is not read beyond its limit", async () => {
    const { send } = client();
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled += 65_536;
        if (pulled > 104_857_600) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    expect((await send("PROPFIND", UNIFIED, body, { depth: "0" })).status).toBe(413);
    expect(pulled).toBeLessThan(2_097_152 + 4 * 65_536);
  });
});

describe("OPTIONS and methods", () => {
  it("checklist D3, T2: OPTIONS lists calendar-access anywhere, also on the parent and on what is missing", async () => {
    const { send } = client();
    for (const path of ["/dav/", "/dav/calendars/", HOME, UNIFIED, `${UNIFIED}none.ics`]) {
      const answer = await send("OPTIONS", path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("dav")).toContain("calendar-access");
    }
    expect((await send("OPTIONS", UNIFIED)).headers.get("allow")).toBe(
      "OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, DELETE",
    );
  });

  it("RFC 9110 15.5.6: a method that is not offered is 405 with Allow", async () => {
    const { send } = client();
    for (const method of ["POST", "PATCH", "LOCK", "COPY", "MOVE", "ACL", "BREW"]) {
      const answer = await send(method, UNIFIED);
      expect(answer.status, method).toBe(405);
      expect(answer.headers.get("allow")).toContain("PROPFIND");
    }
    expect((await send("DELETE", HOME)).status).toBe(405);
    expect((await send("DELETE", UNIFIED)).status).toBe(403);
  });
});
