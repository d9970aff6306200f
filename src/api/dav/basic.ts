// The Basic scheme (RFC 7617) as calendar clients send it. Credentials are UTF-8; the user name may arrive percent-encoded
// (macOS and iOS: `user%40host`).

export interface BasicCredentials {
  /** Lower case, decoded. */
  readonly login: string;
  readonly password: string;
}

const HEADER_LENGTH_MAX = 1024;

export function readBasic(authorization: string): BasicCredentials | undefined {
  if (authorization.length > HEADER_LENGTH_MAX || !/^basic /i.test(authorization)) return undefined;
  let text: string;
  try {
    const bytes = Uint8Array.from(atob(authorization.slice(6).trim()), (c) => c.charCodeAt(0));
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
  const colon = text.indexOf(":");
  if (colon <= 0) return undefined;
  return { login: decoded(text.slice(0, colon)).trim().toLowerCase(), password: text.slice(colon + 1) };
}

function decoded(login: string): string {
  if (!login.includes("%")) return login;
  try {
    return decodeURIComponent(login);
  } catch {
    return login;
  }
}
