// The keys of one Durable Object: a random data key, stored only wrapped by the key-encryption key of an epoch
// (Env.KEY_ENCRYPTION_KEYS). From it come the codec of sealed columns and the keyed fingerprints (etags, content hashes, mirror UIDs).
// When the epoch has moved on, the data key is wrapped anew on the next opening. Destroying the epoch erases all copies.

import { createHmac } from "node:crypto";
import { assert } from "../core/assert.ts";
import { plainCodec, sealedCodec } from "./sql/sealed.ts";
import type { SealedCodec } from "./sql/sealed.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const HASH_DIGITS = 32;
const encoder = new TextEncoder();

export interface Vault extends SealedCodec {
  /** HMAC-SHA-256 under a key derived from the data key, its first 128 bits in hexadecimal. `purpose` separates domains. */
  keyedHash(purpose: string, text: string): string;
}

export interface VaultEnv {
  readonly KEY_ENCRYPTION_KEYS: string;
  readonly SEALING?: string;
}

interface KeyRing {
  readonly current: number;
  readonly keys: ReadonlyMap<number, Uint8Array>;
}

const CREATE_VAULT = `CREATE TABLE IF NOT EXISTS vault (
  scope TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  wrapped_key BLOB NOT NULL
) STRICT`;

/**
 * Opens the vault of a scope (`user:<id>`, `account:<id>`); makes its data key the first time.
 * Throws when the epoch that wraps the key is not among the keys given: then its content is erased for good.
 */
export async function openVault(storage: DurableObjectStorage, env: VaultEnv, scope: string): Promise<Vault> {
  const ring = parseKeyRing(env.KEY_ENCRYPTION_KEYS);
  storage.sql.exec(CREATE_VAULT);
  const dataKey = (await storedDataKey(storage, ring, scope)) ?? (await newDataKey(storage, ring, scope));
  return vaultOf(dataKey, env.SEALING === "off");
}

async function storedDataKey(
  storage: DurableObjectStorage,
  ring: KeyRing,
  scope: string,
): Promise<Uint8Array | undefined> {
  const row = storage.sql
    .exec<{ epoch: number; wrapped_key: ArrayBuffer }>(
      "SELECT epoch, wrapped_key FROM vault WHERE scope = ?",
      scope,
    )
    .toArray()[0];
  if (row === undefined) return undefined;
  const wrapping = ring.keys.get(row.epoch);
  assert(wrapping !== undefined, `the key-encryption key of epoch ${row.epoch} is gone`);
  const dataKey = await unwrap(wrapping, scope, row.wrapped_key);
  if (row.epoch !== ring.current) {
    const wrapped = await wrap(currentKey(ring), scope, dataKey);
    storage.sql.exec(
      "UPDATE vault SET epoch = ?, wrapped_key = ? WHERE scope = ? AND epoch = ?",
      ring.current,
      wrapped,
      scope,
      row.epoch,
    );
  }
  return dataKey;
}

async function newDataKey(storage: DurableObjectStorage, ring: KeyRing, scope: string): Promise<Uint8Array> {
  const fresh = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const wrapped = await wrap(currentKey(ring), scope, fresh);
  storage.sql.exec(
    "INSERT INTO vault (scope, epoch, wrapped_key) VALUES (?, ?, ?) ON CONFLICT (scope) DO NOTHING",
    scope,
    ring.current,
    wrapped,
  );
  // Two openings may race to here: the stored key is the one that counts.
  const stored = await storedDataKey(storage, ring, scope);
  assert(stored !== undefined, "a data key was stored");
  return stored;
}

async function vaultOf(dataKey: Uint8Array, isPlain: boolean): Promise<Vault> {
  const codec = isPlain
    ? plainCodec()
    : sealedCodec(await crypto.subtle.importKey("raw", dataKey, "AES-GCM", false, ["encrypt", "decrypt"]));
  const hashKey = createHmac("sha256", dataKey).update("keyed hashes").digest();
  // Synchronous, so that projections and their hashes can be computed in the same turn as they are compared.
  function keyedHash(purpose: string, text: string): string {
    return createHmac("sha256", hashKey).update(`${purpose}\0${text}`).digest("hex").slice(0, HASH_DIGITS);
  }
  return { ...codec, keyedHash };
}

async function wrap(key: Uint8Array, scope: string, dataKey: Uint8Array): Promise<ArrayBuffer> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const wrapping = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(scope) },
    wrapping,
    dataKey,
  );
  const blob = new Uint8Array(NONCE_BYTES + sealed.byteLength);
  blob.set(nonce);
  blob.set(new Uint8Array(sealed), NONCE_BYTES);
  return blob.buffer;
}

async function unwrap(key: Uint8Array, scope: string, wrapped: ArrayBuffer): Promise<Uint8Array> {
  const wrapping = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const dataKey = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: new Uint8Array(wrapped, 0, NONCE_BYTES), additionalData: encoder.encode(scope) },
    wrapping,
    new Uint8Array(wrapped, NONCE_BYTES),
  );
  return new Uint8Array(dataKey);
}

function currentKey(ring: KeyRing): Uint8Array {
  const key = ring.keys.get(ring.current);
  assert(key !== undefined, "KEY_ENCRYPTION_KEYS holds the key of its current epoch");
  return key;
}

function parseKeyRing(json: string): KeyRing {
  const value: unknown = JSON.parse(json);
  assert(typeof value === "object" && value !== null, "KEY_ENCRYPTION_KEYS is a JSON object");
  assert("current" in value && typeof value.current === "number", "KEY_ENCRYPTION_KEYS.current is an epoch");
  assert(
    "keys" in value && typeof value.keys === "object" && value.keys !== null,
    "KEY_ENCRYPTION_KEYS.keys is an object",
  );
  const keys = new Map<number, Uint8Array>();
  for (const [epoch, encoded] of Object.entries(value.keys)) {
    assert(typeof encoded === "string", `KEY_ENCRYPTION_KEYS.keys["${epoch}"] is base64`);
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    assert(bytes.length === KEY_BYTES, `KEY_ENCRYPTION_KEYS.keys["${epoch}"] has ${KEY_BYTES} bytes`);
    keys.set(Number(epoch), bytes);
  }
  return { current: value.current, keys };
}
