// What the report of a write does to its row.

import { firstText } from "../ical/component.ts";
import type { ProviderEvent } from "../ports/connector.ts";
import type { WriteReport } from "../ports/user-graph.ts";
import { hasPendingEdit } from "./decide-gone.ts";
import { lostMirror, meetMirror } from "./meet-mirror.ts";
import { mirrorUid, tagOf } from "./managed-tag.ts";
import { meetOrigin, parseKnown } from "./merge-source.ts";
import type { MirrorRow, SourceRow } from "./outbox-row.ts";
import { readItem } from "./read-item.ts";
import {
  transitionOf,
  type KnownEvent,
  type Transition,
  type TransitionContext,
} from "./transition-shape.ts";

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Repeating does not help by itself, but the user may have repaired it. */
const PERMANENT_RETRY_MS = 3_600_000;

/** By then an account was pulled, if it can be. */
const PULL_MS = 600_000;

type DoneReport = Extract<WriteReport, { result: "done" }>;
type ConflictReport = Extract<WriteReport, { result: "conflict" }>;
type FailedReport = Extract<WriteReport, { result: "failed" }>;

/** `row` is the row of (event, account, kind) of the report; `event` null if it is deleted by now. */
export function applyReport(
  report: WriteReport,
  row: MirrorRow,
  event: KnownEvent | null,
  context: TransitionContext,
): Transition {
  switch (report.result) {
    case "done":
      return report.op === "delete" ? deleted(row, context) : written(report, row, event, context);
    case "conflict":
      return met(report, row, event, context);
    case "failed":
      return transitionOf("unchanged", row.canonicalEventId, { mirror: failed(report, row, context) });
  }
}

function written(
  report: DoneReport,
  row: MirrorRow,
  event: KnownEvent | null,
  context: TransitionContext,
): Transition {
  const isWanted = row.desiredHash === report.desiredHash;
  const isOrigin = row.kind === "origin";
  const mirror: MirrorRow = {
    ...row,
    providerCalendarId: report.providerCalendarId,
    providerEventId: report.providerEventId,
    etag: report.etag,
    projectedHash: report.desiredHash,
    seenHash: isOrigin ? report.desiredHash : row.seenHash,
    base: isOrigin ? report.ical : null,
    tried: [],
    state: isWanted ? "ACTIVE" : row.desiredHash === null ? "DELETING" : "PENDING",
    attempts: 0,
    nextAttemptAt: context.nowMs,
    error: null,
  };
  const source: SourceRow = {
    canonicalEventId: row.canonicalEventId,
    accountId: row.accountId,
    providerCalendarId: report.providerCalendarId,
    providerEventId: report.providerEventId,
    etag: report.etag,
    role: roleOf(report, event, row, context),
    contentHash: report.desiredHash,
  };
  return transitionOf("unchanged", row.canonicalEventId, { mirror, source: isOrigin ? source : null });
}

function roleOf(
  report: DoneReport,
  event: KnownEvent | null,
  row: MirrorRow,
  context: TransitionContext,
): SourceRow["role"] {
  const known = event?.sources.find((source) => source.accountId === row.accountId && source.role !== "copy");
  if (known !== undefined) return known.role;
  // Created again for somebody else: it stays theirs.
  return tagOf(parseKnown(report.ical), context.hash)?.genuine === false ? "foreign" : "origin";
}

function deleted(row: MirrorRow, context: TransitionContext): Transition {
  return transitionOf("unchanged", row.canonicalEventId, {
    mirror: { ...lostMirror(row, context.nowMs), tried: [], attempts: 0, error: null },
    removeSource: row.kind === "origin",
  });
}

