// Identifiers: ULIDs with a prefix that names the kind. Time and randomness come in from outside.

import type { Clock } from "./ports/clock.ts";
import type { Random } from "./ports/random.ts";

declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Id<"user">;
export type AccountId = Id<"account">;
export type CalendarId = Id<"calendar">;
export type CanonicalEventId = Id<"event">;
export type EdgeId = Id<"edge">;
export type FeedId = Id<"feed">;
export type JournalId = Id<"journal">;
export type ApprovalId = Id<"approval">;
export type AppPasswordId = Id<"app-password">;

type Prefixes = {
  readonly usr: UserId;
  readonly acc: AccountId;
  readonly cal: CalendarId;
  readonly evt: CanonicalEventId;
  readonly edg: EdgeId;
  readonly fed: FeedId;
  readonly jrn: JournalId;
  readonly apr: ApprovalId;
  readonly pwd: AppPasswordId;
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A new ULID (48 bits of milliseconds, 80 bits of randomness) behind its prefix, e.g. `evt_01J…`. */
export function newId<P extends keyof Prefixes>(prefix: P, clock: Clock, random: Random): Prefixes[P] {
  let time = clock.now();
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = CROCKFORD.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (const byte of random.bytes(16)) text += CROCKFORD.charAt(byte & 31);
  return `${prefix}_${text}` as Prefixes[P];
}
