// An HTTP proxy between our server and one upstream. It keeps every byte that our server sent, counts by method, and can be told
// to misbehave. It knows nothing of calendars.

import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly head: string;
  readonly body: Buffer;
  status: number;
}

/** What to do with the next matching request instead of forwarding it. */
export type Misbehaviour =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** Forward it, then answer 500: the upstream has applied the write. */
  | { readonly kind: "apply-then-500" }
  | { readonly kind: "hang-up" };

export interface RecordingProxy {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Forgets what was recorded. */
  reset(): void;
  /** Every byte our server sent: request lines, headers and bodies. */
  sentBytes(): Buffer;
  writes(): readonly RecordedRequest[];
  /** Asked before each request; undefined forwards. */
  misbehave(rule: ((request: IncomingMessage) => Misbehaviour | undefined) | undefined): void;
  close(): Promise<void>;
}

const WRITE_METHODS = new Set(["PUT", "DELETE", "MKCOL", "MKCALENDAR", "PROPPATCH", "MOVE", "COPY", "POST"]);

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(
  target: URL,
  from: IncomingMessage,
  body: Buffer,
): Promise<{ message: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: target.hostname,
        port: target.port,
        method: from.method,
        path: from.url,
        headers: { ...from.headers, host: from.headers.host, "content-length": String(body.length) },
      },
      (message) => {
        readBody(message).then((answer) => resolve({ message, body: answer }), reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  const target = new URL(targetUrl);
  const requests: RecordedRequest[] = [];
  let rule: ((request: IncomingMessage) => Misbehaviour | undefined) | undefined;

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const record: RecordedRequest = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      head: incoming.rawHeaders.join("\n"),
      body,
      status: 0,
    };
    requests.push(record);
    const misbehaviour = rule?.(incoming);
    if (misbehaviour?.kind === "hang-up") {
      outgoing.destroy();
      return;
    }
    if (misbehaviour?.kind === "answer") {
      record.status = misbehaviour.status;
      outgoing.writeHead(misbehaviour.status, misbehaviour.headers);
      outgoing.end(misbehaviour.body ?? "");
      return;
    }
    const answer = await forward(target, incoming, body);
    if (misbehaviour?.kind === "apply-then-500") {
      record.status = 500;
      outgoing.writeHead(500);
      outgoing.end();
      return;
    }
    record.status = answer.message.statusCode ?? 0;
    outgoing.writeHead(record.status, answer.message.rawHeaders);
    outgoing.end(incoming.method === "HEAD" ? undefined : answer.body);
  }

  const server: Server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    reset: () => {
      requests.length = 0;
    },
    sentBytes: () =>
      Buffer.concat(
        requests.flatMap((request) => [
          Buffer.from(`${request.method} ${request.url}\n${request.head}\n`),
          request.body,
        ]),
      ),
    writes: () => requests.filter((request) => WRITE_METHODS.has(request.method)),
    misbehave: (next) => {
      rule = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
