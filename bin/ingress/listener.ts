// The public port: plain or TLS, a bounded number of connections, and an end that lets open requests finish.

import { once } from "node:events";
import { createServer as createPlainServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { throttleKey } from "./failed-sign-ins.ts";
import type { FailedSignIns } from "./failed-sign-ins.ts";
import { startRewriter } from "./rewriter.ts";
import { splice } from "./splice.ts";
import type { Splice } from "./splice.ts";

const connectionsMax = 4_096;
const connectionsPerAddressMax = 256;
const handshakeMsMax = 15_000;

export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface Ingress {
  readonly port: number;
  /** Plain HTTP for programs on this machine. */
  readonly loopbackPort: number;
  /** Takes a renewed certificate for new connections. */
  setCertificate(certificate: Certificate): void;
  /** Accepts nothing more, lets open requests finish for at most `drainMsMax`, then ends every connection. */
  close(drainMsMax: number): Promise<void>;
}

export interface IngressOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: Certificate | null;
  readonly workerPort: () => number;
  readonly failedSignIns: FailedSignIns;
}

/** Rejects with the error of `listen` (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export async function startIngress(options: IngressOptions): Promise<Ingress> {
  const rewriter = await startRewriter(options.workerPort);
  const targets = {
    workerPort: options.workerPort,
    rewriterPort: () => rewriter.port,
    failedSignIns: options.failedSignIns,
  };
  const accepted = new Set<Socket>();
  const splices = new Map<Socket, Splice>();
  const perAddress = new Map<string, number>();

  function isWithinLimits(socket: Socket): boolean {
    const key = throttleKey(socket.remoteAddress ?? "");
    if (key === null) return true;
    const count = (perAddress.get(key) ?? 0) + 1;
    if (count > connectionsPerAddressMax) return false;
    perAddress.set(key, count);
    socket.once("close", () => {
      const left = (perAddress.get(key) ?? 1) - 1;
      if (left === 0) perAddress.delete(key);
      else perAddress.set(key, left);
    });
    return true;
  }

  function accept(socket: Socket): void {
    if (!isWithinLimits(socket)) {
      socket.destroy();
      return;
    }
    accepted.add(socket);
    socket.once("close", () => accepted.delete(socket));
    socket.on("error", () => socket.destroy());
  }

  function join(socket: Socket): void {
    splices.set(socket, splice(socket, targets));
    socket.once("close", () => splices.delete(socket));
  }

  const { server, setCertificate } = createServer(options.certificate, accept, join);
  server.maxConnections = connectionsMax;
  server.listen({ port: options.port, host: options.host });
  try {
    await once(server, "listening");
  } catch (error) {
    await rewriter.close();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the public port has no number");

  return {
    port: address.port,
    loopbackPort: rewriter.port,
    setCertificate,
    close: async (drainMsMax) => {
      const closed = once(server, "close");
      server.close();
      for (const open of splices.values()) open.drain();
      const late = setTimeout(() => {
        for (const socket of accepted) socket.destroy();
      }, drainMsMax);
      await closed;
      clearTimeout(late);
      await rewriter.close();
    },
  };
}

/** `accept` sees the TCP connection, `join` what carries the request bytes. */
function createServer(
  certificate: Certificate | null,
  accept: (socket: Socket) => void,
  join: (socket: Socket) => void,
): { server: Server; setCertificate: (certificate: Certificate) => void } {
  const connection = { allowHalfOpen: true, noDelay: true };
  if (certificate === null) {
    const server = createPlainServer(connection, (socket) => {
      accept(socket);
      if (!socket.destroyed) join(socket);
    });
    return { server, setCertificate: () => undefined };
  }
  const server = createTlsServer({
    ...connection,
    ...certificate,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: handshakeMsMax,
  });
  server.on("connection", accept);
  server.on("secureConnection", join);
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return {
    server,
    setCertificate: (renewed) => server.setSecureContext({ ...renewed, minVersion: "TLSv1.2" }),
  };
}
