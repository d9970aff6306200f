// Opens the part of the graph's state that lives in memory (graph.ts) when the object starts, and creates a new user's graph.

import { newId } from "../../core/id.ts";
import type { AccountId, CalendarId, EdgeId, UserId } from "../../core/id.ts";
import type { CalendarKind, ComponentName } from "../../core/ports/calendar-store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Random } from "../../core/ports/random.ts";
import type {
  DetailLevel,
  EdgeCalendarKind,
  GraphAccount,
  NewUser,
  PolicyEdge,
} from "../../core/ports/user-graph.ts";
import { compilePolicy } from "../../core/projection/policy-compiler.ts";
import { assert } from "../../core/assert.ts";
import type { Vault } from "../vault.ts";
import type { GraphState, Owner, PropertyTarget, StoredCollection } from "./graph.ts";

export const POLICY_ID = "default";

/** Writes the owner, the two collections that always exist and an empty policy. */
export async function createGraph(
  storage: DurableObjectStorage,
  vault: Vault,
  user: NewUser,
  clock: Clock,
  random: Random,
): Promise<void> {
  const person = await vault.seal(
    { column: "owner.person", row: "1" },
    JSON.stringify({ displayName: user.displayName, emails: user.emails }),
  );
  const first = [
    { kind: "unified", slug: "unified", name: "T-Minus", components: "VEVENT", order: 0 },
    { kind: "tasks", slug: "tasks", name: "Tasks", components: "VTODO", order: 1 },
  ] as const;
  const collections = await Promise.all(
    first.map(async (collection) => {
      const calendarId = newId("cal", clock, random);
      const name = await vault.seal({ column: "calendars.display_name", row: calendarId }, collection.name);
      return { ...collection, calendarId, name };
    }),
  );
  const historyEpoch = newId("jrn", clock, random).slice(-12).toLowerCase();
  const now = clock.now();
  storage.transactionSync(() => {
    // Two initialisations may race to here; the first one counts.
    if (storage.sql.exec("SELECT 1 FROM owner").toArray().length > 0) return;
    storage.sql.exec(
      `INSERT INTO owner (only, user_id, slug, person, history_epoch, revision, created_at) VALUES (1, ?, ?, ?, ?, ?, ?)`,
      user.userId,
      user.slug,
      person,
      historyEpoch,
      collections.length,
      now,
    );
    for (const [index, collection] of collections.entries()) {
      storage.sql.exec(
        `INSERT INTO calendars (calendar_id, slug, kind, display_name, sort_order, component_set, transparency, revision, created_at)
         VALUES (?, ?, ?, ?, ?, ?, 'opaque', ?, ?)`,
        collection.calendarId,
        collection.slug,
        collection.kind,
        collection.name,
        collection.order,
        collection.components,
        index + 1,
        now,
      );
    }
    storage.sql.exec(
      "INSERT INTO policies (policy_id, generation, created_at) VALUES (?, 0, ?)",
      POLICY_ID,
      now,
    );
  });
}

/** `undefined` when no user was ever initialised here. */
export async function loadState(sql: SqlStorage, vault: Vault): Promise<GraphState | undefined> {
  const owner = await loadOwner(sql, vault);
  if (owner === undefined) return undefined;
  const edges = loadEdges(sql);
  return {
    owner,
    collections: inOrder(await loadCollections(sql, vault)),
    dead: await loadDeadProperties(sql, vault),
    accounts: await loadAccounts(sql, vault),
    edges,
    policy: compilePolicy(edges),
    liveEvents: sql.exec<{ n: number }>("SELECT count(*) AS n FROM events WHERE deleted_at IS NULL").one().n,
    version: 0,
  };
}

function rank(collection: StoredCollection): number {
  return collection.kind === "unified" ? 0 : 1;
}

/** `unified` first, then by the order the user gave, then by age. */
export function inOrder(collections: readonly StoredCollection[]): readonly StoredCollection[] {
  return collections.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.sortOrder ?? Infinity) - (b.sortOrder ?? Infinity) ||
      a.calendarKey - b.calendarKey ||
      0,
  );
}

async function loadOwner(sql: SqlStorage, vault: Vault): Promise<Owner | undefined> {
  const row = sql
    .exec<{
      user_id: UserId;
      slug: string;
      person: ArrayBuffer;
      credential_epoch: number;
      history_epoch: string;
      revision: number;
      pruned_revision: number;
    }>(
      "SELECT user_id, slug, person, credential_epoch, history_epoch, revision, pruned_revision FROM owner WHERE only = 1",
    )
    .toArray()[0];
  if (row === undefined) return undefined;
  const person: unknown = JSON.parse(
    await vault.open({ column: "owner.person", row: "1", blob: row.person }),
  );
  assert(isPerson(person), "the owner's record names a person");
  return {
    principal: {
      userId: row.user_id,
      slug: row.slug,
      displayName: person.displayName,
      emails: person.emails,
    },
    historyEpoch: row.history_epoch,
    credentialEpoch: row.credential_epoch,
    revision: row.revision,
    prunedRevision: row.pruned_revision,
  };
}

