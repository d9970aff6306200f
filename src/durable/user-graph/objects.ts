// PUT and DELETE of calendar object resources. Conditions are judged, everything is prepared, then one transaction writes the
// object, its index, its revisions, its journal entry and what every account has to be told (the outbox).

import { newId } from "../../core/id.ts";
import type { AccountId, CalendarId } from "../../core/id.ts";
import { precondition } from "../../core/failure.ts";
import type { Failure } from "../../core/failure.ts";
import type { CalendarObject } from "../../core/ical/calendar-object-resource.ts";
import { limits } from "../../core/limits.ts";
import type { MemberMetadata, PutObject, PutOutcome, StateCheck } from "../../core/ports/calendar-store.ts";
import { err, ok } from "../../core/result.ts";
import type { Result } from "../../core/result.ts";
import { etagOf, prepareContent } from "./content.ts";
import { eventByUid, loadEvents } from "./event-rows.ts";
import type { EventRow, StoredEvent } from "./event-rows.ts";
import { writeEventChange } from "./event-writer.ts";
import { collectionById, transitionContext } from "./graph.ts";
import type { Graph, StoredCollection } from "./graph.ts";
import { journalEntry, patchBetween } from "./journal.ts";
import { readMember } from "./members.ts";
import { sealMirrors } from "./mirror-writer.ts";
import { planOutbox, treeOf } from "./planning.ts";
import { transact } from "./transaction.ts";

export function putObject(graph: Graph, request: PutObject): Promise<Result<PutOutcome, Failure>> {
  return graph.enter(() => put(graph, request));
}

async function put(graph: Graph, request: PutObject): Promise<Result<PutOutcome, Failure>> {
  const { object, name } = request;
  const seen = graph.state.version;
  const collection = collectionById(graph, request.calendarId);
  if (collection === undefined) return err({ kind: "not-found", reason: "This calendar does not exist." });
  const current = readMember(graph, request.calendarId, name);
  const holder = eventByUid(graph.sql, object.uid);
  const refused = request.check(current) ?? refusal(graph, collection, object, name, current, holder);
  if (refused !== undefined) return err(refused);
  if (current !== undefined && current.etag === etagOf(graph, object.text)) {
    return ok({ created: false, etag: current.etag, scheduleTag: current.scheduleTag });
  }
  const before = holder === undefined ? null : await loadOne(graph, holder);
  const canonicalEventId = before?.row.canonicalEventId ?? newId("evt", graph.clock, graph.random);
  const content = await prepareContent(graph, canonicalEventId, object, true);
  if (!content.ok) return content;
  const isUnified = collection.kind === "unified";
  const isLocal = collection.kind === "local";
  // A UID that returns while its deletion is on its way takes up its identity, but not as another kind of thing.
  const isSame = before !== null && !isLocal && before.row.component === object.component;
  const originAccountId = isSame ? before.row.originAccountId : originOfNew(graph, collection, object);
  const rows = planOutbox(
    graph,
    {
      canonicalEventId,
      calendar: object.calendar,
      component: object.component,
      originAccountId,
      isUnified,
      isLocal: isLocal || (before !== null && !isSame),
      sources: before?.sources ?? [],
      mirrors: before?.mirrors ?? [],
    },
    transitionContext(graph),
  );
  const previous = treeOf(before?.ical ?? null) ?? null;
  const [mirrors, journal] = await Promise.all([
    sealMirrors(graph, rows),
    journalEntry(
      graph,
      canonicalEventId,
      request.actor,
      before === null ? "created" : current === undefined ? "restored" : "updated",
      previous === null ? null : { instances: patchBetween(previous, object.calendar) },
    ),
  ]);
  return transact(graph, seen, (write) => {
    writeEventChange(graph, write, {
      canonicalEventId,
      before,
      content: content.value,
      originAccountId,
      remove: false,
      place: { calendarKey: collection.calendarKey, name },
      removeSources: [],
      saveSources: [],
      mirrors,
      journal,
    });
    return ok({ created: current === undefined, etag: content.value.etag, scheduleTag: null });
  });
}

