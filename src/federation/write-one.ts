// One wish of the outbox becomes one conditional write. What the outcome of an earlier write was is never guessed: where the expected
// state is not known, the provider is asked first, and the graph decides about what is there.

import type { Connector, ConnectorFailure, ProviderEvent } from "../core/ports/connector.ts";
import type { PendingWrite, WriteReport } from "../core/ports/user-graph.ts";
import { codeOf, countsAsAttempt } from "./failure.ts";

export interface Written {
  readonly report: WriteReport;
  readonly failure: ConnectorFailure | null;
}

export async function writeOne(
  connector: Connector,
  write: PendingWrite,
  calendarId: string,
): Promise<Written> {
  return write.op === "delete"
    ? deleteOne(connector, write, calendarId)
    : upsertOne(connector, write, calendarId);
}

async function upsertOne(connector: Connector, write: PendingWrite, calendarId: string): Promise<Written> {
  const { providerEventId: id, expectedEtag } = write;
  if (id !== null && expectedEtag === null) {
    const current = await currentOf(connector, calendarId, id);
    if (current.failure !== null) return failed(write, current.failure);
    // A server without entity tags leaves nothing to compare with.
    if (current.event === null || current.event.etag !== null)
      return conflict(write, calendarId, current.event);
  }
  const outcome = await connector.upsert({ calendarId, id, expectedEtag, ical: write.ical });
  if (!outcome.ok) return failed(write, outcome.error);
  switch (outcome.value.kind) {
    case "conflict":
      return conflict(write, calendarId, outcome.value.current);
    case "written":
      return done(write, calendarId, outcome.value.id, outcome.value.etag);
  }
}

async function deleteOne(connector: Connector, write: PendingWrite, calendarId: string): Promise<Written> {
  const id = write.providerEventId ?? connector.idOf(calendarId, write.uid);
  if (id === null) return done(write, calendarId, "", null);
  if (write.expectedEtag === null) {
    const current = await currentOf(connector, calendarId, id);
    if (current.failure !== null) return failed(write, current.failure);
    if (current.event === null) return done(write, calendarId, id, null);
    if (current.event.etag !== null) return conflict(write, calendarId, current.event);
  }
  const outcome = await connector.delete({ calendarId, id, expectedEtag: write.expectedEtag });
  if (!outcome.ok) {
    const isGone = outcome.error.kind === "give-up" && outcome.error.code === "not-found";
    return isGone ? done(write, calendarId, id, null) : failed(write, outcome.error);
  }
  switch (outcome.value.kind) {
    case "deleted":
    case "already-gone":
      return done(write, calendarId, id, null);
    case "conflict":
      return outcome.value.current === null
        ? done(write, calendarId, id, null)
        : conflict(write, calendarId, outcome.value.current);
  }
}

async function currentOf(
  connector: Connector,
  calendarId: string,
  id: string,
): Promise<{ event: ProviderEvent | null; failure: ConnectorFailure | null }> {
  const found = await connector.get(calendarId, [id]);
  if (found.ok) return { event: found.value[0] ?? null, failure: null };
  // The whole calendar is gone, and this with it.
  const isGone = found.error.kind === "give-up" && found.error.code === "not-found";
  return isGone ? { event: null, failure: null } : { event: null, failure: found.error };
}

function done(write: PendingWrite, providerCalendarId: string, id: string, etag: string | null): Written {
  const { canonicalEventId, kind, op, desiredHash, ical } = write;
  return {
    report: {
      result: "done",
      canonicalEventId,
      kind,
      op,
      providerCalendarId,
      providerEventId: id,
      etag,
      desiredHash,
      ical,
    },
    failure: null,
  };
}

export function conflict(
  write: PendingWrite,
  providerCalendarId: string,
  current: ProviderEvent | null,
): Written {
  const { canonicalEventId, kind, op } = write;
  return {
    report: { result: "conflict", canonicalEventId, kind, op, providerCalendarId, current },
    failure: null,
  };
}

export function failed(write: PendingWrite, failure: ConnectorFailure): Written {
  return {
    report: {
      result: "failed",
      canonicalEventId: write.canonicalEventId,
      kind: write.kind,
      code: codeOf(failure),
      reason: failure.reason,
      permanent: failure.kind === "give-up",
      counts: countsAsAttempt(failure),
      retryAfterMs: failure.kind === "retry" ? failure.retryAfterMs : null,
    },
    failure,
  };
}
