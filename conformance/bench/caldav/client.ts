// One sequential client on one kept-alive connection, as far as the server keeps it. Times are from the first byte sent to the last received.

import { Agent, request as httpRequest } from "node:http";

/** Radicale reads 10,000 new files in minutes. */
const answerMsMax = 600_000;

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  /** The answer came and is not what it should be: its time says little. */
  readonly wrong?: string;
}

export interface BenchClient {
  send(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer>;
  close(): void;
}

export function createBenchClient(url: string, username: string, password: string): BenchClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return {
    send: (method, path, headers = {}, body = "") =>
      new Promise((resolve, reject) => {
        const started = performance.now();
        const outgoing = httpRequest(
          new URL(path, url),
          {
            method,
            agent,
            timeout: answerMsMax,
            headers: {
              authorization,
              ...(body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) }),
              ...headers,
            },
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
            incoming.on("end", () => {
              const ms = performance.now() - started;
              resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString(), ms });
            });
            incoming.on("error", reject);
          },
        );
        outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer in ${answerMsMax / 1000} s`)));
        outgoing.on("error", reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
