// What is measured. Each operation checks its answer: a fast wrong answer is no result.

import type { Answer, BenchClient } from "./client.ts";
import { benchEvent, benchWeek } from "./events.ts";

export interface Calendar {
  readonly client: BenchClient;
  /** Path of the collection, with a slash at the end. */
  readonly path: string;
  /** Objects that were there before the operations. */
  readonly total: number;
}

export interface Operation {
  readonly name: string;
  /** Most repetitions worth making. */
  readonly repetitionsMax: number;
  /** Makes what repetition `k` needs, outside the time; `run` is the timed request. */
  readonly prepare?: (calendar: Calendar, k: number) => Promise<void>;
  readonly run: (calendar: Calendar, k: number) => Promise<Answer>;
}

const xml = { "content-type": "application/xml; charset=utf-8" };
const ics = { "content-type": "text/calendar; charset=utf-8" };
const multigetSize = 100;

export const operations: readonly Operation[] = [
  {
    name: "PUT",
    repetitionsMax: 200,
    run: async ({ client, path, total }, k) => {
      const { name, text } = benchEvent(total + k, total);
      return expectStatus(await client.send("PUT", path + name, ics, text), [201, 204]);
    },
  },
  {
    name: "GET",
    repetitionsMax: 300,
    run: async ({ client, path, total }, k) => {
      const { name } = benchEvent((k * 37) % total, total);
      const answer = expectStatus(await client.send("GET", path + name), [200]);
      if (!answer.body.includes("Planning meeting")) throw new Error("GET did not answer with the event");
      return answer;
    },
  },
  {
    name: "PROPFIND depth 1, getetag",
    repetitionsMax: 30,
    run: async ({ client, path, total }) => {
      const body = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`;
      const answer = expectStatus(await client.send("PROPFIND", path, { ...xml, depth: "1" }, body), [207]);
      return expectResponses(answer, total, Infinity);
    },
  },
  {
    name: "calendar-multiget of 100",
    repetitionsMax: 30,
    run: async ({ client, path, total }, k) => {
      const hrefs = Array.from(
        { length: multigetSize },
        (_, i) => `<D:href>${path}${benchEvent((k * 101 + i * 7) % total, total).name}</D:href>`,
      );
      const body = `<?xml version="1.0"?><C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>${hrefs.join("")}</C:calendar-multiget>`;
      const answer = expectStatus(await client.send("REPORT", path, { ...xml, depth: "1" }, body), [207]);
      return expectResponses(answer, multigetSize, multigetSize);
    },
  },
  {
    name: "calendar-query of one week",
    repetitionsMax: 30,
    run: async ({ client, path, total }) => {
      const { start, end, count } = benchWeek(total);
      const body = `<?xml version="1.0"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`;
      const answer = expectStatus(await client.send("REPORT", path, { ...xml, depth: "1" }, body), [207]);
      return expectResponses(answer, count, count);
    },
  },
  syncCollection(),
];

function syncCollection(): Operation {
  let token = "";
  return {
    name: "sync-collection after one change",
    repetitionsMax: 30,
    prepare: async (calendar, k) => {
      if (k === 0) token = await currentToken(calendar);
      const { name, text } = benchEvent(k, calendar.total);
      const changed = text.replace("SEQUENCE:0", `SEQUENCE:${k + 1}`);
      expectStatus(await calendar.client.send("PUT", calendar.path + name, ics, changed), [201, 204]);
    },
    run: async (calendar) => {
      const answer = expectResponses(await sync(calendar, token), 1, 1);
      token = tokenOf(answer);
      return answer;
    },
  };
}

/** A first answer may be cut short: 507 for the collection itself, and a token to go on from (RFC 6578 3.6). */
async function currentToken(calendar: Calendar): Promise<string> {
  let token = "";
  for (;;) {
    const answer = await sync(calendar, token);
    token = tokenOf(answer);
    if (!answer.body.includes("HTTP/1.1 507")) return token;
  }
}

async function sync({ client, path }: Calendar, token: string): Promise<Answer> {
  const body = `<?xml version="1.0"?><sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
  return expectStatus(await client.send("REPORT", path, xml, body), [207]);
}

function tokenOf({ body }: Answer): string {
  const token = /<(?:\w+:)?sync-token[^>]*>([^<]+)</.exec(body)?.[1];
  if (token === undefined) throw new Error("no sync-token in the answer");
  return token;
}

function expectStatus(answer: Answer, expected: readonly number[]): Answer {
  if (!expected.includes(answer.status))
    throw new Error(`status ${answer.status}: ${answer.body.slice(0, 120)}`);
  return answer;
}

function expectResponses(answer: Answer, min: number, max: number): Answer {
  const count = answer.body.match(/<(?:\w+:)?response[ >]/g)?.length ?? 0;
  return count < min || count > max ? { ...answer, wrong: `${count} of ${min} found` } : answer;
}
