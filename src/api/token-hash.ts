// Keyed hashes of the secrets that T-Minus hands out: HMAC-SHA256 under TOKEN_PEPPER, one domain per kind of secret, so
// that a feed token can never pass for an app password. Only these hashes are stored.

export type SecretKind =
  | "app-password"
  | "apple-profile"
  | "feed"
  | "link"
  | "challenge"
  | "form"
  | "account";

export interface TokenHash {
  /** base64url, 43 characters. */
  (kind: SecretKind, secret: string): Promise<string>;
}

/** `pepper`: TOKEN_PEPPER, base64. */
export function createTokenHash(pepper: string): TokenHash {
  const utf8 = new TextEncoder();
  let key: CryptoKey | undefined;
  return async (kind, secret) => {
    key ??= await crypto.subtle.importKey(
      "raw",
      Uint8Array.from(atob(pepper), (c) => c.charCodeAt(0)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    return base64Url(
      new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(`${kind}\0${secret}`))),
    );
  };
}

export function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
