// Invariant A: every provider event is an origin, a managed mirror of ours, or managed by somebody else. A tag alone proves
// nothing (events get copied): ours needs the tag (or the keyed UID, where a client dropped the tag) AND the mapping row.

import { hasMirrorForm, type ManagedTag } from "./managed-tag.ts";

export type Classification = "origin" | "managed" | "foreign-managed";

/** `isMapped`: a mapping row means this very object. */
export function classify(
  item: { readonly tag: ManagedTag | null; readonly uid: string },
  hasMirrorUid: boolean,
  isMapped: boolean,
): Classification {
  if (isMapped && (hasMirrorUid || item.tag?.genuine === true)) return "managed";
  return item.tag === null && !hasMirrorForm(item.uid) ? "origin" : "foreign-managed";
}
