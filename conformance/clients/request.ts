// HTTP as a client writes it: method, path and headers go out exactly as given (fetch would tidy the path), nothing is followed.

import { request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly login?: Login | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** The line as sent: `HTTP/1.1 207 Multi-Status`. */
  readonly statusLine: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export type Send = (sent: Sent) => Promise<Answer>;

export function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

const xmlMethods = new Set(["PROPFIND", "PROPPATCH", "REPORT", "MKCOL", "MKCALENDAR"]);

/** One request on a connection of its own. `login` null or absent: none, unless `defaults` has one. */
export function sender(
  url: string,
  defaults: { readonly login?: Login; readonly userAgent?: string } = {},
): Send {
  const { hostname, port } = new URL(url);
  return ({ method, path, login = defaults.login ?? null, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          hostname,
          port,
          agent: false,
          method,
          path,
          headers: {
            ...(login === null ? {} : { authorization: basic(login) }),
            ...(defaults.userAgent === undefined ? {} : { "user-agent": defaults.userAgent }),
            ...(body === undefined
              ? {}
              : {
                  "content-type": xmlMethods.has(method)
                    ? "text/xml; charset=utf-8"
                    : "text/calendar; charset=utf-8",
                  "content-length": String(Buffer.byteLength(body)),
                }),
            ...headers,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              statusLine: `HTTP/${incoming.httpVersion} ${incoming.statusCode} ${incoming.statusMessage}`,
              headers: incoming.headers,
              text: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
}
