// From a transition that federation decided (core/projection/transition-shape.ts) to one prepared change of one event: the object is
// read and sealed, the outbox is planned anew for the rows as they will be.

import { readCalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import type { AccountId, CanonicalEventId } from "../../core/id.ts";
import type { ComponentName } from "../../core/ports/calendar-store.ts";
import type { MirrorRow, SourceRow } from "../../core/projection/outbox-row.ts";
import type { Outcome, Transition, TransitionContext } from "../../core/projection/transition-shape.ts";
import { err, ok } from "../../core/result.ts";
import type { Result } from "../../core/result.ts";
import { prepareContent } from "./content.ts";
import { eventByUid, mirrorRowId } from "./event-rows.ts";
import type { StoredEvent } from "./event-rows.ts";
import type { EventChange } from "./event-writer.ts";
import { collectionOfKind } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { journalEntry, patchBetween } from "./journal.ts";
import type { ChangeType, JournalEntry } from "./journal.ts";
import { sealMirrors } from "./mirror-writer.ts";
import { planOutbox, treeOf } from "./planning.ts";

export interface Decided {
  readonly canonicalEventId: CanonicalEventId;
  readonly before: StoredEvent | null;
  readonly transition: Transition;
  /** The source that `removeSource` means. */
  readonly sourceAtPlace: SourceRow | null;
  readonly actor: string;
}

/** The error is a sentence without content: why a provider's object cannot be taken. */
export async function changeFor(
  graph: Graph,
  decided: Decided,
  context: TransitionContext,
): Promise<Result<EventChange, string>> {
  const { canonicalEventId, before, transition } = decided;
  let object: CalendarObject | null = null;
  if (transition.ical !== null) {
    const read = readCalendarObject(transition.ical);
    if (!read.ok) return err(read.error.reason);
    object = read.value;
    const holder = eventByUid(graph.sql, object.uid);
    if (holder !== undefined && holder.canonicalEventId !== canonicalEventId)
      return err("Another event holds the UID of this one.");
  }
  const component = object?.component ?? before?.row.component ?? "VEVENT";
  const place = placeFor(graph, component);
  if (place === undefined) return err(`Objects of the kind ${component} are not shown here.`);
  const calendar = transition.removeEvent ? null : (object?.calendar ?? treeOf(before?.ical ?? null));
  if (calendar === undefined) return err("The event that is stored here cannot be read.");
  const sources = sourcesAfter(before?.sources ?? [], decided);
  const rows = mirrorsAfter(before?.mirrors ?? [], transition);
  const originAccountId = originAfter(before, sources);
  const isUnified =
    before === null || before.row.deletedAt !== null ? component === "VEVENT" : before.isUnified;
  const isLocal = before?.isLocal ?? false;
  const planned = planOutbox(
    graph,
    { canonicalEventId, calendar, component, originAccountId, isUnified, isLocal, sources, mirrors: rows },
    context,
  );
  const saved = new Map<string, MirrorRow>();
  for (const row of [transition.mirror, transition.promoted?.origin ?? null, ...planned]) {
    if (row !== null) saved.set(mirrorRowId(row), row);
  }
  const [content, mirrors, journal] = await Promise.all([
    object === null ? null : prepareContent(graph, canonicalEventId, object, false),
    sealMirrors(graph, [...saved.values()]),
    journalFor(graph, decided, object),
  ]);
  if (content !== null && !content.ok) return err(content.error.reason);
  return ok({
    canonicalEventId,
    before,
    content: content === null ? null : content.value,
    originAccountId,
    remove: transition.removeEvent,
    place: { calendarKey: place, name: null },
    removeSources: transition.removeSource && decided.sourceAtPlace !== null ? [decided.sourceAtPlace] : [],
    saveSources: sources.filter((source) => !(before?.sources ?? []).includes(source)),
    mirrors,
    journal,
  });
}

function placeFor(graph: Graph, component: ComponentName): number | undefined {
  if (component === "VEVENT") return collectionOfKind(graph, "unified").calendarKey;
  return component === "VTODO" ? collectionOfKind(graph, "tasks").calendarKey : undefined;
}

function isAt(a: SourceRow, b: SourceRow): boolean {
  return (
    a.accountId === b.accountId &&
    a.providerCalendarId === b.providerCalendarId &&
    a.providerEventId === b.providerEventId
  );
}

/** At most one source is no copy: the one that was decided last; another one that claims it is a copy from now on. */
function sourcesAfter(before: readonly SourceRow[], { transition, sourceAtPlace }: Decided): SourceRow[] {
  let sources = [...before];
  if (transition.removeSource && sourceAtPlace !== null)
    sources = sources.filter((one) => !isAt(one, sourceAtPlace));
  // The text of a copy was never kept: without its etag the next complete read brings it.
  const promoted = transition.promoted === null ? null : { ...transition.promoted.source, etag: null };
  for (const saved of [transition.source, promoted]) {
    if (saved === null) continue;
    sources = sources
      .filter((one) => !isAt(one, saved))
      .map((one) => (saved.role !== "copy" && one.role !== "copy" ? { ...one, role: "copy" } : one));
    sources.push(saved);
  }
  return sources;
}

function mirrorsAfter(before: readonly MirrorRow[], transition: Transition): MirrorRow[] {
  const rows = new Map(before.map((row) => [mirrorRowId(row), row]));
  for (const saved of [transition.mirror, transition.promoted?.origin ?? null]) {
    if (saved !== null) rows.set(mirrorRowId(saved), saved);
  }
  return [...rows.values()];
}

function originAfter(before: StoredEvent | null, sources: readonly SourceRow[]): AccountId | null {
  return sources.find((source) => source.role !== "copy")?.accountId ?? before?.row.originAccountId ?? null;
}

function changeTypeOf(outcome: Outcome): ChangeType | null {
  switch (outcome) {
    case "created":
    case "updated":
    case "merged":
    case "restored":
    case "deleted":
      return outcome;
    case "unchanged":
    case "overwrite":
    case "orphan":
      return null;
  }
}

function journalFor(
  graph: Graph,
  decided: Decided,
  object: CalendarObject | null,
): Promise<JournalEntry | null> {
  const { transition, before } = decided;
  const changeType = changeTypeOf(transition.outcome);
  if (changeType === null || (object === null && !transition.removeEvent && transition.losses.length === 0)) {
    return Promise.resolve(null);
  }
  const previous = treeOf(before?.ical ?? null);
  const patch = {
    instances:
      previous !== null && previous !== undefined && object !== null
        ? patchBetween(previous, object.calendar)
        : [],
    losses: transition.losses,
    before: transition.removeEvent ? (before?.ical ?? null) : null,
  };
  return journalEntry(graph, decided.canonicalEventId, decided.actor, changeType, patch);
}
