// The ingress in front of a real workerd, spoken to with raw bytes.

import { execFileSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { FailedSignIns } from "./failed-sign-ins.ts";
import { startIngress } from "./listener.ts";
import type { Ingress } from "./listener.ts";

/** Answers with what it received; /deny says 401, /large answers 4 MiB, /slow waits. */
const worker = `export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const body = await request.text();
    if (pathname === "/deny") return new Response("no", { status: 401 });
    if (pathname === "/large") return new Response("x".repeat(4_194_304));
    if (pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 400));
    return new Response([request.method, pathname, request.headers.get("x-tm-method"), body.length, body.slice(0, 40)].join("|"));
  },
  async queue() { throw new Error("nobody may call this"); },
};`;

let miniflare: Miniflare;
let workerPort: number;
let ingress: Ingress;
let secure: Ingress;
let certificateFolder: string;

const refusesNobody: FailedSignIns = { isRefused: () => false, count: () => undefined };

beforeAll(async () => {
  miniflare = new Miniflare({
    modules: true,
    script: worker,
    cf: false,
    compatibilityDate: "2026-07-30",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  });
  workerPort = Number((await miniflare.unsafeGetDirectURL()).port);
  certificateFolder = mkdtempSync(join(tmpdir(), "t-minus-certificate-"));
  const [key, cert] = [join(certificateFolder, "key.pem"), join(certificateFolder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { stdio: "ignore" },
  );
  ingress = await open({});
  secure = await open({ certificate: { key: readFileSync(key), cert: readFileSync(cert) } });
});

afterAll(async () => {
  await Promise.all([ingress.close(100), secure.close(100)]);
  await miniflare.dispose();
  rmSync(certificateFolder, { recursive: true });
});

function open(options: Partial<Parameters<typeof startIngress>[0]>): Promise<Ingress> {
  return startIngress({
    host: "127.0.0.1",
    port: 0,
    certificate: null,
    workerPort: () => workerPort,
    failedSignIns: refusesNobody,
    ...options,
  });
}

interface Client {
  readonly socket: Socket;
  send(bytes: string | Buffer): void;
  /** The next whole response: status and body. */
  answer(): Promise<{ status: number; body: string }>;
  /** Everything until the server ends the connection. */
  untilEnd(): Promise<string>;
}

function dial(port: number, isSecure = false): Client {
  const target = { port, host: "127.0.0.1", allowHalfOpen: true };
  const socket = isSecure ? connectTls({ ...target, rejectUnauthorized: false }) : connectPlain(target);
  socket.setNoDelay(true);
  let received = "";
  let hasEnded = false;
  const changes = new EventEmitter();
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    changes.emit("change");
  });
  for (const event of ["end", "close"]) {
    socket.on(event, () => {
      hasEnded = true;
      changes.emit("change");
    });
  }
  socket.on("error", () => undefined);
  const change = (): Promise<unknown> => once(changes, "change");
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    async answer() {
      for (;;) {
        const head = received.indexOf("\r\n\r\n");
        const isChunked = head !== -1 && /^transfer-encoding: chunked/im.test(received.slice(0, head));
        if (isChunked && received.includes("\r\n0\r\n\r\n")) {
          const end = received.indexOf("\r\n0\r\n\r\n") + 7;
          const response = {
            status: Number(received.slice(9, 12)),
            body: received.slice(head + 4, end).split("\r\n")[1] ?? "",
          };
          received = received.slice(end);
          return response;
        }
        const length = Number(/^content-length: (\d+)/im.exec(received.slice(0, head))?.[1] ?? "0");
        if (head !== -1 && !isChunked && received.length >= head + 4 + length) {
          const response = {
            status: Number(received.slice(9, 12)),
            body: received.slice(head + 4, head + 4 + length),
          };
          received = received.slice(head + 4 + length);
          return response;
        }
        if (hasEnded) throw new Error(`ended after ${JSON.stringify(received.slice(0, 200))}`);
        await change();
      }
    },
    async untilEnd() {
      for (;;) {
        if (hasEnded) return received;
        await change();
      }
    },
  };
}

const head = (method: string, path = "/", extra = ""): string =>
  `${method} ${path} HTTP/1.1\r\nHost: cal.example.com\r\n${extra}\r\n`;
const withBody = (method: string, path: string, body: string): string =>
  head(method, path, `Content-Length: ${body.length}\r\n`) + body;

