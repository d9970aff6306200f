// The secrets of a server, one file each (0600) in `secrets/`. Created once and then only read: without the keys the stored data is
// unreadable for ever, so a missing key beside existing data stops the start.

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";

export interface Secrets {
  readonly KEY_ENCRYPTION_KEYS: string;
  readonly TOKEN_PEPPER: string;
  readonly SESSION_SECRET: string;
  readonly ADMIN_TOKEN: string;
}

interface SecretFile {
  readonly file: string;
  readonly create: () => string;
  /** Stored data cannot be used without it. */
  readonly isIrreplaceable: boolean;
}

const files: Readonly<Record<keyof Secrets, SecretFile>> = {
  KEY_ENCRYPTION_KEYS: {
    file: "key-encryption-keys.json",
    create: () => JSON.stringify({ current: 1, keys: { 1: randomBytes(32).toString("base64") } }),
    isIrreplaceable: true,
  },
  TOKEN_PEPPER: {
    file: "token-pepper",
    create: () => randomBytes(32).toString("base64"),
    isIrreplaceable: true,
  },
  SESSION_SECRET: {
    file: "session-secret",
    create: () => randomBytes(32).toString("base64url"),
    isIrreplaceable: false,
  },
  ADMIN_TOKEN: {
    file: "admin-token",
    create: () => randomBytes(32).toString("base64url"),
    isIrreplaceable: false,
  },
};

/** `hasState`: there are databases already. The error is a sentence. */
export function readOrCreateSecrets(folder: string, hasState: boolean): Result<Secrets, string> {
  for (const { file, isIrreplaceable } of Object.values(files)) {
    if (hasState && isIrreplaceable && !existsSync(join(folder, file))) {
      return err(
        `${join(folder, file)} is missing, but there is data that needs it. Restore the file from a backup; with a new one the data could not be read.`,
      );
    }
  }
  chmodSync(folder, 0o700);
  return ok({
    KEY_ENCRYPTION_KEYS: readOrCreate(folder, files.KEY_ENCRYPTION_KEYS),
    TOKEN_PEPPER: readOrCreate(folder, files.TOKEN_PEPPER),
    SESSION_SECRET: readOrCreate(folder, files.SESSION_SECRET),
    ADMIN_TOKEN: readOrCreate(folder, files.ADMIN_TOKEN),
  });
}

export function adminTokenPath(dataDir: string): string {
  return join(dataDir, "secrets", files.ADMIN_TOKEN.file);
}

function readOrCreate(folder: string, { file, create }: SecretFile): string {
  const path = join(folder, file);
  if (!existsSync(path)) {
    // On disk before it is used: data must not outlive its key in a crash.
    const descriptor = openSync(`${path}.new`, "w", 0o600);
    writeSync(descriptor, `${create()}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${path}.new`, path);
    syncFolder(folder);
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return readFileSync(path, "utf8").trim();
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
