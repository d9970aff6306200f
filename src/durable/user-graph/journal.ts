// The journal of canonical changes, append-only by trigger. A patch says per instance which properties went and which came; it is
// content and sealed.

import type { JCalComponent, JCalProperty } from "../../core/ical/jcal.ts";
import { firstText } from "../../core/ical/component.ts";
import { newId } from "../../core/id.ts";
import type { CanonicalEventId, JournalId } from "../../core/id.ts";
import type { Graph } from "./graph.ts";

export type ChangeType = "created" | "updated" | "deleted" | "merged" | "restored";

export interface JournalEntry {
  readonly journalId: JournalId;
  readonly canonicalEventId: CanonicalEventId;
  readonly actor: string;
  readonly changeType: ChangeType;
  readonly patch: ArrayBuffer | null;
}

const ACTOR_CHARACTERS_MAX = 120;

/** `patch` is anything that JSON can carry; null for an entry that needs none. */
export async function journalEntry(
  graph: Graph,
  canonicalEventId: CanonicalEventId,
  actor: string,
  changeType: ChangeType,
  patch: object | null,
): Promise<JournalEntry> {
  const journalId = newId("jrn", graph.clock, graph.random);
  const sealed =
    patch === null
      ? null
      : await graph.vault.seal({ column: "event_journal.patch", row: journalId }, JSON.stringify(patch));
  return {
    journalId,
    canonicalEventId,
    actor: actor.slice(0, ACTOR_CHARACTERS_MAX),
    changeType,
    patch: sealed,
  };
}

export function appendJournal(sql: SqlStorage, entry: JournalEntry, nowMs: number): void {
  sql.exec(
    "INSERT INTO event_journal (journal_id, canonical_event_id, ts, actor, change_type, patch) VALUES (?, ?, ?, ?, ?, ?)",
    entry.journalId,
    entry.canonicalEventId,
    nowMs,
    entry.actor,
    entry.changeType,
    entry.patch,
  );
}

export interface InstancePatch {
  /** `master`, or the RECURRENCE-ID. */
  readonly instance: string;
  readonly removed: readonly JCalProperty[];
  readonly added: readonly JCalProperty[];
}

/** What leads from one object to the other. Sub-components (alarms) are compared whole, as a property of their name. */
export function patchBetween(before: JCalComponent, after: JCalComponent): readonly InstancePatch[] {
  const old = instancesOf(before);
  const fresh = instancesOf(after);
  const patches: InstancePatch[] = [];
  for (const instance of new Set([...old.keys(), ...fresh.keys()])) {
    const had = old.get(instance) ?? new Map<string, JCalProperty>();
    const has = fresh.get(instance) ?? new Map<string, JCalProperty>();
    const removed = [...had].flatMap(([text, property]) => (has.has(text) ? [] : [property]));
    const added = [...has].flatMap(([text, property]) => (had.has(text) ? [] : [property]));
    if (removed.length > 0 || added.length > 0) patches.push({ instance, removed, added });
  }
  return patches;
}

function instancesOf(calendar: JCalComponent): Map<string, Map<string, JCalProperty>> {
  const instances = new Map<string, Map<string, JCalProperty>>();
  for (const component of calendar[2]) {
    if (component[0] === "vtimezone") continue;
    const texts = new Map<string, JCalProperty>();
    for (const property of component[1]) texts.set(JSON.stringify(property), property);
    for (const child of component[2]) {
      const property: JCalProperty = [child[0], {}, "unknown", JSON.stringify(child)];
      texts.set(JSON.stringify(property), property);
    }
    instances.set(firstText(component, "recurrence-id") ?? "master", texts);
  }
  return instances;
}
