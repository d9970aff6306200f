import { expect, it } from "vitest";
import { harness } from "./testing/harness.ts";

const CHUNK = 65_536;

/** A body that counts how much of it was taken. */
function counted(bytes: number): { readonly body: ReadableStream<Uint8Array>; taken(): number } {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken >= bytes) return controller.close();
        taken += CHUNK;
        controller.enqueue(new Uint8Array(CHUNK).fill(97));
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken: () => taken };
}

it.each([
  ["PUT", "/dav/calendars/ada/unified/a.ics", 401],
  ["POST", "/v1/admin/users", 401],
  ["POST", "/v1/nothing", 404],
  ["POST", "/.well-known/caldav", 301],
  ["POST", `/feeds/${"a".repeat(22)}.ics`, 405],
])("the refused body of %s %s is taken in to its end (RFC 9112 9.6)", async (method, path, status) => {
  const h = await harness();
  const { body, taken } = counted(4_194_304);
  const answer = await h.fetch(path, { method, body });
  expect([answer.status, taken()]).toEqual([status, 4_194_304]);
});

it("a body without an end is given up", async () => {
  const h = await harness();
  const { body, taken } = counted(1_073_741_824);
  const answer = await h.fetch("/v1/nothing", { method: "POST", body });
  expect(answer.status).toBe(404);
  expect(taken()).toBe(134_217_728 + CHUNK);
});

it("a length that nobody would wait for is not waited for", async () => {
  const h = await harness();
  const { body, taken } = counted(1_048_576);
  const headers = { "content-length": "999999999999" };
  const answer = await h.fetch("/dav/", { method: "PUT", body, headers });
  expect([answer.status, taken()]).toEqual([401, 0]);
});