describe.each([
  ["plain", false],
  ["TLS", true],
])("%s", (_name, isSecure) => {
  const client = (): Client => dial((isSecure ? secure : ingress).port, isSecure);

  test("MKCALENDAR as the first request reaches the Worker as MKCOL with its body", async () => {
    const c = client();
    c.send(withBody("MKCALENDAR", "/dav/x/", "<mkcalendar/>"));
    expect(await c.answer()).toEqual({ status: 200, body: "MKCOL|/dav/x/|MKCALENDAR|13|<mkcalendar/>" });
    c.send(head("PROPFIND"));
    expect((await c.answer()).body).toBe("PROPFIND|/||0|");
    c.socket.destroy();
  });

  test("MKCALENDAR as a later request, and requests after it, on one connection", async () => {
    const c = client();
    c.send(head("OPTIONS"));
    expect((await c.answer()).body).toBe("OPTIONS|/||0|");
    c.send(withBody("MKCALENDAR", "/a/", "one"));
    expect((await c.answer()).body).toBe("MKCOL|/a/|MKCALENDAR|3|one");
    c.send(withBody("MKCALENDAR", "/b/", "two!"));
    expect((await c.answer()).body).toBe("MKCOL|/b/|MKCALENDAR|4|two!");
    c.send(withBody("PUT", "/c", "body"));
    expect((await c.answer()).body).toBe("PUT|/c||4|body");
    c.socket.destroy();
  });

  test("a request split into single bytes", async () => {
    for (const method of ["MKCALENDAR", "MKCOL"]) {
      const c = client();
      for (const byte of withBody(method, "/a/", "xyz")) {
        c.send(byte);
        await sleep(1);
      }
      const rewritten = method === "MKCALENDAR" ? "MKCALENDAR" : "";
      expect((await c.answer()).body).toBe(`MKCOL|/a/|${rewritten}|3|xyz`);
      c.socket.destroy();
    }
  });

  test("a large body up and a large body down arrive whole", async () => {
    const c = client();
    c.send(withBody("PUT", "/up", "b".repeat(8_000_000)));
    expect((await c.answer()).body).toMatch(/^PUT\|\/up\|\|8000000\|b+$/);
    c.send(head("GET", "/large"));
    expect((await c.answer()).body).toHaveLength(4_194_304);
    c.socket.destroy();
  });

  test("a client that ends its side still gets its answer", async () => {
    const c = client();
    c.send(head("GET", "/slow"));
    c.socket.end();
    expect(await c.untilEnd()).toContain("GET|/slow||0|");
  });
});

test("pipelined requests pass untouched", async () => {
  const c = dial(ingress.port);
  c.send(head("GET", "/1") + withBody("PUT", "/2", "MKCALENDAR ") + head("GET", "/3"));
  expect((await c.answer()).body).toBe("GET|/1||0|");
  expect((await c.answer()).body).toBe("PUT|/2||11|MKCALENDAR ");
  expect((await c.answer()).body).toBe("GET|/3||0|");
  c.socket.destroy();
});

