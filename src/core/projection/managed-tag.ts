// Our tag on a managed mirror: service, event and a keyed proof, as X- properties. And the UID of a mirror.

import { firstText, textProperty } from "../ical/component.ts";
import type { AccountId } from "../id.ts";
import type { JCalComponent, JCalProperty } from "../ical/jcal.ts";
import type { KeyedHash } from "./hash.ts";

export interface ProjectionIdentity {
  readonly canonicalEventId: string;
  /** The account written to. */
  readonly accountId: AccountId;
}

/** Our tag as found on an object; proves nothing alone. */
export interface ManagedTag {
  readonly canonicalEventId: string;
  /** The proof is the one that this user's key gives to that event. */
  readonly genuine: boolean;
}

const SERVICE = "x-t-minus-service";
const MANAGED = "x-t-minus-managed";
const EVENT = "x-t-minus-event";

/** The UID of every mirror of an event in an account: HMAC of both. */
export function mirrorUid(identity: ProjectionIdentity, hash: KeyedHash): string {
  const digest = hash("mirror-uid", `${identity.canonicalEventId} ${identity.accountId}`);
  return `${digest.slice(0, 40)}@t-minus`;
}

/** Of the form that mirrors and feeds of T-Minus have. A server may drop a tag, never a UID. */
export function hasMirrorForm(uid: string): boolean {
  return /^[0-9a-f]{32,40}@t-minus$/.test(uid);
}

export function tagProperties(canonicalEventId: string, hash: KeyedHash): readonly JCalProperty[] {
  return [
    textProperty(SERVICE, "t-minus"),
    textProperty(MANAGED, proofOf(canonicalEventId, hash)),
    textProperty(EVENT, canonicalEventId),
  ];
}

/** The tag of the first component that carries one. */
export function tagOf(calendar: JCalComponent, hash: KeyedHash): ManagedTag | null {
  for (const component of calendar[2]) {
    if (firstText(component, SERVICE) === null) continue;
    const canonicalEventId = firstText(component, EVENT) ?? "";
    const genuine = firstText(component, MANAGED) === proofOf(canonicalEventId, hash);
    return { canonicalEventId, genuine };
  }
  return null;
}

function proofOf(canonicalEventId: string, hash: KeyedHash): string {
  return hash("managed", canonicalEventId).slice(0, 32);
}
