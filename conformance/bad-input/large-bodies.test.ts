// Bodies of 100 MB and bodies that lie about their length: refused with the clause or 413 after they are taken in (a client in the middle
// of a body reads no answer), nothing stored, the server alive and the connection's answer whole.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { basic, sender } from "../clients/request.ts";
import type { Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { exchangeRaw } from "./raw-connection.ts";
import type { RawAnswer } from "./raw-connection.ts";
import { stateOf } from "./untouched.ts";

const megabyte = Buffer.alloc(1_048_576, "a");
const target = "/dav/calendars/ada/unified/large.ics";

let world: UsersServer;
let send: Send;
let before: string;

beforeAll(async () => {
  world = await startUsersServer(["ada"]);
  send = sender(world.url, { login: world.userNamed("ada") });
  before = await stateOf(send, "ada");
});

afterAll(() => world?.close());

interface Upload {
  readonly line: string;
  readonly authorization: string | null;
  /** Absent: chunked. */
  readonly contentLength?: number;
  readonly megabytes: number;
}

async function upload({ line, authorization, contentLength, megabytes }: Upload): Promise<RawAnswer> {
  const isChunked = contentLength === undefined;
  const answer = await exchangeRaw(world.server.port, async (put) => {
    const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${contentLength}`;
    const type = line.startsWith("PUT")
      ? "text/calendar"
      : line.startsWith("POST")
        ? "application/json"
        : "text/xml";
    await put(
      `${line} HTTP/1.1\r\nHost: cal.example.com\r\n${authorization === null ? "" : `Authorization: ${authorization}\r\n`}Content-Type: ${type}\r\n${length}\r\n\r\n`,
    );
    for (let sent = 0; sent < megabytes; sent++) {
      if (isChunked && !(await put("100000\r\n"))) return;
      if (!(await put(megabyte))) return;
      if (isChunked && !(await put("\r\n"))) return;
    }
    if (isChunked) await put("0\r\n\r\n");
  });
  expect(await stateOf(send, "ada")).toBe(before);
  return answer;
}

const cases: readonly (readonly [line: string, status: number, says: string])[] = [
  [`PUT ${target}`, 403, "<C:max-resource-size/>"],
  ["REPORT /dav/calendars/ada/unified/", 413, "The request body is larger than 2097152 bytes."],
  ["PROPFIND /dav/calendars/ada/", 413, "The request body is larger than 2097152 bytes."],
  ["PROPPATCH /dav/calendars/ada/unified/", 413, "The request body is larger than 2097152 bytes."],
  ["MKCOL /dav/calendars/ada/large/", 413, "The request body is larger than 2097152 bytes."],
  ["MKCALENDAR /dav/calendars/ada/large/", 413, "The request body is larger than 2097152 bytes."],
];

describe("100 MB", () => {
  describe.each([
    ["with Content-Length", 104_857_600],
    ["chunked", undefined],
  ])("%s", (_how, contentLength) => {
    const length = contentLength === undefined ? {} : { contentLength };

    test.each(cases)("%s is %d", async (line, status, says) => {
      const answer = await upload({
        line,
        authorization: basic(world.userNamed("ada")),
        ...length,
        megabytes: 100,
      });
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(says);
    });

    test("without credentials the answer is 401, not a broken connection", async () => {
      const answer = await upload({ line: `PUT ${target}`, authorization: null, ...length, megabytes: 100 });
      expect(answer.status).toBe(401);
      expect(answer.text).toMatch(/www-authenticate: basic/i);
    });

    test("to the admin API: 401 without the token, 413 with it", async () => {
      const line = "POST /v1/admin/users";
      const without = await upload({ line, authorization: null, ...length, megabytes: 100 });
      const token = await world.server.adminToken();
      const withIt = await upload({ line, authorization: `Bearer ${token}`, ...length, megabytes: 100 });
      expect([without.status, withIt.status]).toEqual([401, 413]);
      expect(withIt.text).toContain('"code":"too-large"');
    });

    test("to a form of the pages: 4xx", async () => {
      const answer = await upload({ line: "POST /sign-in", authorization: null, ...length, megabytes: 100 });
      expect([403, 413]).toContain(answer.status);
    });
  });
});

function put(headers: string, ...parts: readonly string[]): Promise<RawAnswer> {
  return exchangeRaw(world.server.port, async (write) => {
    await write(
      `PUT ${target} HTTP/1.1\r\nHost: cal.example.com\r\nAuthorization: ${basic(world.userNamed("ada"))}\r\nContent-Type: text/calendar\r\n${headers}\r\n\r\n`,
    );
    for (const part of parts) await write(part);
  });
}

describe("a length that lies", () => {
  const object = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//example.com//EN",
    "BEGIN:VEVENT",
    "UID:liar@example.com",
    "DTSTART:20260101T000000Z",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");

  test("shorter than the body: what it covers is no calendar object, and the rest is no request", async () => {
    const answer = await put("Content-Length: 40", object);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("<C:valid-calendar-data/>");
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test("longer than the body, and then the client goes: nothing is stored", async () => {
    await exchangeRaw(world.server.port, async (write, end) => {
      await write(
        `PUT ${target} HTTP/1.1\r\nHost: cal.example.com\r\nAuthorization: ${basic(world.userNamed("ada"))}\r\nContent-Type: text/calendar\r\nContent-Length: ${object.length + 100}\r\n\r\n${object}`,
      );
      end();
    });
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test("chunked and cut off: nothing is stored", async () => {
    await exchangeRaw(world.server.port, async (write, end) => {
      await write(
        `PUT ${target} HTTP/1.1\r\nHost: cal.example.com\r\nAuthorization: ${basic(world.userNamed("ada"))}\r\nContent-Type: text/calendar\r\nTransfer-Encoding: chunked\r\n\r\n${object.length.toString(16)}\r\n${object}\r\n`,
      );
      end();
    });
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test("chunks that are none: 400", async () => {
    const answer = await put("Transfer-Encoding: chunked", "zz\r\nabc\r\n0\r\n\r\n");
    expect(answer.status).toBe(400);
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test("a length of a zettabyte is refused without waiting for it", async () => {
    const answer = await put("Content-Length: 999999999999999999999");
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("<C:max-resource-size/>");
    expect(await stateOf(send, "ada")).toBe(before);
  });

  test.each(["Content-Length: -1", "Content-Length: abc", "Content-Length: 3\r\nContent-Length: 4"])(
    "%s is 400",
    async (headers) => {
      const answer = await put(headers, "abcd");
      expect(answer.status).toBe(400);
      expect(await stateOf(send, "ada")).toBe(before);
    },
  );
});
