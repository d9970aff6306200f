// The If header (RFC 4918 10.4): lists of state tokens and entity tags, tagged with a resource or not. There are no locks, so the
// only state tokens that can match are sync tokens (RFC 6578 5); DAV:no-lock never does.

import { err, ok, type Result } from "../core/result.ts";

export interface IfCondition {
  readonly negated: boolean;
  readonly kind: "token" | "etag";
  readonly value: string;
}

export interface IfList {
  /** The resource the list speaks of; `null`: the one the request is for. */
  readonly href: string | null;
  readonly conditions: readonly IfCondition[];
}

/** What a resource can be compared with; `undefined` where it has none. */
export interface ResourceState {
  readonly etag: string | undefined;
  readonly token: string | undefined;
}

const TOKEN = /\s*(?:(\()|(\))|(Not(?=[\s<[]))|<([^>]*)>|\[(?:W\/)?"([^"]*)"\])/iy;

export function parseIf(header: string): Result<readonly IfList[], string> {
  const lists: IfList[] = [];
  let href: string | null = null;
  let hrefHasList = true;
  let current: IfCondition[] | undefined;
  let negated = false;
  const text = header.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return err("The If header is malformed.");
    const [, opens, closes, not, uri, etag] = match;
    if (opens !== undefined && current === undefined) current = [];
    else if (closes !== undefined && current !== undefined && current.length > 0 && !negated) {
      lists.push({ href, conditions: current });
      current = undefined;
      hrefHasList = true;
    } else if (not !== undefined && current !== undefined && !negated) negated = true;
    else if (uri !== undefined && current === undefined && hrefHasList) {
      // Untagged lists must not be followed by tagged ones.
      if (href === null && lists.length > 0) return err("The If header mixes tagged and untagged lists.");
      href = uri;
      hrefHasList = false;
    } else if (current !== undefined && (uri !== undefined || etag !== undefined)) {
      const kind = uri === undefined ? "etag" : "token";
      current.push({ negated, kind, value: uri ?? etag ?? "" });
      negated = false;
    } else return err("The If header is malformed.");
  }
  const isWhole = current === undefined && hrefHasList && lists.length > 0;
  return isWhole ? ok(lists) : err("The If header is malformed.");
}

/** True when any list holds. */
export function holds(lists: readonly IfList[], stateOf: (href: string | null) => ResourceState): boolean {
  return lists.some(({ href, conditions }) => {
    const state = stateOf(href);
    return conditions.every(({ negated, kind, value }) => {
      const actual = kind === "etag" ? state.etag : state.token;
      return (actual === value) !== negated;
    });
  });
}
