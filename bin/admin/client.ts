// Speaks with the admin API of the running server on this machine: without TLS on loopback, under the name that clients use.

import { request as httpRequest } from "node:http";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";
import type { RunningServer } from "../serve/data-folder.ts";
import type { AdminRequest } from "./commands.ts";

const answerMsMax = 300_000;

export interface AdminFailure {
  readonly kind: "refused" | "unreachable";
  readonly sentence: string;
}

/** The value is the JSON of the answer; null when there is none. */
export async function callAdmin(
  server: RunningServer,
  token: string,
  { method, path, body }: AdminRequest,
): Promise<Result<unknown, AdminFailure>> {
  const answer = await send(server, token, method, path, body === undefined ? null : JSON.stringify(body));
  if (answer === undefined) {
    return err({
      kind: "unreachable",
      sentence: `The server at ${server.url} does not answer. Is it running?`,
    });
  }
  const json = parse(answer.text);
  if (answer.status >= 200 && answer.status < 300) return ok(json ?? null);
  return err({ kind: "refused", sentence: sentenceOf(answer.status, json) });
}

function send(
  { url, adminUrl }: RunningServer,
  token: string,
  method: string,
  path: string,
  body: string | null,
): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      new URL(path, adminUrl),
      {
        method,
        timeout: answerMsMax,
        headers: {
          host: new URL(url).host,
          authorization: `Bearer ${token}`,
          accept: "application/json",
          ...(body === null
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        },
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => (text += chunk));
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
        incoming.on("error", () => resolve(undefined));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(undefined));
    outgoing.end(body ?? undefined);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Problem details (RFC 9457): the detail is a sentence, the title a short one. */
function sentenceOf(status: number, json: unknown): string {
  if (typeof json === "object" && json !== null) {
    const { detail, title } = json as { detail?: unknown; title?: unknown };
    if (typeof detail === "string" && detail !== "") return detail;
    if (typeof title === "string" && title !== "") return title;
  }
  return `The server answered ${status}.`;
}
