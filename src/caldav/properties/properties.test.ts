// The live properties of principal, home and calendar: RFC 3744 5, RFC 4791 5.2 and 6.2, RFC 5397, RFC 6578 4; checklist A5, A9 to A11,
// A16, A18 to A20, A23.

import { describe, expect, it } from "vitest";
import {
  client,
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
const CS = (local: string): string => `{http://calendarserver.org/ns/}${local}`;

function propfind(
  { send }: Client,
  path: string,
  depth: string,
  body: string | null = null,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send("PROPFIND", path, body, { depth, ...headers });
}

describe("the principal", () => {
  it("checklist A5: what Apple asks of a principal; what does not exist is in a 404 propstat", async () => {
    const alice = client();
    const asked = propfindBody(
      "B:calendar-home-set",
      "B:calendar-user-address-set",
      "A:current-user-principal",
      "A:displayname",
      "C:dropbox-home-URL",
      "C:email-address-set",
      "C:notification-URL",
      "A:principal-collection-set",
      "A:principal-URL",
      "A:resource-id",
      "B:schedule-inbox-URL",
      "B:schedule-outbox-URL",
      "A:supported-report-set",
    );
    const found = multistatus(await propfind(alice, PRINCIPAL, "0", asked)).get(PRINCIPAL);
    const missing = [...(found ?? [])].filter(([, { status }]) => status === 404).map(([name]) => name);
    expect(missing).toEqual([
      CS("dropbox-home-URL"),
      CS("notification-URL"),
      C("schedule-inbox-URL"),
      C("schedule-outbox-URL"),
    ]);
    expect(found?.get(D("displayname"))?.text).toBe("Alice Example");
    expect(found?.get(D("principal-URL"))?.inner).toBe(`<D:href>${PRINCIPAL}</D:href>`);
    expect(found?.get(D("principal-collection-set"))?.inner).toBe("<D:href>/dav/principals/</D:href>");
    expect(found?.get(D("resource-id"))?.text).toBe("");
    expect(found?.get(D("resource-id"))?.inner).toMatch(
      /^<D:href>urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}<\/D:href>$/,
    );
    expect(found?.get(CS("email-address-set"))?.inner).toContain(
      "<CS:email-address>alice@example.com</CS:email-address>",
    );
  });

  it("checklist A18: exactly one href in calendar-home-set", async () => {
    const alice = client();
    const answer = await propfind(alice, PRINCIPAL, "0", propfindBody("B:calendar-home-set"));
    expect(property(answer, PRINCIPAL, C("calendar-home-set"))?.inner).toBe(`<D:href>${HOME}</D:href>`);
  });

  it("checklist A19: the preferred address stands first and last and is marked", async () => {
    const alice = client();
    const answer = await propfind(alice, PRINCIPAL, "0", propfindBody("B:calendar-user-address-set"));
    const hrefs = property(answer, PRINCIPAL, C("calendar-user-address-set"))?.inner.match(
      /<D:href.*?<\/D:href>/g,
    );
    expect(hrefs?.[0]).toBe('<D:href preferred="1">mailto:alice@example.com</D:href>');
    expect(hrefs?.at(-1)).toBe(hrefs?.[0]);
    expect(hrefs).toContain("<D:href>mailto:a.example@example.org</D:href>");
    expect(hrefs).toContain(`<D:href>${PRINCIPAL}</D:href>`);
  });
});

