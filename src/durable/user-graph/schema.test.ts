import { describe, expect, it } from "vitest";
import { migrate } from "../sql/migrations.ts";
import { backgroundStatements } from "./background.ts";
import { otherComponents } from "./candidates.ts";
import { changeStatements } from "./changes.ts";
import { deltaStatements } from "./delta.ts";
import { eventStatements } from "./event-rows.ts";
import { memberStatements } from "./members.ts";
import { occurrenceStatements } from "./occurrence-rows.ts";
import { windowStatements } from "./occurrence-window.ts";
import { outboxStatements } from "./outbox.ts";
import { userGraphMigrations } from "./schema.ts";
import { inFreshObject } from "./testing-graph.ts";

/** Statement -> what its plan must name; nothing may scan a table that grows with the user. */
const plans: readonly (readonly [string, string, readonly string[]])[] = [
  ["members", memberStatements.all, ["PRIMARY KEY (calendar_key=?)", "INTEGER PRIMARY KEY (rowid=?)"]],
  ["member by name", memberStatements.byName, ["PRIMARY KEY (calendar_key=? AND name=?)"]],
  ["member by uid", memberStatements.byUid, ["(uid=?)", "resources_by_event"]],
  ["members by key", memberStatements.byKeys, ["resources_by_event"]],
  ["open", memberStatements.open, ["PRIMARY KEY (calendar_key=? AND name=?)"]],
  ["content", memberStatements.content, ["INTEGER PRIMARY KEY (rowid=?)"]],
  ["changes", changeStatements.live, ["resources_by_revision (calendar_key=? AND revision>?)"]],
  ["tombstones", changeStatements.gone, ["tombstones_by_revision (calendar_key=? AND revision>?)"]],
  [
    "range",
    occurrenceStatements.touched,
    [
      "occurrences_by_start (is_long=? AND start_ts>? AND start_ts<?)",
      "occurrence_runs_by_start (start_ts>? AND start_ts<?)",
      "run_weeks USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    ],
  ],
  [
    "busy",
    occurrenceStatements.busy,
    [
      "occurrences_by_start (is_long=? AND start_ts>? AND start_ts<?)",
      "occurrence_runs_by_start (start_ts>? AND start_ts<?)",
      "run_weeks USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    ],
  ],
  ["rows of an event", occurrenceStatements.stored, ["PRIMARY KEY (event_key=?)"]],
  [
    "beyond the index",
    occurrenceStatements.beyond,
    ["events_indexed_until (indexed_until>? AND indexed_until<?)"],
  ],
  ["before the index", occurrenceStatements.before, ["events_indexed_from (indexed_from>?)"]],
  ["not events", otherComponents, ["events_by_component"]],
  ["event by uid", eventStatements.byUid, ["(uid=?)"]],
  ["event by id", eventStatements.byId, ["(canonical_event_id=?)"]],
  ["sources of an event", eventStatements.sources, ["event_sources_by_event"]],
  [
    "source at a place",
    eventStatements.sourceAt,
    ["(account_id=? AND provider_calendar_id=? AND provider_event_id=?)"],
  ],
  ["mirrors of an event", eventStatements.mirrors, ["(canonical_event_id=?)"]],
  [
    "mirror at a place",
    eventStatements.mirrorAt,
    ["event_mirrors_by_provider (account_id=? AND provider_event_id=?)"],
  ],
  ["due writes", outboxStatements.due, ["event_mirrors_due (account_id=? AND next_attempt_at<?)"]],
  ["next due write", outboxStatements.nextDue, ["event_mirrors_due (account_id=?)"]],
  [
    "known source",
    deltaStatements.knownSource,
    ["(account_id=? AND provider_calendar_id=? AND provider_event_id=?)"],
  ],
  ["known mirror", deltaStatements.knownMirror, ["event_mirrors_by_provider"]],
  ["recompile", backgroundStatements.byOrigin, ["events_by_origin (origin_account_id=? AND event_key>?)"]],
  [
    "lagging series",
    windowStatements.lagging,
    ["events_indexed_until (indexed_until>? AND indexed_until<?)"],
  ],
];

describe("the user graph's database", () => {
  it.each(plans)("answers '%s' from an index", async (_name, statement, expected) => {
    await inFreshObject(async ({ storage }) => {
      migrate(storage, userGraphMigrations, 1);
      const unquoted = statement.replaceAll("'?'", "''");
      const parameters = new Set(unquoted.match(/\?\d+/g)).size || (unquoted.match(/\?/g)?.length ?? 0);
      const bound = Array.from({ length: parameters }, () => 1);
      const plan = storage.sql
        .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`, ...bound)
        .toArray()
        .map((row) => row.detail);
      expect(plan.length).toBeGreaterThan(0);
      for (const part of expected) expect(plan.join("\n")).toContain(part);
      const scans = plan.filter(
        (line) =>
          /^SCAN (?!\(subquery|k VIRTUAL|CONSTANT)/.test(line) && !/USING (COVERING )?INDEX/.test(line),
      );
      expect(scans).toEqual([]);
    });
  });

  it("keeps its journal append-only", async () => {
    await inFreshObject(async ({ storage }) => {
      migrate(storage, userGraphMigrations, 1);
      storage.sql.exec(
        "INSERT INTO event_journal VALUES ('jrn_1', 'evt_1', 1, 'api', 'created', NULL, NULL)",
      );
      expect(() => storage.sql.exec("UPDATE event_journal SET ts = 2")).toThrow("append-only");
      expect(() => storage.sql.exec("DELETE FROM event_journal")).toThrow("append-only");
    });
  });

  it("refuses what the product's own vocabulary does not know", async () => {
    await inFreshObject(async ({ storage }) => {
      migrate(storage, userGraphMigrations, 1);
      const refused = [
        "INSERT INTO calendars VALUES (1, 'cal_1', 'a', 'shared', NULL, NULL, x'00', NULL, NULL, NULL, NULL, 'VEVENT', 'opaque', 0, 0)",
        "INSERT INTO owner VALUES (2, 'usr_1', 'a', x'00', 0, 'h', 0, 0, 0)",
        "INSERT INTO policies VALUES ('p', 'first', 0)",
        "INSERT INTO resources VALUES (1, 'a.ics', 1, 1, 1)",
      ];
      for (const statement of refused) expect(() => storage.sql.exec(statement)).toThrow();
    });
  });
});
