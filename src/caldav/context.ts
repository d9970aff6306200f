// What a request to one user's CalDAV server is answered with. Made by the Durable Object, read everywhere below.

import type { CalendarStore } from "../core/ports/calendar-store.ts";
import type { Clock } from "../core/ports/clock.ts";

/** Bounds that a deployment may lower; the properties and the checks read the same numbers. */
export interface Maxima {
  readonly resourceBytesMax: number;
  readonly xmlBytesMax: number;
  readonly attendeesPerInstanceMax: number;
  readonly instancesMax: number;
  readonly dateTimeMin: string;
  readonly dateTimeMax: string;
  readonly syncMembersMax: number;
  readonly multigetHrefsMax: number;
  readonly deadPropertyBytesMax: number;
  readonly resourceNameBytesMax: number;
}

export interface CalDavContext {
  readonly store: CalendarStore;
  readonly clock: Clock;
  /** What the app password may do. */
  readonly scope: "caldav" | "caldav-read";
  /** For the journal, e.g. `caldav:iOS/18.1`. */
  readonly actor: string;
  readonly maxima: Maxima;
}
