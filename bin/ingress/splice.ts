// One client connection, joined byte by byte to a connection of its own to workerd. Looks at the first bytes of each request only; a
// request that workerd refuses by its method moves the connection, once, to the rewriter. Nothing is added, so the Worker does not
// learn the client's address. A client can confuse only its own connection.
//
// A chunk counts as the start of a request when nothing was sent yet or the server has answered since the last chunk from the client:
// then a body that happens to begin with `MKCALENDAR ` is a body.

import { connect } from "node:net";
import type { Socket } from "node:net";

import type { FailedSignIns } from "./failed-sign-ins.ts";
import {
  classifyRequestStart,
  isInformational,
  isRefusedByRuntime,
  isUnauthorized,
} from "./request-start.ts";
import { notHttp } from "./rewriter.ts";
import { createDoorWatch } from "./runtime-door.ts";

/** Nothing flows in either direction. */
const idleMsMax = 300_000;
/** How long the first bytes of a method wait for the rest. */
const undecidedMsMax = 200;
/** From the end of one direction to the end of the other. */
const halfOpenMsMax = 30_000;

export interface SpliceTargets {
  /** Where workerd listens now. */
  readonly workerPort: () => number;
  readonly rewriterPort: () => number;
  readonly failedSignIns: FailedSignIns;
}

export interface Splice {
  /** No further request on this connection: ends it after the answer that is under way, if any. */
  drain(): void;
}

export function splice(client: Socket, targets: SpliceTargets): Splice {
  const address = client.remoteAddress ?? "";
  const door = createDoorWatch();
  let atRequestStart = true;
  let sentAny = false;
  let isRewritten = false;
  let isMoving = false;
  let isDraining = false;
  let undecided: Buffer | null = null;
  let undecidedTimer: NodeJS.Timeout | undefined;
  let upstream = join(targets.workerPort());

  function join(port: number): Socket {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    socket.on("data", (chunk) => fromServer(socket, chunk));
    socket.on("end", () => serverEnded(socket));
    let isConnected = false;
    socket.once("connect", () => (isConnected = true));
    socket.on("error", () => {
      if (socket !== upstream) return;
      if (isConnected) client.destroy();
      else refuse("503 Service Unavailable", "Retry-After: 1\r\n");
    });
    socket.on("drain", () => {
      if (!isMoving) client.resume();
    });
    socket.on("close", () => {
      if (socket === upstream) client.destroySoon();
    });
    return socket;
  }

  function fromServer(socket: Socket, chunk: Buffer): void {
    if (!isInformational(chunk)) {
      if (!atRequestStart && isRefusedByRuntime(chunk)) return refuse("400 Bad Request", "", notHttp);
      if (!atRequestStart && isUnauthorized(chunk)) targets.failedSignIns.count(address);
      atRequestStart = true;
      if (isDraining) socket.end();
    }
    if (!client.write(chunk)) socket.pause();
  }

  function serverEnded(socket: Socket): void {
    if (socket !== upstream) return;
    client.end();
    client.resume();
    giveTime();
  }

  function fromClient(arrived: Buffer): void {
    const chunk = undecided === null ? arrived : Buffer.concat([undecided, arrived]);
    undecided = null;
    clearTimeout(undecidedTimer);
    if (!atRequestStart) return send(chunk);
    if (targets.failedSignIns.isRefused(address))
      return refuse("429 Too Many Requests", "Retry-After: 60\r\n");
    const start = isRewritten ? "untouched" : classifyRequestStart(chunk);
    switch (start) {
      case "untouched":
        return send(chunk);
      case "rewritten":
        return moveToRewriter(chunk);
      case "undecided":
        undecided = chunk;
        undecidedTimer = setTimeout(sendUndecided, undecidedMsMax);
        return;
    }
  }

  function send(chunk: Buffer): void {
    if (!upstream.writable) return;
    if (!isRewritten && door.knocks(chunk)) return refuse("400 Bad Request", "");
    atRequestStart = false;
    sentAny = true;
    if (!upstream.write(chunk)) client.pause();
  }

  function sendUndecided(): void {
    clearTimeout(undecidedTimer);
    if (undecided === null) return;
    const chunk = undecided;
    undecided = null;
    send(chunk);
  }

  /** The answer to the request before is delivered first. */
  function moveToRewriter(chunk: Buffer): void {
    isRewritten = true;
    const before = upstream;
    const move = (): void => {
      isMoving = false;
      if (client.destroyed) return;
      upstream = join(targets.rewriterPort());
      client.resume();
      send(chunk);
    };
    before.removeAllListeners("end");
    before.removeAllListeners("close");
    if (!sentAny) {
      before.destroy();
      return move();
    }
    isMoving = true;
    client.pause();
    before.once("close", move);
    before.once("end", () => before.destroy());
    before.end();
  }

  function refuse(status: string, headers: string, sentence = ""): void {
    const type = sentence === "" ? "" : "Content-Type: text/plain; charset=utf-8\r\n";
    client.removeAllListeners("data");
    client.end(
      `HTTP/1.1 ${status}\r\n${headers}${type}Content-Length: ${sentence.length}\r\nConnection: close\r\n\r\n${sentence}`,
    );
    client.resume();
    upstream.destroy();
    giveTime();
  }

  function giveTime(): void {
    const timer = setTimeout(() => client.destroy(), halfOpenMsMax);
    client.once("close", () => clearTimeout(timer));
  }

  client.setTimeout(idleMsMax, () => client.destroy());
  client.on("data", fromClient);
  client.on("drain", () => upstream.resume());
  client.on("end", () => {
    sendUndecided();
    upstream.end();
    giveTime();
  });
  client.on("error", () => client.destroy());
  client.on("close", () => {
    clearTimeout(undecidedTimer);
    upstream.destroy();
  });

  return {
    drain() {
      isDraining = true;
      if (atRequestStart) upstream.end();
    },
  };
}
