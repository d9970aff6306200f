// Who a calendar client is. A verified Authorization header is remembered for a minute in this isolate, so that a request
// costs no database round trip; the user's graph refuses a remembered one whose epoch was raised (revocation is immediate).
//
// Wrong passwords: the same wrong one again costs nothing and tells a guesser nothing, so it is remembered as wrong and takes
// no token; only different ones drain the bucket of this login at this address. A password that was right before in this
// isolate is checked again whatever the bucket says, and so is every password where addresses are unknown: a right one is
// then never refused for the failures of others. So nobody is locked out by a stranger, or by their own second device.

import type { Clock } from "../../core/ports/clock.ts";
import type { AuthenticatedClient, Registry } from "../../core/ports/registry.ts";
import { normaliseAppPassword } from "../app-password-text.ts";
import { createThrottle } from "../throttle.ts";
import type { TokenHash } from "../token-hash.ts";
import { readBasic } from "./basic.ts";

export type Verdict =
  | { readonly kind: "verified"; readonly client: AuthenticatedClient }
  | { readonly kind: "wrong" }
  | { readonly kind: "throttled"; readonly retryAfterSeconds: number };

export interface Verifier {
  /** What is remembered of this header, without any waiting. */
  remembered(authorization: string): AuthenticatedClient | undefined;
  forget(authorization: string): void;
  verify(authorization: string, address: string): Promise<Verdict>;
  /** True at most once an hour for each app password: the caller then writes "last used". */
  dueForTouch(client: AuthenticatedClient): boolean;
}

const REMEMBERED_MS = 60_000;
const WRONG_MS = 300_000;
const TOUCH_EVERY_MS = 3_600_000;
const ENTRIES_MAX = 5_000;
const THROTTLE = { capacity: 10, refillMs: 30_000, keysMax: 10_000 };
const THROTTLED_ADDRESS = { capacity: 100, refillMs: 3_000, keysMax: 10_000 };

const WRONG: Verdict = { kind: "wrong" };

export function createVerifier(
  registry: Pick<Registry, "authenticate">,
  tokenHash: TokenHash,
  clock: Clock,
): Verifier {
  const right = new Map<string, { readonly client: AuthenticatedClient; readonly until: number }>();
  const wrong = new Map<string, number>();
  const onceRight = new Map<string, true>();
  const touchedAt = new Map<string, number>();
  const byLogin = createThrottle(clock, THROTTLE);
  const byAddress = createThrottle(clock, THROTTLED_ADDRESS);

  function refuse(key: string, login: string, address: string): Verdict {
    remember(wrong, key, clock.now() + WRONG_MS);
    byLogin.failed(`${login}\0${address}`);
    if (address !== "") byAddress.failed(address);
    return WRONG;
  }

  return {
    remembered(authorization) {
      const entry = right.get(authorization);
      return entry && entry.until > clock.now() ? entry.client : undefined;
    },

    forget(authorization) {
      right.delete(authorization);
    },

    async verify(authorization, address) {
      const basic = readBasic(authorization);
      if (!basic) return WRONG;
      const { login } = basic;
      const symbols = normaliseAppPassword(basic.password);
      const hash = await tokenHash("app-password", symbols ?? basic.password);
      const key = `${login}\0${hash}`;
      const wrongUntil = wrong.get(key);
      if (wrongUntil !== undefined && wrongUntil > clock.now()) return WRONG;

      const wait = Math.max(byLogin.waitSeconds(`${login}\0${address}`), byAddress.waitSeconds(address));
      const slowedDown: Verdict = { kind: "throttled", retryAfterSeconds: wait };
      if (wait > 0 && address !== "" && !onceRight.has(key)) return slowedDown;
      const client = symbols === undefined ? undefined : await registry.authenticate(login, hash);
      if (!client) {
        onceRight.delete(key);
        return wait > 0 ? slowedDown : refuse(key, login, address);
      }
      remember(onceRight, key, true);
      remember(right, authorization, { client, until: clock.now() + REMEMBERED_MS });
      return { kind: "verified", client };
    },

    dueForTouch(client) {
      const before = touchedAt.get(client.appPasswordId);
      if (before !== undefined && clock.now() - before < TOUCH_EVERY_MS) return false;
      remember(touchedAt, client.appPasswordId, clock.now());
      return true;
    },
  };
}

/** Bounded: the entry that was set first goes when there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > ENTRIES_MAX) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}
