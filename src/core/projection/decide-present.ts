// An item is present at the provider. Deciding twice: the second time nothing changes.

import { classify } from "./classify.ts";
import { mirrorUid } from "./managed-tag.ts";
import { meetMirror } from "./meet-mirror.ts";
import { inStep, meetOrigin, parseKnown, sourceRowOf } from "./merge-source.ts";
import { contentHash } from "./hash.ts";
import { newMirrorRow, type MirrorRow } from "./outbox-row.ts";
import {
  transitionOf,
  type ItemKnowledge,
  type KnownEvent,
  type ReadItem,
  type Transition,
  type TransitionContext,
} from "./transition-shape.ts";

export function decidePresent(item: ReadItem, known: ItemKnowledge, context: TransitionContext): Transition {
  const { mirror } = known;
  const hasMirrorUid =
    mirror !== null && item.uid === mirrorUid({ ...mirror, accountId: item.accountId }, context.hash);
  // A row that has no id yet means the object with its UID and no other: a person may have copied a block of ours.
  const isMapped = mirror !== null && (mirror.providerEventId === item.id || hasMirrorUid);
  const classification = classify(item, hasMirrorUid, isMapped);
  if (classification === "managed" && mirror !== null) return meetMirror(item, mirror, context);
  if (known.source !== null) return meetSource(item, known, context);
  if (item.role === "overlay" && item.tag?.genuine === true) return transitionOf("orphan", null);
  if (known.event !== null) return meetUnlinked(item, known.event, known.origin, context);
  // The creation was never confirmed and the event is deleted by now: the object is ours to take back.
  if (known.origin !== null) return meetOrigin(item, known.origin, null, null, context);
  const id = context.newEventId();
  const role = classification === "foreign-managed" ? "foreign" : "origin";
  return transitionOf("created", id, {
    ical: item.ical,
    source: sourceRowOf(item, id, role),
    mirror: inStep(newMirrorRow(id, item.accountId, "origin"), item),
  });
}

function meetSource(item: ReadItem, known: ItemKnowledge, context: TransitionContext): Transition {
  const { source, origin } = known;
  if (source === null || (origin === null && known.event === null))
    return transitionOf("unchanged", source?.canonicalEventId ?? null);
  // A copy tells nothing about the event; only that it is there.
  if (source.role === "copy")
    return transitionOf("unchanged", source.canonicalEventId, {
      source: sourceRowOf(item, source.canonicalEventId, "copy"),
    });
  const row = origin ?? newMirrorRow(source.canonicalEventId, item.accountId, "origin");
  return meetOrigin(item, row, known.event, source, context);
}

/** The canonical calendar has the UID, but not from here. */
function meetUnlinked(
  item: ReadItem,
  event: KnownEvent,
  origin: MirrorRow | null,
  context: TransitionContext,
): Transition {
  const isOurCreation =
    origin !== null && (origin.providerEventId === null || origin.providerEventId === item.id);
  if (isOurCreation) return meetOrigin(item, origin, event, null, context);
  const hasOrigin = origin !== null || event.sources.some((source) => source.role !== "copy");
  if (hasOrigin)
    return transitionOf("unchanged", event.canonicalEventId, {
      source: sourceRowOf(item, event.canonicalEventId, "copy"),
    });
  const row = {
    ...newMirrorRow(event.canonicalEventId, item.accountId, "origin"),
    desiredHash: contentHash(parseKnown(event.ical), context.hash),
  };
  return meetOrigin(item, row, event, null, context);
}