describe("the home", () => {
  it("checklist A10: offers sync-collection; reports are derived from what each resource has", async () => {
    const alice = client();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const offers = async (path: string): Promise<readonly string[]> => {
      const answer = await propfind(alice, path, "0", propfindBody("A:supported-report-set"));
      const set = property(answer, path, D("supported-report-set"))?.inner ?? "";
      return Array.from(set.matchAll(/<D:report><\w+:([\w-]+)\/><\/D:report>/g), ([, name]) => name ?? "");
    };
    expect(await offers(HOME)).toContain("sync-collection");
    expect(await offers(UNIFIED)).toEqual([
      "calendar-query",
      "calendar-multiget",
      "free-busy-query",
      "sync-collection",
      "expand-property",
      "principal-match",
      "acl-principal-prop-set",
    ]);
    expect(await offers(`${UNIFIED}a.ics`)).not.toContain("sync-collection");
    expect(await offers(PRINCIPAL)).not.toContain("calendar-query");
    expect(await offers(PRINCIPAL)).toContain("expand-property");
  });

  it("checklist A11, A23: its ctag and token move with every change below it and stand still otherwise", async () => {
    const alice = client();
    const seen = { ctag: new Set<string>(), token: new Set<string>() };
    const look = async (): Promise<void> => {
      const answer = await propfind(alice, HOME, "0", propfindBody("C:getctag", "A:sync-token"));
      seen.ctag.add(property(answer, HOME, CS("getctag"))?.text ?? "");
      seen.token.add(property(answer, HOME, D("sync-token"))?.text ?? "");
    };
    await look();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    await look();
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a", "SUMMARY:2"), ICAL);
    await look();
    await alice.send("DELETE", `${UNIFIED}a.ics`);
    await look();
    await alice.send("MKCOL", `${HOME}work/`);
    await look();
    expect([seen.ctag.size, seen.token.size]).toEqual([5, 5]);
    await look();
    expect([seen.ctag.size, seen.token.size]).toEqual([5, 5]);
    for (const token of seen.token) expect(token).toMatch(/^data:,/);
  });

  it("checklist A16: one collection for events alone and one for tasks alone", async () => {
    const answer = await propfind(client(), HOME, "1", propfindBody("B:supported-calendar-component-set"));
    expect(property(answer, UNIFIED, C("supported-calendar-component-set"))?.inner).toBe(
      '<C:comp name="VEVENT"/>',
    );
    expect(property(answer, `${HOME}tasks/`, C("supported-calendar-component-set"))?.inner).toBe(
      '<C:comp name="VTODO"/>',
    );
  });

  it("checklist A9: the body of macOS, Depth 1", async () => {
    const names =
      "A:add-member C:allowed-sharing-modes D:autoprovisioned E:bulk-requests B:calendar-alarm D:calendar-color B:calendar-description B:calendar-free-busy-set D:calendar-order B:calendar-timezone A:current-user-privilege-set B:default-alarm-vevent-date B:default-alarm-vevent-datetime A:displayname C:getctag C:invite D:language-code D:location-code A:owner C:pre-publish-url C:publish-url C:push-transports C:pushkey A:quota-available-bytes A:quota-used-bytes D:refreshrate A:resource-id A:resourcetype B:schedule-calendar-transp B:schedule-default-calendar-URL C:source C:subscribed-strip-alarms C:subscribed-strip-attachments C:subscribed-strip-todos B:supported-calendar-component-set B:supported-calendar-component-sets A:supported-report-set A:sync-token";
    const answer = await propfind(client(), HOME, "1", propfindBody(...names.split(" ")));
    const found = multistatus(answer).get(UNIFIED);
    const present = [...(found ?? [])].filter(([, { status }]) => status === 200).map(([name]) => name);
    expect(present).toEqual([
      D("current-user-privilege-set"),
      D("displayname"),
      CS("getctag"),
      D("owner"),
      D("resource-id"),
      D("resourcetype"),
      C("schedule-calendar-transp"),
      C("supported-calendar-component-set"),
      D("supported-report-set"),
      D("sync-token"),
    ]);
    expect(found?.size).toBe(names.split(" ").length);
  });
});

describe("a calendar", () => {
  it("checklist A20: its owner is the current principal", async () => {
    const answer = await propfind(
      client(),
      UNIFIED,
      "0",
      propfindBody("A:owner", "A:current-user-principal"),
    );
    expect(property(answer, UNIFIED, D("owner"))?.inner).toBe(`<D:href>${PRINCIPAL}</D:href>`);
    expect(property(answer, UNIFIED, D("current-user-principal"))?.inner).toBe(
      `<D:href>${PRINCIPAL}</D:href>`,
    );
  });

  it("RFC 3744 5.4: privileges follow the scope of the app password", async () => {
    const asked = propfindBody("A:current-user-privilege-set");
    const own = await propfind(client(), UNIFIED, "0", asked);
    expect(property(own, UNIFIED, D("current-user-privilege-set"))?.inner).toContain("<D:write-content/>");
    const reader = await propfind(client({ scope: "caldav-read" }), UNIFIED, "0", asked);
    const privileges = property(reader, UNIFIED, D("current-user-privilege-set"))?.inner;
    expect(privileges).toContain("<D:read/>");
    expect(privileges).not.toMatch(/write|bind/);
  });

  it("RFC 4791 5.2: the properties of a calendar collection", async () => {
    const asked = propfindBody(
      "B:max-resource-size",
      "B:min-date-time",
      "B:max-date-time",
      "B:max-instances",
      "B:max-attendees-per-instance",
      "B:supported-calendar-data",
      "B:supported-collation-set",
      "B:calendar-timezone",
    );
    const found = multistatus(await propfind(client(), UNIFIED, "0", asked)).get(UNIFIED);
    expect(found?.get(C("max-resource-size"))?.text).toBe("1048576");
    expect(found?.get(C("min-date-time"))?.text).toBe("19000101T000000Z");
    expect(found?.get(C("max-date-time"))?.text).toBe("21000101T000000Z");
    expect(found?.get(C("max-instances"))?.text).toBe("20000");
    expect(found?.get(C("max-attendees-per-instance"))?.text).toBe("1000");
    expect(found?.get(C("supported-calendar-data"))?.inner).toBe(
      '<C:calendar-data content-type="text/calendar" version="2.0"/>',
    );
    expect(found?.get(C("supported-collation-set"))?.inner).toContain("i;ascii-casemap");
    expect(found?.get(C("calendar-timezone"))?.status).toBe(404);
  });

  it("GET on a collection is a short text with an entity tag that moves", async () => {
    const { send } = client();
    const first = await send("GET", HOME);
    expect(first.status).toBe(200);
    const etag = first.headers.get("etag") ?? "";
    expect((await send("GET", HOME, null, { "if-none-match": etag })).status).toBe(304);
    await send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    expect((await send("GET", HOME, null, { "if-none-match": etag })).status).toBe(200);
  });
});
