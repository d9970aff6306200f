// A fresh user in a real Durable Object, for the tests of this folder.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { newId } from "../../core/id.ts";
import type { NewUser } from "../../core/ports/user-graph.ts";
import type { Env } from "../env.ts";
import { openVault } from "../vault.ts";
import type { Graph } from "./graph.ts";
import { newLane } from "./lane.ts";
import { createGraph, loadState } from "./load.ts";
import { openedObjects } from "./opened-objects.ts";
import { isMigrated, migrate } from "../sql/migrations.ts";
import { userGraphMigrations } from "./schema.ts";

export const bindings = env as unknown as Env;

export const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

export function newUser(slug = "ada"): NewUser {
  return {
    userId: newId("usr", { now: () => Date.now() }, random),
    slug,
    displayName: "Ada Example",
    emails: ["ada@example.com", "a.example@example.com"],
  };
}

/** A stub of an object that nobody was initialised in. */
export function freshStub() {
  return bindings.USER_GRAPH.get(bindings.USER_GRAPH.newUniqueId());
}

export interface TestGraph extends Graph {
  /** Accounts that commits made due, in order. */
  readonly woken: string[];
}

/** Opens (and the first time creates) the graph over an object's storage, with a clock of the test's own. */
export async function openTestGraph(
  storage: DurableObjectStorage,
  options: { readonly now?: () => number; readonly sealing?: string } = {},
): Promise<TestGraph> {
  const clock = { now: options.now ?? (() => Date.now()) };
  const isNew = !isMigrated(storage);
  migrate(storage, userGraphMigrations, clock.now());
  const vault = await openVault(storage, { ...bindings, SEALING: options.sealing ?? "on" }, "user");
  if (isNew) await createGraph(storage, vault, newUser(), clock, random);
  const state = await loadState(storage.sql, vault);
  if (state === undefined) throw new Error("the user was just created");
  const woken: string[] = [];
  return {
    storage,
    sql: storage.sql,
    vault,
    clock,
    random,
    enter: newLane(),
    state,
    opened: openedObjects(),
    woken,
    wake: (due) => void woken.push(...due),
  };
}

/** Runs a test inside a fresh object. */
export function inFreshObject<T>(run: (state: DurableObjectState) => Promise<T>): Promise<T> {
  return runInDurableObject(freshStub(), (_instance, state) => run(state));
}
