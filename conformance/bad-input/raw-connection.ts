// A connection on which anything can be written: requests that no HTTP library would send. The answer is what came back before the
// server closed, was silent for a while after a complete head, or the time was over.

import { connect } from "node:net";

export interface RawAnswer {
  /** 0: the server closed without a word. */
  readonly status: number;
  readonly text: string;
  readonly closed: boolean;
}

const silenceMs = 400;
const waitMsMax = 20_000;

export function exchangeRaw(
  port: number,
  write: (put: (bytes: string | Uint8Array) => Promise<boolean>, end: () => void) => Promise<void>,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    let silence: NodeJS.Timeout | undefined;
    let isOver = false;
    let proceed: (() => void) | undefined;
    function done(closed: boolean): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      clearTimeout(late);
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (?!1\d\d)(\d{3})/m.exec(text)?.[1] ?? 0), text, closed });
    }
    const late = setTimeout(() => done(false), waitMsMax);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      clearTimeout(silence);
      if (text.includes("\r\n\r\n")) silence = setTimeout(() => done(false), silenceMs);
    });
    socket.on("drain", () => proceed?.());
    socket.on("error", () => done(true));
    socket.on("close", () => {
      done(true);
      proceed?.();
    });
    /** False as soon as nobody listens any more. */
    async function put(bytes: string | Uint8Array): Promise<boolean> {
      if (isOver || socket.destroyed || !socket.writable) return false;
      if (socket.write(bytes)) return true;
      await new Promise<void>((go) => (proceed = go));
      return !socket.destroyed;
    }
    socket.once("connect", () => void write(put, () => socket.end()));
  });
}
