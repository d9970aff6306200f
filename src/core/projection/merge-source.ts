// Both sides of an origin brought together: what the provider holds now, what the canonical calendar says, and what both
// last agreed on. A write whose outcome was never learnt may be what the provider shows; then it is the base.

import type { CanonicalEventId } from "../id.ts";
import type { JCalComponent } from "../ical/jcal.ts";
import { assert } from "../assert.ts";
import { parseCalendar } from "../ical/parse.ts";
import { serializeCalendar } from "../ical/serialize.ts";
import { contentHash, type KeyedHash } from "./hash.ts";
import { mergeObjects } from "./merge.ts";
import { instancesByKey, unitsOf, unitText } from "./merge-units.ts";
import type { MirrorRow, SourceRow } from "./outbox-row.ts";
import {
  transitionOf,
  type KnownEvent,
  type ReadItem,
  type Transition,
  type TransitionContext,
} from "./transition-shape.ts";

/** `event` null: the canonical event is deleted and `row` wants it gone there too. */
export function meetOrigin(
  item: ReadItem,
  row: MirrorRow,
  event: KnownEvent | null,
  source: SourceRow | null,
  context: TransitionContext,
): Transition {
  const id = row.canonicalEventId;
  const seen: MirrorRow = {
    ...row,
    providerCalendarId: item.providerCalendarId,
    providerEventId: item.id,
    etag: item.etag,
    projectedHash: item.contentHash,
    seenHash: item.contentHash,
  };
  const at = sourceRowOf(item, id, source?.role === "foreign" ? "foreign" : "origin");
  if (event === null) return meetDeleted(item, row, seen, at, context);
  const ours = parseKnown(event.ical);
  const oursHash = contentHash(ours, context.hash);
  if (oursHash === item.contentHash)
    return transitionOf("unchanged", id, { source: at, mirror: inStep(seen, item) });
  const base = chooseBase(row, item, context.hash);
  if (base !== null && base.hash === item.contentHash)
    return transitionOf("unchanged", id, {
      source: at,
      mirror: { ...seen, desiredHash: oursHash, base: item.ical, state: "PENDING" },
    });
  if (base !== null && base.hash === oursHash)
    return transitionOf("updated", id, { ical: item.ical, source: at, mirror: inStep(seen, item) });
  const merged = mergeObjects(base?.calendar ?? null, ours, item.calendar);
  const mergedHash = contentHash(merged.calendar, context.hash);
  if (mergedHash === item.contentHash)
    return transitionOf("merged", id, {
      ical: item.ical,
      source: at,
      mirror: inStep(seen, item),
      losses: merged.losses,
    });
  return transitionOf("merged", id, {
    ical: mergedHash === oursHash ? event.ical : serializeCalendar(merged.calendar),
    source: at,
    mirror: {
      ...seen,
      desiredHash: mergedHash,
      base: item.ical,
      tried: [],
      state: "PENDING",
      nextAttemptAt: context.nowMs,
    },
    losses: merged.losses,
  });
}

/** We want it gone; an edit that we never saw brings it back (nothing is ever lost). */
function meetDeleted(
  item: ReadItem,
  row: MirrorRow,
  seen: MirrorRow,
  source: SourceRow,
  context: TransitionContext,
): Transition {
  const isKnown =
    item.contentHash === row.seenHash ||
    knownTexts(row).some((text) => hashOfText(text, context.hash) === item.contentHash);
  if (isKnown)
    return transitionOf("unchanged", row.canonicalEventId, {
      mirror: { ...seen, desiredHash: null, state: "DELETING" },
      source,
    });
  return transitionOf("restored", row.canonicalEventId, {
    ical: item.ical,
    source,
    mirror: inStep(seen, item),
  });
}

export function sourceRowOf(item: ReadItem, id: CanonicalEventId, role: SourceRow["role"]): SourceRow {
  return {
    canonicalEventId: id,
    accountId: item.accountId,
    providerCalendarId: item.providerCalendarId,
    providerEventId: item.id,
    etag: item.etag,
    role,
    contentHash: item.contentHash,
  };
}

/** The provider and the canonical calendar agree on what the item says. */
export function inStep(row: MirrorRow, item: ReadItem): MirrorRow {
  return {
    ...row,
    providerCalendarId: item.providerCalendarId,
    providerEventId: item.id,
    etag: item.etag,
    desiredHash: item.contentHash,
    projectedHash: item.contentHash,
    seenHash: item.contentHash,
    base: item.ical,
    tried: [],
    state: "ACTIVE",
    attempts: 0,
    error: null,
  };
}

interface Base {
  readonly calendar: JCalComponent;
  readonly hash: string;
}

/** Of the agreed base and the writes of unknown outcome: what the provider's object was made from, so the closest to it. */
function chooseBase(row: MirrorRow, item: ReadItem, hash: KeyedHash): Base | null {
  let best: Base | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const text of knownTexts(row)) {
    const calendar = parseKnown(text);
    const candidate = { calendar, hash: contentHash(calendar, hash) };
    if (candidate.hash === item.contentHash) return candidate;
    const distance = distanceOf(calendar, item.calendar);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function knownTexts(row: MirrorRow): readonly string[] {
  return row.base === null ? row.tried : [...row.tried, row.base];
}

function distanceOf(a: JCalComponent, b: JCalComponent): number {
  const [mine, other] = [instancesByKey(a), instancesByKey(b)];
  let distance = 0;
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const [x, y] = [mine.get(key), other.get(key)];
    const [left, right] = [
      x === undefined ? null : unitsOf(x, false),
      y === undefined ? null : unitsOf(y, false),
    ];
    for (const unit of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])]))
      if (unitText(left?.get(unit)) !== unitText(right?.get(unit))) distance++;
  }
  return distance;
}

function hashOfText(text: string, hash: KeyedHash): string {
  return contentHash(parseKnown(text), hash);
}

/** Octets that were read once before they were stored. */
export function parseKnown(text: string): JCalComponent {
  const calendar = parseCalendar(text);
  assert(calendar.ok, "a stored calendar object parses");
  return calendar.value;
}
