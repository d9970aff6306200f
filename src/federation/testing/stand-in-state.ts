// The port AccountState in memory.

import type { AccountState, AccountStateCalendar } from "../../core/ports/account-state.ts";
import type { RemoteCalendar } from "../../core/ports/connector.ts";

export interface StandInState extends AccountState {
  readonly errors: Map<string, string | null>;
}

export function createStandInState(): StandInState {
  const calendars = new Map<string, AccountStateCalendar>();
  const errors = new Map<string, string | null>();

  function save(calendar: RemoteCalendar, role: "source" | "overlay", cursor: string | null): void {
    calendars.set(calendar.id, {
      providerCalendarId: calendar.id,
      name: calendar.name,
      role,
      primary: calendar.primary && role === "source",
      writable: calendar.writable,
      selected: true,
      cursor,
    });
  }

  return {
    errors,
    calendars: () => Promise.resolve([...calendars.values()]),
    saveListing(listed) {
      for (const calendar of listed) {
        const known = calendars.get(calendar.id);
        save(calendar, known?.role ?? "source", known?.cursor ?? null);
      }
      return Promise.resolve();
    },
    forgetCalendar(id) {
      calendars.delete(id);
      return Promise.resolve();
    },
    saveOverlay(calendar) {
      for (const [id, known] of calendars)
        if (known.role === "overlay") calendars.set(id, { ...known, role: "source" });
      save(calendar, "overlay", null);
      return Promise.resolve();
    },
    saveCursor(id, cursor) {
      const known = calendars.get(id);
      if (known !== undefined) calendars.set(id, { ...known, cursor });
      return Promise.resolve();
    },
    savePass(id, { error }) {
      errors.set(id, error);
      return Promise.resolve();
    },
  };
}
