// Taking our copies back out of an account that is about to be forgotten. Best effort and repeatable: what the provider refuses
// to delete stays there and harms nothing, because nothing maps to it any more.

import type { Workplace } from "./passes.ts";

export async function removeMirrorsAtProvider({
  account,
  connector,
  graph,
  state,
}: Workplace): Promise<void> {
  for (const { providerCalendarId, writable } of await state.calendars()) {
    if (!writable) continue;
    const known = await graph.knownResources(account.accountId, providerCalendarId);
    for (const { ours, providerEventId, etag } of known) {
      if (!ours) continue;
      const outcome = await connector.delete({
        calendarId: providerCalendarId,
        id: providerEventId,
        expectedEtag: etag,
      });
      // A provider that cannot be reached now is not asked hundreds of times.
      if (!outcome.ok && outcome.error.kind !== "give-up") return;
    }
  }
}
