// Collections: MKCOL, PROPPATCH and DELETE (RFC 4791 5.3.1, RFC 5689, RFC 4918 9.2). What a person wrote is sealed before the
// transaction; memory takes the new values after it.

import { precondition } from "../../core/failure.ts";
import type { Failure } from "../../core/failure.ts";
import { newId } from "../../core/id.ts";
import type { CalendarId } from "../../core/id.ts";
import { limits } from "../../core/limits.ts";
import type { CalendarCollection, CollectionPatch, NewCollection } from "../../core/ports/calendar-store.ts";
import { err, ok } from "../../core/result.ts";
import type { Result } from "../../core/result.ts";
import { collectionById } from "./graph.ts";
import type { Graph, GraphState, PropertyTarget, StoredCollection } from "./graph.ts";
import { journalEntry, appendJournal } from "./journal.ts";
import type { CanonicalEventId } from "../../core/id.ts";
import { inOrder } from "./load.ts";
import { transact } from "./transaction.ts";
import type { Write } from "./transaction.ts";

type SealedText = ArrayBuffer | null;

interface SealedPatch {
  readonly displayName: SealedText;
  readonly description: SealedText;
  readonly color: SealedText;
  readonly timeZone: SealedText;
  readonly dead: readonly {
    readonly name: string;
    readonly xml: string | null;
    readonly sealed: SealedText;
  }[];
}

export function createCollection(
  graph: Graph,
  request: NewCollection,
): Promise<Result<CalendarCollection, Failure>> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const { collections } = graph.state;
    if (collections.some((collection) => collection.slug === request.slug)) {
      return err(precondition("resource-must-be-null", "There is already a collection of this name."));
    }
    if (collections.length >= limits.calendarsPerUserMax) {
      return err({
        kind: "insufficient-storage",
        reason: `A user has at most ${limits.calendarsPerUserMax} calendars.`,
      });
    }
    const calendarId = newId("cal", graph.clock, graph.random);
    const refused = tooManyDead(graph, calendarId, request);
    if (refused !== undefined) return err(refused);
    const displayName = request.displayName ?? request.slug;
    const sealed = await sealPatch(graph, calendarId, { ...request, displayName });
    return transact(graph, seen, (write) => {
      const calendarKey = graph.sql
        .exec<{ calendar_key: number }>(
          `INSERT INTO calendars (calendar_id, slug, kind, display_name, description, color, time_zone, sort_order, component_set, transparency, revision, created_at)
           VALUES (?, ?, 'local', ?, ?, ?, ?, ?, ?, ?, 0, ?) RETURNING calendar_key`,
          calendarId,
          request.slug,
          sealed.displayName,
          sealed.description,
          sealed.color,
          sealed.timeZone,
          request.sortOrder ?? null,
          request.components.join(","),
          request.transparency ?? "opaque",
          write.nowMs,
        )
        .one().calendar_key;
      graph.sql.exec("DELETE FROM deleted_calendars WHERE slug = ?", request.slug);
      writeDead(graph, write, calendarId, sealed);
      const collection: StoredCollection = {
        calendarKey,
        calendarId,
        slug: request.slug,
        kind: "local",
        accountId: null,
        displayName,
        description: request.description ?? null,
        color: request.color ?? null,
        sortOrder: request.sortOrder ?? null,
        timeZone: request.timeZone ?? null,
        components: request.components,
        transparency: request.transparency ?? "opaque",
        revision: write.revise(calendarKey),
        createdAt: write.nowMs,
      };
      write.afterCommit((state) => {
        state.collections = inOrder([...state.collections, collection]);
      });
      return ok(collection);
    });
  });
}

export function patchCollection(
  graph: Graph,
  target: PropertyTarget,
  patch: CollectionPatch,
): Promise<Result<null, Failure>> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const collection =
      target === "home" || target === "principal" ? undefined : collectionById(graph, target);
    if (collection === undefined && target !== "home" && target !== "principal") {
      return err({ kind: "not-found", reason: "This calendar does not exist." });
    }
    const { dead: _dead, ...live } = patch;
    if (collection === undefined && Object.values(live).some((value) => value !== undefined)) {
      return err(precondition("cannot-modify-protected-property", "Only calendars have this property."));
    }
    const refused = tooManyDead(graph, target, patch);
    if (refused !== undefined) return err(refused);
    const sealed = await sealPatch(graph, target, patch);
    return transact(graph, seen, (write) => {
      writeDead(graph, write, target, sealed);
      if (collection === undefined) {
        write.revise(null);
        return ok(null);
      }
      write.revise(collection.calendarKey);
      writeLive(graph.sql, collection, patch, sealed);
      write.afterCommit((state) => {
        state.collections = inOrder(
          state.collections.map((one) =>
            one.calendarKey === collection.calendarKey ? patched(one, patch) : one,
          ),
        );
      });
      return ok(null);
    });
  });
}

function patched(collection: StoredCollection, patch: CollectionPatch): StoredCollection {
  return {
    ...collection,
    displayName: patch.displayName ?? collection.displayName,
    description: patch.description === undefined ? collection.description : patch.description,
    color: patch.color === undefined ? collection.color : patch.color,
    sortOrder: patch.sortOrder === undefined ? collection.sortOrder : patch.sortOrder,
    timeZone: patch.timeZone === undefined ? collection.timeZone : patch.timeZone,
    transparency: patch.transparency ?? collection.transparency,
  };
}