/** The provider holds something else than expected: learn it, and let the outbox try again. */
function met(
  report: ConflictReport,
  row: MirrorRow,
  event: KnownEvent | null,
  context: TransitionContext,
): Transition {
  if (report.current === null) return gone(row, event, context);
  const place = {
    accountId: row.accountId,
    providerCalendarId: report.providerCalendarId,
    role: "source",
  } as const;
  const item = readItem(place, report.current, context.hash);
  if (!item.ok)
    return transitionOf("unchanged", row.canonicalEventId, { mirror: blocked(row, item.error, context) });
  if (row.kind !== "origin") {
    if (item.value.uid === mirrorUid(row, context.hash)) return meetMirror(item.value, row, context);
    const reason = "Another object stands where the mirror belongs.";
    return transitionOf("unchanged", row.canonicalEventId, { mirror: blocked(row, reason, context) });
  }
  if (event !== null && uidOf(event) !== item.value.uid) {
    const reason = "Another event stands where this one belongs.";
    return transitionOf("unchanged", row.canonicalEventId, { mirror: blocked(row, reason, context) });
  }
  return meetOrigin(item.value, row, event, sourceAt(report.current, event), context);
}

/** Not there any more. What we wanted to write is an edit, and an edit beats a deletion. */
function gone(row: MirrorRow, event: KnownEvent | null, context: TransitionContext): Transition {
  const isWanted = row.kind === "origin" && row.desiredHash !== null;
  // At once, but a server that says so again and again (it refuses a new UID as one that exists) is asked more and more seldom.
  const wait = row.attempts === 0 ? 0 : backoff(row, context);
  const again = { attempts: row.attempts + 1, nextAttemptAt: context.nowMs + wait };
  const source = event?.sources.find(
    (one) => one.accountId === row.accountId && one.providerEventId === row.providerEventId,
  );
  if (isWanted && source !== undefined) {
    // It may have moved, so it is not created again: a pull tells, and counts what is deleted.
    const isRead = row.base !== null && !hasPendingEdit(row, context);
    const waiting = { ...row, ...again, nextAttemptAt: context.nowMs + PULL_MS };
    return transitionOf("unchanged", row.canonicalEventId, {
      mirror: isRead ? { ...row, projectedHash: row.desiredHash, state: "ACTIVE" } : waiting,
    });
  }
  return transitionOf(isWanted ? "restored" : "unchanged", row.canonicalEventId, {
    mirror: { ...lostMirror(row, context.nowMs), ...again, tried: [] },
    removeSource: row.kind === "origin",
  });
}

function uidOf(event: KnownEvent): string | null {
  const component = parseKnown(event.ical)[2].find((child) => child[0] !== "vtimezone");
  return component === undefined ? null : firstText(component, "uid");
}

function sourceAt(current: ProviderEvent, event: KnownEvent | null): SourceRow | null {
  return event?.sources.find((source) => source.providerEventId === current.id) ?? null;
}

function blocked(row: MirrorRow, error: string, context: TransitionContext): MirrorRow {
  return {
    ...row,
    state: "ERROR",
    attempts: row.attempts + 1,
    nextAttemptAt: context.nowMs + PERMANENT_RETRY_MS,
    error,
  };
}

function failed(report: FailedReport, row: MirrorRow, context: TransitionContext): MirrorRow {
  if (report.permanent) return blocked(row, report.reason, context);
  // Never sooner than the provider asked.
  const wait = report.retryAfterMs ?? backoff(row, context);
  return {
    ...row,
    attempts: row.attempts + (report.counts ? 1 : 0),
    nextAttemptAt: context.nowMs + wait,
    error: report.counts ? report.reason : row.error,
  };
}

/** Full jitter. */
function backoff(row: MirrorRow, context: TransitionContext): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(row.attempts, 20));
  return Math.max(1_000, Math.floor(jitter(row, context) * longest));
}

/** In [0, 1), different for every event and attempt, and the same for the same input. */
function jitter(row: MirrorRow, context: TransitionContext): number {
  const seed = context.hash(
    "jitter",
    `${row.canonicalEventId} ${row.accountId} ${row.attempts} ${context.nowMs}`,
  );
  return Number.parseInt(seed.slice(0, 8), 16) / 2 ** 32;
}