function isPerson(value: unknown): value is { displayName: string; emails: string[] } {
  return (
    typeof value === "object" &&
    value !== null &&
    "displayName" in value &&
    typeof value.displayName === "string" &&
    "emails" in value &&
    Array.isArray(value.emails)
  );
}

async function loadCollections(sql: SqlStorage, vault: Vault): Promise<StoredCollection[]> {
  const rows = sql
    .exec<{
      calendar_key: number;
      calendar_id: CalendarId;
      slug: string;
      kind: CalendarKind;
      account_id: AccountId | null;
      display_name: ArrayBuffer;
      description: ArrayBuffer | null;
      color: ArrayBuffer | null;
      time_zone: ArrayBuffer | null;
      sort_order: number | null;
      component_set: string;
      transparency: "opaque" | "transparent";
      revision: number;
      created_at: number;
    }>(
      `SELECT calendar_key, calendar_id, slug, kind, account_id, display_name, description, color, time_zone, sort_order,
              component_set, transparency, revision, created_at FROM calendars`,
    )
    .toArray();
  return Promise.all(
    rows.map(async (row) => {
      const open = (column: string, blob: ArrayBuffer | null): Promise<string | null> =>
        blob === null
          ? Promise.resolve(null)
          : vault.open({ column: `calendars.${column}`, row: row.calendar_id, blob });
      const [displayName, description, color, timeZone] = await Promise.all([
        open("display_name", row.display_name),
        open("description", row.description),
        open("color", row.color),
        open("time_zone", row.time_zone),
      ]);
      return {
        calendarKey: row.calendar_key,
        calendarId: row.calendar_id,
        slug: row.slug,
        kind: row.kind,
        accountId: row.account_id,
        displayName: displayName ?? "",
        description,
        color,
        sortOrder: row.sort_order,
        timeZone,
        components: row.component_set.split(",") as ComponentName[],
        transparency: row.transparency,
        revision: row.revision,
        createdAt: row.created_at,
      };
    }),
  );
}

async function loadDeadProperties(sql: SqlStorage, vault: Vault): Promise<GraphState["dead"]> {
  const rows = sql
    .exec<{ target: PropertyTarget; name: string; xml: ArrayBuffer }>(
      "SELECT target, name, xml FROM dead_properties ORDER BY rowid",
    )
    .toArray();
  const texts = await vault.openAll(
    rows.map((row) => ({ column: "dead_properties.xml", row: `${row.target} ${row.name}`, blob: row.xml })),
  );
  const dead = new Map<PropertyTarget, Map<string, string>>();
  for (const [index, row] of rows.entries()) {
    const properties = dead.get(row.target) ?? new Map<string, string>();
    dead.set(row.target, properties.set(row.name, texts[index] ?? ""));
  }
  return dead;
}

async function loadAccounts(sql: SqlStorage, vault: Vault): Promise<GraphAccount[]> {
  const rows = sql
    .exec<{
      account_id: AccountId;
      provider: GraphAccount["provider"];
      label: ArrayBuffer;
      is_default: number;
    }>("SELECT account_id, provider, label, is_default FROM accounts ORDER BY created_at, account_id")
    .toArray();
  return Promise.all(
    rows.map(async (row) => ({
      accountId: row.account_id,
      provider: row.provider,
      label: await vault.open({ column: "accounts.label", row: row.account_id, blob: row.label }),
      isDefault: row.is_default === 1,
    })),
  );
}

export function loadEdges(sql: SqlStorage): PolicyEdge[] {
  return sql
    .exec<{
      edge_id: EdgeId;
      from_account: AccountId | "canonical";
      to_account: AccountId;
      detail_level: DetailLevel;
      calendar_kind: EdgeCalendarKind;
      enabled: number;
    }>(
      `SELECT edge_id, from_account, to_account, detail_level, calendar_kind, enabled FROM policy_edges ORDER BY edge_id`,
    )
    .toArray()
    .map((row) => ({
      edgeId: row.edge_id,
      from: row.from_account,
      to: row.to_account,
      detail: row.detail_level,
      kind: row.calendar_kind,
      enabled: row.enabled === 1,
    }));
}