function writeLive(
  sql: SqlStorage,
  collection: StoredCollection,
  patch: CollectionPatch,
  sealed: SealedPatch,
): void {
  const next = patched(collection, patch);
  sql.exec(
    "UPDATE calendars SET sort_order = ?, transparency = ? WHERE calendar_key = ?",
    next.sortOrder,
    next.transparency,
    collection.calendarKey,
  );
  const set = (column: "display_name" | "description" | "color" | "time_zone", value: SealedText): void => {
    sql.exec(`UPDATE calendars SET ${column} = ? WHERE calendar_key = ?`, value, collection.calendarKey);
  };
  if (patch.displayName !== undefined) set("display_name", sealed.displayName);
  if (patch.description !== undefined) set("description", sealed.description);
  if (patch.color !== undefined) set("color", sealed.color);
  if (patch.timeZone !== undefined) set("time_zone", sealed.timeZone);
}

async function sealPatch(graph: Graph, target: PropertyTarget, patch: CollectionPatch): Promise<SealedPatch> {
  const seal = (column: string, text: string | null | undefined): Promise<SealedText> =>
    text === null || text === undefined
      ? Promise.resolve(null)
      : graph.vault.seal({ column: `calendars.${column}`, row: target }, text);
  const [displayName, description, color, timeZone, dead] = await Promise.all([
    seal("display_name", patch.displayName),
    seal("description", patch.description),
    seal("color", patch.color),
    seal("time_zone", patch.timeZone),
    Promise.all(
      [...(patch.dead ?? [])].map(async ([name, xml]) => ({
        name,
        xml,
        sealed:
          xml === null
            ? null
            : await graph.vault.seal({ column: "dead_properties.xml", row: `${target} ${name}` }, xml),
      })),
    ),
  ]);
  return { displayName, description, color, timeZone, dead };
}

function tooManyDead(graph: Graph, target: PropertyTarget, patch: CollectionPatch): Failure | undefined {
  const names = new Set(graph.state.dead.get(target)?.keys());
  for (const [name, xml] of patch.dead ?? []) {
    if (xml === null) names.delete(name);
    else names.add(name);
  }
  return names.size > limits.deadPropertiesPerResourceMax
    ? {
        kind: "insufficient-storage",
        reason: `A resource has at most ${limits.deadPropertiesPerResourceMax} other properties.`,
      }
    : undefined;
}

function writeDead(graph: Graph, write: Write, target: PropertyTarget, patch: SealedPatch): void {
  if (patch.dead.length === 0) return;
  for (const { name, sealed } of patch.dead) {
    if (sealed === null)
      graph.sql.exec("DELETE FROM dead_properties WHERE target = ? AND name = ?", target, name);
    else {
      graph.sql.exec(
        "INSERT INTO dead_properties (target, name, xml) VALUES (?, ?, ?) ON CONFLICT (target, name) DO UPDATE SET xml = excluded.xml",
        target,
        name,
        sealed,
      );
    }
  }
  write.afterCommit((state) => {
    const properties = new Map(state.dead.get(target));
    for (const { name, xml } of patch.dead) {
      if (xml === null) properties.delete(name);
      else properties.set(name, xml);
    }
    state.dead = new Map(state.dead).set(target, properties);
  });
}

/** With its members; they are shown nowhere else and projected nowhere. */
export function deleteCollection(
  graph: Graph,
  calendarId: CalendarId,
  actor: string,
): Promise<Result<null, Failure>> {
  return graph.enter(async () => {
    const seen = graph.state.version;
    const collection = collectionById(graph, calendarId);
    if (collection === undefined) return err({ kind: "not-found", reason: "This calendar does not exist." });
    if (collection.kind !== "local" && collection.kind !== "subscribed") {
      return err({ kind: "forbidden", reason: `The ${collection.slug} calendar always exists.` });
    }
    const events = graph.sql
      .exec<{ event_key: number; canonical_event_id: CanonicalEventId }>(
        "SELECT e.event_key, e.canonical_event_id FROM resources r JOIN events e ON e.event_key = r.event_key WHERE r.calendar_key = ?",
        collection.calendarKey,
      )
      .toArray();
    const journal = await Promise.all(
      events.map((event) => journalEntry(graph, event.canonical_event_id, actor, "deleted", null)),
    );
    return transact(graph, seen, (write) => {
      const { sql } = graph;
      sql.exec("DELETE FROM resources WHERE calendar_key = ?", collection.calendarKey);
      for (const event of events) sql.exec("DELETE FROM events WHERE event_key = ?", event.event_key);
      for (const entry of journal) appendJournal(sql, entry, write.nowMs);
      sql.exec("DELETE FROM dead_properties WHERE target = ?", calendarId);
      sql.exec("DELETE FROM calendars WHERE calendar_key = ?", collection.calendarKey);
      sql.exec(
        "INSERT OR REPLACE INTO deleted_calendars (slug, revision) VALUES (?, ?)",
        collection.slug,
        write.revise(null),
      );
      write.countEvents(-events.length);
      write.afterCommit((state) => forgetCollection(state, collection));
      return ok(null);
    });
  });
}

function forgetCollection(state: GraphState, collection: StoredCollection): void {
  state.collections = state.collections.filter((one) => one.calendarKey !== collection.calendarKey);
  const dead = new Map(state.dead);
  dead.delete(collection.calendarId);
  state.dead = dead;
}
