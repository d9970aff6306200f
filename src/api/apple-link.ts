// The one-time link behind the QR code: it leads a phone that is signed in nowhere to a configuration profile with a fresh app
// password. The password is made from the link's token with the keyed hash, so it is stored nowhere and a download that the
// phone repeats right away gives the same profile. Looking at the link's page uses nothing up; downloading does.

import { type AppPasswordId, newId, type UserId } from "../core/id.ts";
import { appPasswordFrom } from "./app-password-text.ts";
import { storeAppPassword } from "./app-passwords.ts";
import { appleProfile } from "./apple-profile.ts";
import type { Ports } from "./ports.ts";
import { base64Url } from "./token-hash.ts";

export const LINK_MINUTES = 15;
const GRACE_MS = 120_000;

export async function createAppleLink(ports: Ports, userId: UserId): Promise<string> {
  const token = base64Url(ports.random.bytes(16));
  await ports.signInStore.addLink({
    tokenHash: await ports.tokenHash("link", token),
    purpose: "apple-profile",
    userId,
    subjectId: newId("pwd", ports.clock, ports.random),
    expiresAt: ports.clock.now() + LINK_MINUTES * 60_000,
  });
  return token;
}

export async function appleLinkIsOpen(ports: Ports, token: string): Promise<boolean> {
  const hash = await ports.tokenHash("link", token);
  return (await ports.signInStore.link("apple-profile", hash, ports.clock.now(), GRACE_MS)) !== undefined;
}

/** The profile's text; undefined when the link is used up, expired or unknown. */
export async function claimAppleProfile(
  ports: Ports,
  token: string,
  origin: string,
): Promise<string | undefined> {
  const hash = await ports.tokenHash("link", token);
  const link = await ports.signInStore.claimLink("apple-profile", hash, ports.clock.now(), GRACE_MS);
  const user = link ? await ports.registry.userById(link.userId) : undefined;
  if (!link || !user) return undefined;
  const derived = new TextEncoder().encode(await ports.tokenHash("apple-profile", token));
  const secret = new Uint8Array(await crypto.subtle.digest("SHA-256", derived));
  const password = appPasswordFrom(secret);
  await storeAppPassword(ports, {
    appPasswordId: link.subjectId as AppPasswordId,
    userId: user.userId,
    password,
    label: "iPhone, iPad or Mac (profile)",
    scope: "caldav",
  });
  const digits = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(link.subjectId ?? ""));
  const seed = [...new Uint8Array(digits).subarray(0, 16)]
    .map((b) => b.toString(16).padStart(2, "0"))
    .join("");
  return appleProfile({ origin, slug: user.slug, password, seed });
}
