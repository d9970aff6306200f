// Collations of text-match (RFC 4791 7.5; RFC 4790 9.2, 9.3; RFC 5051). All comparisons are substring matches.

type Fold = (text: string) => string;

function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** RFC 5051 2: case mapping, then decomposition; upper case stands for title case, of which substrings make no difference. */
function foldUnicode(text: string): string {
  return text.toUpperCase().normalize("NFKD");
}

const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["i;ascii-casemap", foldAscii],
  // RFC 4791 7.5: "default" is i;ascii-casemap.
  ["default", foldAscii],
  ["i;octet", (text) => text],
  ["i;unicode-casemap", foldUnicode],
]);

export function supportedCollation(name: string): boolean {
  return folds.has(name);
}

/** Whether `text` contains `part`; a collation that is not supported compares octets. */
export function containsText(collation: string, text: string, part: string): boolean {
  const fold = folds.get(collation);
  return fold === undefined ? text.includes(part) : fold(text).includes(fold(part));
}