describe("what workerd takes for a fault of its own", () => {
  test.each(["Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2", "Transfer-Encoding: gzip"])(
    "%s is 400",
    async (header) => {
      const c = dial(ingress.port);
      c.send(head("PUT", "/a", `${header}\r\n`));
      expect(await c.answer()).toEqual({ status: 400, body: "The request is not well-formed HTTP/1.1.\n" });
    },
  );

  test("a Host that is none is 400", async () => {
    const c = dial(ingress.port);
    c.send("GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
    expect((await c.answer()).status).toBe(400);
  });

  test("an absolute target is taken (RFC 9112 3.2.2), also of MKCALENDAR", async () => {
    const c = dial(ingress.port);
    c.send(withBody("PUT", "http://cal.example.com/a?b", "xy"));
    expect(await c.answer()).toEqual({ status: 200, body: "PUT|/a||2|xy" });
    c.send(withBody("MKCALENDAR", "http://cal.example.com", "z"));
    expect(await c.answer()).toEqual({ status: 200, body: "MKCOL|/|MKCALENDAR|1|z" });
  });

  test("OPTIONS * is answered, any other method on * is 400", async () => {
    const c = dial(ingress.port);
    c.send(head("OPTIONS", "*"));
    expect((await c.answer()).status).toBe(204);
    c.send(head("GET", "*"));
    expect((await c.answer()).status).toBe(400);
  });
});

test("a body whose chunks begin with MKCALENDAR is a body", async () => {
  const c = dial(ingress.port);
  const text = "MKCALENDAR / HTTP/1.1\r\n\r\n";
  c.send(head("PUT", "/a", `Content-Length: ${text.length * 2}\r\n`));
  await sleep(20);
  c.send(text);
  await sleep(20);
  c.send(text);
  expect((await c.answer()).body).toBe("PUT|/a||50|MKCALENDAR / HTTP/1.1\r\n\r\nMKCALENDAR / HT");
  c.socket.destroy();
});

test("a body after 100 Continue may begin with MKCALENDAR", async () => {
  const c = dial(ingress.port);
  c.send(head("PUT", "/a", "Content-Length: 12\r\nExpect: 100-continue\r\n"));
  await sleep(50);
  c.send("MKCALENDAR x");
  const first = await c.answer();
  const final = first.status === 100 ? await c.answer() : first;
  expect(final.body).toBe("PUT|/a||12|MKCALENDAR x");
  c.socket.destroy();
});

test("MKCALENDAR sent while a large answer is still being read", async () => {
  const c = dial(ingress.port);
  c.send(head("GET", "/large"));
  c.socket.pause();
  await sleep(200);
  c.send(withBody("MKCALENDAR", "/a/", "x"));
  await sleep(50);
  c.socket.resume();
  expect((await c.answer()).body).toHaveLength(4_194_304);
  expect((await c.answer()).body).toBe("MKCOL|/a/|MKCALENDAR|1|x");
  c.socket.destroy();
});

test("without the ingress workerd refuses MKCALENDAR and opens its RPC door", async () => {
  const refused = dial(workerPort);
  refused.send(withBody("MKCALENDAR", "/a/", "x"));
  expect((await refused.answer()).status).toBe(501);
  const door = dial(workerPort);
  door.send(head("CONNECT miniflare-unsafe-internal-capnp-connect").replace(" / HTTP", " HTTP"));
  expect((await door.answer()).status).toBe(200);
  door.socket.destroy();
});

const knock = "CONNECT miniflare-unsafe-internal-capnp-connect HTTP/1.1\r\nHost: x\r\n\r\n";

test.each([
  ["alone", [knock], 405],
  ["behind another request", [head("GET") + knock], 400],
  ["after blanks", [head("GET") + knock.replace(" ", " \t   ")], 400],
  ["after more blanks than are kept", [head("GET") + knock.replace(" ", " ".repeat(500))], 400],
  [
    "split inside the name",
    [`${head("GET")}CONNECT miniflare-unsafe`, "-internal-capnp-connect HTTP/1.1\r\nHost: x\r\n\r\n"],
    400,
  ],
  ["byte by byte, behind an open request", [head("GET", "/slow"), ...Array.from(knock)], 400],
])("the RPC door of the runtime is shut: %s", async (_name, chunks, status) => {
  const c = dial(ingress.port);
  for (const chunk of chunks) {
    c.send(chunk);
    await sleep(1);
  }
  const everything = await c.untilEnd();
  expect(everything).toContain(`HTTP/1.1 ${status} `);
  expect(everything).not.toMatch(/HTTP\/1.1 200 OK\r\n\r\n/);
});

test("text that names the door is only text", async () => {
  const c = dial(ingress.port);
  const text =
    "the CONNECTION to miniflare-unsafe-internal-capnp-connect, and miniflare-unsafe-internal-capnp-connect";
  c.send(withBody("PUT", "/a", text));
  expect((await c.answer()).body).toContain(`PUT|/a||${text.length}|`);
  c.socket.destroy();
});

test("a runtime that is away is 503, a refused address 429", async () => {
  const away = await open({ workerPort: () => 1 });
  const c = dial(away.port);
  c.send(head("GET"));
  expect(await c.untilEnd()).toMatch(/^HTTP\/1.1 503 /);
  await away.close(100);

  const refusing = await open({ failedSignIns: { isRefused: () => true, count: () => undefined } });
  const d = dial(refusing.port);
  d.send(head("GET"));
  expect(await d.untilEnd()).toMatch(/^HTTP\/1.1 429 /);
  await refusing.close(100);
});

test("every 401 is counted against the address, other answers are not", async () => {
  const counted: string[] = [];
  const counting = await open({
    failedSignIns: { isRefused: () => false, count: (address) => void counted.push(address) },
  });
  const c = dial(counting.port);
  for (const path of ["/deny", "/", "/deny"]) {
    c.send(head("GET", path));
    await c.answer();
  }
  c.socket.destroy();
  await counting.close(100);
  expect(counted).toEqual(["127.0.0.1", "127.0.0.1"]);
});

test("closing lets an open request finish and ends idle connections", async () => {
  const closing = await open({});
  const [idle, busy, uploading] = [dial(closing.port), dial(closing.port), dial(closing.port)];
  idle.send(head("GET"));
  await idle.answer();
  busy.send(head("GET", "/slow"));
  uploading.send(head("PUT", "/a", "Content-Length: 4\r\n"));
  await sleep(50);
  const closed = closing.close(5_000);
  await sleep(20);
  uploading.send("body");
  expect((await busy.answer()).body).toBe("GET|/slow||0|");
  expect((await uploading.answer()).body).toBe("PUT|/a||4|body");
  await idle.untilEnd();
  for (const { socket } of [idle, busy, uploading]) socket.end();
  await closed;
  const late = dial(closing.port);
  expect(await late.untilEnd()).toBe("");
});
