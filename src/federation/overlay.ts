// The calendar of busy blocks: found by its name if the account has it already, created on first need.

import type { ConnectorFailure, RemoteCalendar } from "../core/ports/connector.ts";
import { OVERLAY_NAME } from "../core/projection/overlay-calendar.ts";
import { ok, type Result } from "../core/result.ts";
import type { EngineContext } from "./context.ts";

/** Takes over an overlay that is there from before (the account was connected earlier, or the creation was never confirmed). */
export async function findOverlay(
  context: EngineContext,
  listed: readonly RemoteCalendar[],
): Promise<string | null> {
  const known = (await context.state.calendars()).find((calendar) => calendar.role === "overlay");
  const isListed = listed.some((calendar) => calendar.id === known?.providerCalendarId);
  if (known !== undefined && isListed) return known.providerCalendarId;
  const found = listed.find(
    (calendar) => calendar.name === OVERLAY_NAME && calendar.writable && !calendar.primary,
  );
  if (found === undefined) return null;
  await context.state.saveOverlay(found);
  return found.id;
}

/** The overlay's id. `isStale`: the remembered one was refused as not found, so the account is listed anew. */
export async function ensureOverlay(
  context: EngineContext,
  isStale: boolean,
): Promise<Result<string, ConnectorFailure>> {
  const known = (await context.state.calendars()).find((calendar) => calendar.role === "overlay");
  if (known !== undefined && !isStale) return ok(known.providerCalendarId);
  const listed = await context.connector.listCalendars();
  if (!listed.ok) return listed;
  await context.state.saveListing(listed.value);
  const found = await findOverlay(context, listed.value);
  if (found !== null) return ok(found);
  const created = await context.connector.createCalendar(OVERLAY_NAME);
  if (!created.ok) return created;
  await context.state.saveOverlay(created.value);
  return ok(created.value.id);
}
