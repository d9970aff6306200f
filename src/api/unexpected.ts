// What is left when a bug or a lost platform throws: a log line without content (where it happened, never what it was about)
// and a 503 that names it, so that a person can ask about it and a client tries again.

import { base64Url } from "./token-hash.ts";
import { problemResponse } from "./problem.ts";

const RETRY_AFTER = { "retry-after": "30" };

export function unexpected(error: unknown, method: string, path: string): Response {
  const reference = base64Url(crypto.getRandomValues(new Uint8Array(6)));
  console.error(
    JSON.stringify({
      event: "unexpected",
      reference,
      method,
      area: `/${path.split("/")[1] ?? ""}`,
      ...whereOf(error),
    }),
  );
  const detail = `Something unexpected happened. Nothing was lost. Reference: ${reference}`;
  if (path.startsWith("/v1/")) {
    return problemResponse({
      status: 503,
      code: "unexpected",
      title: "Service unavailable",
      detail,
      headers: RETRY_AFTER,
    });
  }
  return new Response(`${detail}\n`, {
    status: 503,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...RETRY_AFTER },
  });
}

/** An error's message may quote what a person wrote; its class and its stack frames cannot. */
function whereOf(error: unknown): { name: string; frames: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, frames: frames.slice(0, 8).map((line) => line.trim()) };
}
