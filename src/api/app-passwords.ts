// App passwords: made, listed, revoked. The text exists once, in the answer to whoever made it.

import { type AppPasswordId, newId, type UserId } from "../core/id.ts";
import type { AppPassword } from "../core/ports/registry.ts";
import { newAppPassword, normaliseAppPassword } from "./app-password-text.ts";
import type { Ports } from "./ports.ts";

export interface NewAppPassword {
  readonly appPasswordId: AppPasswordId;
  /** Grouped, as it is shown. */
  readonly password: string;
}

export async function createAppPassword(
  ports: Ports,
  userId: UserId,
  label: string,
  scope: AppPassword["scope"],
): Promise<NewAppPassword> {
  const appPasswordId = newId("pwd", ports.clock, ports.random);
  const password = newAppPassword(ports.random);
  await storeAppPassword(ports, { appPasswordId, userId, password, label, scope });
  return { appPasswordId, password };
}

/** Storing the same id again changes nothing. */
export async function storeAppPassword(
  ports: Ports,
  entry: {
    appPasswordId: AppPasswordId;
    userId: UserId;
    password: string;
    label: string;
    scope: AppPassword["scope"];
  },
): Promise<void> {
  const { password, ...rest } = entry;
  const passwordHash = await ports.tokenHash("app-password", normaliseAppPassword(password) ?? password);
  await ports.registry.addAppPassword({ ...rest, passwordHash });
}

/**
 * Revoked at once: the registry forgets it, then the user's graph refuses everything authenticated before. Repeating a
 * revocation that a crash cut in two completes it. False when this user has no such password.
 */
export async function revokeAppPassword(
  ports: Ports,
  userId: UserId,
  appPasswordId: AppPasswordId,
): Promise<boolean> {
  const raised = await ports.registry.revokeAppPassword(userId, appPasswordId);
  const epoch = raised ?? (await ports.registry.userById(userId))?.credentialEpoch;
  if (epoch !== undefined) await ports.userGraph(userId).raiseCredentialEpoch(epoch);
  return raised !== undefined;
}
