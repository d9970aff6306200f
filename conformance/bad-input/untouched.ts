// What a user's tree holds, as text: every calendar with its tokens, every object with its tag. Equal before and after a request means
// that the request stored, changed and lost nothing; that it can be read at all means that the server is alive.

import { found, readMultistatus } from "../clients/multistatus.ts";
import type { Answer, Send, Sent } from "../clients/request.ts";

const question =
  '<D:propfind xmlns:D="DAV:" xmlns:C="http://calendarserver.org/ns/"><D:prop><D:displayname/><D:getetag/><D:sync-token/><C:getctag/></D:prop></D:propfind>';

async function list(send: Send, path: string): Promise<readonly { href: string; line: string }[]> {
  const answer = await send({ method: "PROPFIND", path, headers: { depth: "1" }, body: question });
  if (answer.status !== 207)
    throw new Error(`PROPFIND ${path}: ${answer.statusLine} ${answer.text.slice(0, 300)}`);
  return readMultistatus(answer.text).responses.map((response) => ({
    href: response.href,
    line: [
      response.href,
      ...[
        "{DAV:}displayname",
        "{DAV:}getetag",
        "{DAV:}sync-token",
        "{http://calendarserver.org/ns/}getctag",
      ].map((name) => found(response, name)?.text ?? ""),
    ].join(" "),
  }));
}

/** Throws when the server does not answer as it should. */
export async function stateOf(send: Send, user: string): Promise<string> {
  const home = await list(send, `/dav/calendars/${user}/`);
  const lines = home.map(({ line }) => line);
  for (const { href } of home.slice(1)) lines.push(...(await list(send, href)).map(({ line }) => line));
  return lines.join("\n");
}

/** Sends a request that must change nothing of `user`; throws when it does, or when the server is not well afterwards. */
export async function sendInVain(send: Send, user: string, sent: Sent): Promise<Answer> {
  const before = await stateOf(send, user);
  const answer = await send(sent);
  const after = await stateOf(send, user);
  if (after !== before)
    throw new Error(`${sent.method} ${sent.path} changed something:\n${before}\n---\n${after}`);
  return answer;
}