function refusal(
  graph: Graph,
  collection: StoredCollection,
  object: CalendarObject,
  name: string,
  current: MemberMetadata | undefined,
  holder: EventRow | undefined,
): Failure | undefined {
  if (!collection.components.includes(object.component)) {
    return precondition(
      "supported-calendar-component",
      `This calendar takes ${collection.components.join(", ")}, not ${object.component}.`,
    );
  }
  if (new TextEncoder().encode(name).length > limits.resourceNameBytesMax) {
    return {
      kind: "bad-request",
      reason: `A resource name has at most ${limits.resourceNameBytesMax} bytes.`,
    };
  }
  if (current !== undefined && current.uid !== object.uid) {
    return precondition(
      "no-uid-conflict",
      "The resource holds another UID; a UID never changes (RFC 4791 5.3.2.1).",
      `${collection.slug}/${name}`,
    );
  }
  if (current === undefined && holder !== undefined && holder.deletedAt === null) {
    return precondition("no-uid-conflict", "Another resource holds this UID.", placeOf(graph, holder));
  }
  if (current === undefined && graph.state.liveEvents >= limits.objectsPerUserMax) {
    return {
      kind: "insufficient-storage",
      reason: `A user has at most ${limits.objectsPerUserMax} calendar objects.`,
    };
  }
  return undefined;
}

function placeOf(graph: Graph, event: EventRow): string {
  const row = graph.sql
    .exec<{ slug: string; name: string }>(
      `SELECT c.slug, r.name FROM resources r JOIN calendars c ON c.calendar_key = r.calendar_key WHERE r.event_key = ? ORDER BY c.calendar_key LIMIT 1`,
      event.eventKey,
    )
    .one();
  return `${row.slug}/${row.name}`;
}

/** Where a new event of the unified calendar is at home: the default account, if it can be written to. */
function originOfNew(graph: Graph, collection: StoredCollection, object: CalendarObject): AccountId | null {
  if (collection.kind !== "unified" || object.component !== "VEVENT") return null;
  const account = graph.state.accounts.find((candidate) => candidate.isDefault);
  return account === undefined || account.provider === "ics" ? null : account.accountId;
}

async function loadOne(graph: Graph, row: EventRow): Promise<StoredEvent | null> {
  return (await loadEvents(graph, [row.canonicalEventId])).get(row.canonicalEventId) ?? null;
}

export interface DeleteObject {
  readonly calendarId: CalendarId;
  readonly name: string;
  readonly check: StateCheck;
  readonly actor: string;
}

export function deleteObject(graph: Graph, request: DeleteObject): Promise<Result<null, Failure>> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const collection = collectionById(graph, request.calendarId);
    const current = readMember(graph, request.calendarId, request.name);
    const refused = request.check(current);
    if (refused !== undefined) return err(refused);
    if (collection === undefined || current === undefined) {
      return err({ kind: "not-found", reason: "There is no such calendar object." });
    }
    const id = current.canonicalEventId;
    const before = (await loadEvents(graph, [id])).get(id);
    if (before === undefined) return err({ kind: "not-found", reason: "There is no such calendar object." });
    const rows = planOutbox(
      graph,
      { ...before.row, ...before, canonicalEventId: id, calendar: null },
      transitionContext(graph),
    );
    const [mirrors, journal] = await Promise.all([
      sealMirrors(graph, rows),
      journalEntry(graph, id, request.actor, "deleted", { before: before.ical }),
    ]);
    return transact(graph, seen, (write) => {
      writeEventChange(graph, write, {
        canonicalEventId: id,
        before,
        content: null,
        originAccountId: before.row.originAccountId,
        remove: true,
        place: { calendarKey: collection.calendarKey, name: null },
        removeSources: [],
        saveSources: [],
        mirrors,
        journal,
      });
      return ok(null);
    });
  });
}
