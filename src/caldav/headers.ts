// Request headers of WebDAV and their preferences: Depth (RFC 4918 10.2), Prefer (RFC 7240, 8144), Brief, entity tags
// (RFC 9110 8.8.3, 13.1). Values only; what follows from them is decided elsewhere.

export type Depth = "0" | "1" | "infinity";

/** `null` when absent, `undefined` when malformed. */
export function depthOf(request: Request): Depth | null | undefined {
  const value = request.headers.get("depth")?.trim().toLowerCase();
  if (value === undefined) return null;
  return value === "0" || value === "1" || value === "infinity" ? value : undefined;
}

export interface Preferences {
  /** return=minimal, or the older `Brief: t`. */
  readonly minimal: boolean;
  readonly representation: boolean;
  readonly noRoot: boolean;
  /** What Preference-Applied may repeat. */
  readonly stated: readonly string[];
}

const NONE: Preferences = { minimal: false, representation: false, noRoot: false, stated: [] };

export function preferencesOf(request: Request): Preferences {
  const prefer = request.headers.get("prefer");
  const brief = request.headers.get("brief")?.trim().toLowerCase() === "t";
  if (prefer === null) return brief ? { ...NONE, minimal: true } : NONE;
  const wanted = new Set<string>();
  for (const preference of prefer.split(",")) {
    const name = (preference.split(";")[0] ?? "").replace(/[\s"]/g, "").toLowerCase();
    // The drafts of RFC 8144 spelled it return-minimal; older Apple clients still do.
    wanted.add(name.replace(/^return-(minimal|representation)$/, "return=$1"));
  }
  const representation = wanted.has("return=representation");
  return {
    minimal: brief || (wanted.has("return=minimal") && !representation),
    representation,
    noRoot: wanted.has("depth-noroot"),
    stated: ["return=minimal", "return=representation", "depth-noroot"].filter((name) => wanted.has(name)),
  };
}

export interface EntityTag {
  readonly weak: boolean;
  readonly tag: string;
}

/** Entity tags of If-Match, If-None-Match, If-Schedule-Tag-Match; `"*"` for the wildcard, `undefined` when malformed. */
export function entityTags(value: string): "*" | readonly EntityTag[] | undefined {
  const trimmed = value.trim();
  if (trimmed === "*") return "*";
  // Evolution 3.x sends the quotes escaped: If-Match: \"abc\" (checklist E2).
  const source = trimmed.replaceAll('\\"', '"');
  const tags: EntityTag[] = [];
  const pattern = /\s*(W\/)?(?:"([^"]*)"|([^\s",]+))\s*(?:,|$)/y;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (match === null) return undefined;
    tags.push({ weak: match[1] !== undefined, tag: match[2] ?? match[3] ?? "" });
  }
  return tags.length === 0 ? undefined : tags;
}

/** The Windows 10/11 account service; it sends calendar-query with Depth 0 and means the members (checklist O2). */
export function isWindowsClient(request: Request): boolean {
  return request.headers.get("user-agent")?.startsWith("MSFT-") ?? false;
}
