// The HTTP server behind the splice for connections that use what workerd refuses, MKCALENDAR and request targets that are no path: forwards every request to the Worker, MKCALENDAR as MKCOL with
// `x-tm-method` (both carry their own request body, RFC 4791 5.3.1 and RFC 5689 3). Listens on loopback only. CONNECT is refused.

import { once } from "node:events";
import { createServer, request } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

const headersMsMax = 15_000;
const requestMsMax = 300_000;
const keepAliveMs = 5_000;

/** RFC 9110 7.6.1; `expect` is answered here. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/** Latin letters only: its length is its Content-Length. */
export const notHttp = "The request is not well-formed HTTP/1.1.\n";

export interface Rewriter {
  readonly port: number;
  close(): Promise<void>;
}

/** `upstreamPort`: where workerd listens now; it may change when workerd restarts. */
export async function startRewriter(upstreamPort: () => number): Promise<Rewriter> {
  const server = createServer(
    { headersTimeout: headersMsMax, requestTimeout: requestMsMax, keepAliveTimeout: keepAliveMs },
    (incoming, outgoing) => forward(incoming, outgoing, upstreamPort()),
  );
  server.on("connect", (_request, socket) => {
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the rewriter has no port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const target = targetOf(incoming);
  if (target === undefined) {
    if (incoming.method === "OPTIONS" && incoming.url === "*") outgoing.writeHead(204).end();
    else refuseRequest(outgoing);
    return;
  }
  const isMkCalendar = incoming.method === "MKCALENDAR";
  const headers = endToEnd(incoming.headers);
  if (target.host !== null) headers.host = target.host;
  if (isMkCalendar) headers["x-tm-method"] = "MKCALENDAR";
  const upstream = request({
    host: "127.0.0.1",
    port,
    agent: false,
    method: isMkCalendar ? "MKCOL" : incoming.method,
    path: target.path,
    headers,
    setHost: false,
  });
  upstream.on("response", (response) => {
    // The Worker never answers 500: this is workerd, which takes the request for malformed.
    if (response.statusCode === 500 && response.headers.connection === "close") {
      response.resume();
      return refuseRequest(outgoing);
    }
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, endToEnd(response.headers));
    response.pipe(outgoing);
    response.on("error", () => outgoing.destroy());
  });
  upstream.on("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(503, { "retry-after": "1", "content-length": "0" }).end();
  });
  incoming.on("error", () => upstream.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}

/** The path, and the host that an absolute target names instead of the Host header (RFC 9112 3.2.2). */
function targetOf({ url = "" }: IncomingMessage): { path: string; host: string | null } | undefined {
  if (url.startsWith("/")) return { path: url, host: null };
  const [, host, rest = ""] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (host === undefined) return undefined;
  return { path: rest.startsWith("/") ? rest : `/${rest}`, host };
}

function refuseRequest(outgoing: ServerResponse): void {
  outgoing.writeHead(400, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": notHttp.length,
    connection: "close",
  });
  outgoing.end(notHttp);
}

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").toLowerCase().split(/\s*,\s*/));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.has(name)),
  );
}
