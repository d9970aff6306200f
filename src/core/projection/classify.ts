// Invariant A: every provider event is an origin, a managed mirror of ours, or managed by somebody else. A tag alone proves
// nothing (events get copied): ours needs the tag (or the keyed UID, where a client dropped the tag) AND the mapping row.

import type { ManagedTag } from "./managed-tag.ts";

export type Classification = "origin" | "managed" | "foreign-managed";

export function classify(tag: ManagedTag | null, hasMirrorUid: boolean, isMapped: boolean): Classification {
  if (isMapped && (hasMirrorUid || tag?.genuine === true)) return "managed";
  return tag === null ? "origin" : "foreign-managed";
}
