// Passkeys (WebAuthn Level 3) with @simplewebauthn/server: the relying party is the host of the public origin. The challenge
// travels in a signed, short-lived cookie, so that an unfinished ceremony stores nothing; an answered one counts once.

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { UserId } from "../../core/id.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { equalSecrets } from "../constant-time.ts";
import type { Ports } from "../ports.ts";
import { base64Url } from "../token-hash.ts";
import type { SignedIn } from "./auth.ts";

export const CHALLENGE_SECONDS = 300;
const CHALLENGE_BYTES = 32;

export interface Ceremony {
  /** For navigator.credentials, as JSON. */
  readonly options: unknown;
  /** Value of the challenge cookie. */
  readonly challenge: string;
}

export async function beginRegistration(ports: Ports, origin: string, user: SignedIn): Promise<Ceremony> {
  const known = await ports.signInStore.passkeys(user.userId);
  const challenge = ports.random.bytes(CHALLENGE_BYTES);
  const options = await generateRegistrationOptions({
    rpName: "T-Minus",
    rpID: new URL(origin).hostname,
    userName: user.email,
    userDisplayName: user.slug,
    userID: Uint8Array.from(new TextEncoder().encode(user.userId)),
    challenge: Uint8Array.from(challenge),
    attestationType: "none",
    excludeCredentials: known.map((each) => ({ id: each.credentialId })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { options, challenge: await signed(ports, base64Url(challenge), user.userId) };
}

export async function finishRegistration(
  ports: Ports,
  origin: string,
  user: SignedIn,
  cookie: string,
  response: RegistrationResponseJSON,
): Promise<Result<null, string>> {
  const challenge = await spend(ports, cookie, user.userId);
  if (challenge === undefined) return err("The request took too long. Try again.");
  const verified = await attempt(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
    }),
  );
  if (!verified?.verified) return err("The passkey could not be verified.");
  const { credential, credentialBackedUp } = verified.registrationInfo;
  const added = await ports.signInStore.addPasskey({
    credentialId: credential.id,
    userId: user.userId,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    backedUp: credentialBackedUp,
    createdAt: ports.clock.now(),
  });
  return added === "added" ? ok(null) : err("This passkey is registered already.");
}

export async function beginAuthentication(ports: Ports, origin: string): Promise<Ceremony> {
  const challenge = ports.random.bytes(CHALLENGE_BYTES);
  const options = await generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: Uint8Array.from(challenge),
    userVerification: "required",
  });
  return { options, challenge: await signed(ports, base64Url(challenge), "") };
}

export async function finishAuthentication(
  ports: Ports,
  origin: string,
  cookie: string,
  response: AuthenticationResponseJSON,
): Promise<Result<UserId, string>> {
  const challenge = await spend(ports, cookie, "");
  if (challenge === undefined) return err("The request took too long. Try again.");
  const passkey = await ports.signInStore.passkey(response.id);
  if (!passkey) return err("This passkey is not known here. It may have been removed.");
  const verified = await attempt(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: passkey.counter },
      requireUserVerification: true,
    }),
  );
  if (!verified?.verified) return err("The passkey could not be verified.");
  const { newCounter } = verified.authenticationInfo;
  await ports.signInStore.passkeyUsed(passkey.credentialId, newCounter, ports.clock.now());
  return ok(passkey.userId);
}

/** `challenge.expiry.signature`; bound to the user who is signed in, if any. */
async function signed(ports: Ports, challenge: string, userId: string): Promise<string> {
  const until = ports.clock.now() + CHALLENGE_SECONDS * 1000;
  return `${challenge}.${until}.${await ports.tokenHash("challenge", `${challenge}.${until}.${userId}`)}`;
}

async function spend(ports: Ports, cookie: string, userId: string): Promise<string | undefined> {
  const [challenge = "", until = "", signature = ""] = cookie.split(".");
  const expected = await ports.tokenHash("challenge", `${challenge}.${until}.${userId}`);
  const now = ports.clock.now();
  if (!(await equalSecrets(signature, expected)) || Number(until) <= now) return undefined;
  const first = await ports.signInStore.spendChallenge(signature, Number(until), now);
  return first ? challenge : undefined;
}

/** The library throws for a response that is malformed or does not match: both are "not verified" here. */
async function attempt<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
