// The collection of RFC 4791 Appendix B, put into a server by PUT, and a way to ask it.

import { expect } from "vitest";
import { memoryCalendarStore } from "../../core/testing/calendar-store-memory.ts";
import { client, ICAL, type Answer, type Client } from "./client.ts";
import { APPENDIX_B } from "./rfc4791-appendix-b.ts";

export const WORK = "/dav/calendars/alice/work/";

export async function bernard(): Promise<Client> {
  const store = memoryCalendarStore();
  store.addCollection("work", "local", ["VEVENT", "VTODO", "VFREEBUSY"]);
  const work = client({}, store);
  for (const [name, ical] of APPENDIX_B) {
    const put = await work.send("PUT", WORK + name, ical, ICAL);
    expect(put.status, `${name}: ${put.text}`).toBe(201);
  }
  return work;
}

export async function ask(
  work: Client,
  body: string,
  headers: Record<string, string> = { depth: "1" },
): Promise<Answer> {
  return work.send("REPORT", WORK, body, headers);
}
