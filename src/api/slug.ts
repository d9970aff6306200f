// A user's slug: the path segment under /dav and the login name. No `%`, `:` or `@`, so that it needs no escaping anywhere.

const SLUG = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** From a person's name: accents dropped, everything else turned into dashes. Empty when nothing is left. */
export function slugFromName(name: string): string {
  const text = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9_]+/g, "-")
    .replaceAll(/^[-_]+|[-_]+$/g, "")
    .slice(0, 63);
  return isSlug(text) ? text : "";
}
