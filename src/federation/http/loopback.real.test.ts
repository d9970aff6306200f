// Guarded fetch against servers on loopback that misbehave.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";

import { createGuardedFetch, type GuardedFetchOptions } from "./guarded-fetch.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return `http://127.0.0.1:${address.port}`;
}

function ask(url: string, options: Partial<GuardedFetchOptions> = {}, method = "PROPFIND") {
  const guardedFetch = createGuardedFetch({ fetch, allowPrivateAddresses: true, ...options });
  return guardedFetch({
    method,
    url,
    headers: { authorization: "Basic c2VjcmV0", depth: "0" },
    body: "<x/>",
  });
}

describe("redirects", () => {
  it("keeps method, body and credentials at the same origin", async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
        if (request.url === "/") response.writeHead(301, { location: "/dav/" }).end();
        else response.writeHead(207).end("fine");
      });
    });
    const answer = await ask(url);
    expect(answer).toMatchObject({ ok: true, value: { status: 207, text: "fine", url: `${url}/dav/` } });
    expect(seen[1]).toBe("PROPFIND /dav/ Basic c2VjcmV0 <x/>");
  });

  it("leaves the credentials behind at another origin, also on the way back", async () => {
    const seen: (string | undefined)[] = [];
    const home = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === "/") response.writeHead(302, { location: `${other}/x` }).end();
      else if (request.url === "/back") response.writeHead(302, { location: "/again" }).end();
      else response.writeHead(401).end();
    });
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: `${home}/back` }).end();
    });
    const answer = await ask(home);
    expect(answer).toMatchObject({ ok: true, value: { status: 401, withoutCredentials: true } });
    expect(seen).toEqual(["Basic c2VjcmV0", undefined, undefined, undefined]);
  });

  it("ends after five", async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      response.writeHead(308, { location: `${request.url}x` }).end();
    });
    expect(await ask(url)).toMatchObject({ ok: false, error: { kind: "retry", code: "bad-response" } });
    expect(requests).toBe(6);
  });

  it.each(["http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd", "http://localhost/"])(
    "never reaches %s from a public address",
    async (location) => {
      const asked: string[] = [];
      const answer = await ask("https://cal.example.com/", {
        allowPrivateAddresses: false,
        fetch: async (url) => {
          asked.push(url);
          return new Response(null, { status: 302, headers: { location } });
        },
      });
      expect(answer).toMatchObject({ ok: false, error: { kind: "give-up", code: "address-refused" } });
      expect(asked).toEqual(["https://cal.example.com/"]);
    },
  );

  it("does not take a redirect to nowhere", async () => {
    const url = await serve((_, response) => response.writeHead(301).end());
    expect(await ask(url)).toMatchObject({ ok: false, error: { code: "bad-response" } });
  });
});

describe("limits", () => {
  it("ends when nothing comes", async () => {
    const url = await serve(() => undefined);
    expect(await ask(url, { timeoutMs: 50 })).toMatchObject({ ok: false, error: { code: "timeout" } });
  });

  it("ends when a body does not end", async () => {
    const url = await serve((_, response) => void response.writeHead(207).write("<multistatus>"));
    expect(await ask(url, { timeoutMs: 50 })).toMatchObject({ ok: false, error: { code: "timeout" } });
  });

  it("ends when the platform's fetch does not listen to the signal", async () => {
    const answer = await ask("https://cal.example.com/", {
      timeoutMs: 20,
      fetch: () => new Promise(() => undefined),
    });
    expect(answer).toMatchObject({ ok: false, error: { code: "timeout" } });
  });

  it("stops reading at the size limit, announced or not", async () => {
    let sent = 0;
    const url = await serve((request, response) => {
      if (request.url === "/announced") response.writeHead(207, { "content-length": "5000000" });
      const more = (): void => {
        if (response.destroyed) return;
        sent += 65_536;
        if (response.write("x".repeat(65_536))) setImmediate(more);
        else response.once("drain", more);
      };
      more();
    });
    for (const path of ["/", "/announced"]) {
      const answer = await ask(url + path, { answerBytesMax: 1_000_000 });
      expect(answer).toMatchObject({ ok: false, error: { kind: "give-up", code: "too-large" } });
    }
    expect(sent).toBeLessThan(20_000_000);
  });
});

/** What workerd throws. */
function lost(): Error {
  return Object.assign(new Error("Network connection lost."), { retryable: true });
}

describe("a kept connection that the server closed", () => {
  it("is not the end of a request", async () => {
    let attempts = 0;
    const answer = await ask("https://cal.example.com/", {
      fetch: async () => {
        if (++attempts < 3) throw lost();
        return new Response("fine", { status: 207 });
      },
    });
    expect(answer).toMatchObject({ ok: true, value: { text: "fine" } });
  });

  it("is, when it happens every time", async () => {
    let attempts = 0;
    const answer = await ask("https://cal.example.com/", {
      fetch: async () => {
        attempts++;
        throw lost();
      },
    });
    expect(answer).toMatchObject({ ok: false, error: { code: "unreachable" } });
    expect(attempts).toBe(3);
  });
});

describe("what is not there", () => {
  it("says that a port is closed, a name unknown, a connection cut", async () => {
    const closed = await serve(() => undefined);
    await stops.pop()?.();
    const cut = await serve((request) => void request.socket.destroy());
    const half = await serve((_, response) => {
      response.writeHead(207, { "content-length": "100" }).write("<multi");
      setTimeout(() => response.destroy(), 20);
    });
    for (const url of [closed, cut, half, "http://no-such-host.invalid/"]) {
      expect(await ask(url), url).toMatchObject({ ok: false, error: { kind: "retry", code: "unreachable" } });
    }
  });
});
