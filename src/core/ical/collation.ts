// Collations of text-match (RFC 4791 7.5, RFC 4790): i;ascii-casemap, i;octet, i;unicode-casemap.

const SUPPORTED: readonly string[] = ["i;ascii-casemap", "i;octet", "i;unicode-casemap"];

/** `default` is i;ascii-casemap (RFC 4791 7.5.1). */
export function supportedCollation(name: string): boolean {
  return name === "default" || SUPPORTED.includes(name);
}
