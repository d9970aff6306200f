// free-busy-query: the example of RFC 4791 7.10.1 and what is refused.

import { describe, expect, it } from "vitest";
import { errorOf, HOME } from "../testing/client.ts";
import { ask, bernard, WORK } from "../testing/rfc4791-collection.ts";

function freeBusy(range: string): string {
  return `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">${range}</C:free-busy-query>`;
}

describe("free-busy-query (RFC 4791 7.10)", () => {
  it("7.10.1: the example", async () => {
    const answer = await ask(
      await bernard(),
      freeBusy('<C:time-range start="20060104T140000Z" end="20060105T220000Z"/>'),
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/calendar/);
    expect(answer.text).toMatch(/^DTSTART:20060104T140000Z\r?$/m);
    expect(answer.text).toMatch(/^DTEND:20060105T220000Z\r?$/m);
    const periods = answer.text.match(/^FREEBUSY.*$/gm)?.join("\n") ?? "";
    expect(periods).toMatch(/FBTYPE=BUSY-TENTATIVE:20060104T150000Z\/(PT1H|20060104T160000Z)/);
    expect(periods).toMatch(/20060104T190000Z\/(PT1H|20060104T200000Z)/);
  });

  it("is not offered on an object, and wants exactly one whole time-range", async () => {
    const work = await bernard();
    const body = freeBusy('<C:time-range start="20060104T140000Z" end="20060105T220000Z"/>');
    const onObject = await work.send("REPORT", `${WORK}abcd1.ics`, body);
    expect(onObject.status).toBe(403);
    expect(errorOf(onObject)).toBe("{DAV:}supported-report");
    expect((await ask(work, freeBusy(""))).status).toBe(400);
    expect((await ask(work, freeBusy('<C:time-range start="20060104T140000Z"/>'))).status).toBe(400);
  });

  it("RFC 6638 9.1: a transparent calendar is never busy", async () => {
    const work = await bernard();
    const patch =
      '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><C:schedule-calendar-transp xmlns:C="urn:ietf:params:xml:ns:caldav"><C:transparent/></C:schedule-calendar-transp></D:prop></D:set></D:propertyupdate>';
    await work.send("PROPPATCH", WORK, patch);
    const answer = await work.send(
      "REPORT",
      HOME,
      freeBusy('<C:time-range start="20060104T140000Z" end="20060105T220000Z"/>'),
    );
    expect(answer.text).toContain("BEGIN:VFREEBUSY");
    expect(answer.text).not.toMatch(/^FREEBUSY/m);
  });
});
