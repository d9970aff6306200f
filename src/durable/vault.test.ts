import { describe, expect, it } from "vitest";
import { sealedCodec } from "./sql/sealed.ts";
import { bindings, inFreshObject } from "./user-graph/testing-graph.ts";
import { openVault } from "./vault.ts";
import type { VaultEnv } from "./vault.ts";

const FIRST = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SECOND = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

function ring(current: number, keys: Record<string, string>): VaultEnv {
  return { KEY_ENCRYPTION_KEYS: JSON.stringify({ current, keys }) };
}

function storedEpoch(storage: DurableObjectStorage): number {
  return storage.sql.exec<{ epoch: number }>("SELECT epoch FROM vault").one().epoch;
}

const place = { column: "events.ical", row: "evt_1" };

describe("the vault", () => {
  it("opens what it sealed, also after a restart", async () => {
    await inFreshObject(async ({ storage }) => {
      const blob = await (await openVault(storage, bindings, "user")).seal(place, "\uFEFFÜbung 😀\r\n");
      const again = await openVault(storage, bindings, "user");
      expect(await again.open({ ...place, blob })).toBe("\uFEFFÜbung 😀\r\n");
    });
  });

  it("refuses a blob that was moved to another row or column", async () => {
    await inFreshObject(async ({ storage }) => {
      const vault = await openVault(storage, bindings, "user");
      const blob = await vault.seal(place, "secret");
      await expect(vault.open({ column: "events.ical", row: "evt_2", blob })).rejects.toThrow();
      await expect(vault.open({ column: "events.details", row: "evt_1", blob })).rejects.toThrow();
    });
  });

  it("seals the same text differently every time and leaves no trace of it", async () => {
    await inFreshObject(async ({ storage }) => {
      const vault = await openVault(storage, bindings, "user");
      const [one, two] = await Promise.all([
        vault.seal(place, "canary-text"),
        vault.seal(place, "canary-text"),
      ]);
      expect(new Uint8Array(one)).not.toEqual(new Uint8Array(two));
      expect(new TextDecoder().decode(one)).not.toContain("canary");
    });
  });

  it("stores plainly when sealing is off, and does not mistake one form for the other", async () => {
    await inFreshObject(async ({ storage }) => {
      const off = await openVault(storage, { ...bindings, SEALING: "off" }, "user");
      const blob = await off.seal(place, "canary-text");
      expect(new TextDecoder().decode(blob)).toContain("canary-text");
      expect(await off.open({ ...place, blob })).toBe("canary-text");
      const on = await openVault(storage, bindings, "user");
      await expect(on.open({ ...place, blob })).rejects.toThrow("sealed");
    });
  });

  it("wraps the data key anew when the epoch has moved, and needs the old key no longer", async () => {
    await inFreshObject(async ({ storage }) => {
      const before = await openVault(storage, ring(1, { 1: FIRST }), "user");
      const blob = await before.seal(place, "kept");
      const hash = before.keyedHash("etag", "text");
      await openVault(storage, ring(2, { 1: FIRST, 2: SECOND }), "user");
      expect(storedEpoch(storage)).toBe(2);
      const after = await openVault(storage, ring(2, { 2: SECOND }), "user");
      expect(await after.open({ ...place, blob })).toBe("kept");
      expect(after.keyedHash("etag", "text")).toBe(hash);
    });
  });

  it("cannot be opened when the epoch's key is gone", async () => {
    await inFreshObject(async ({ storage }) => {
      await openVault(storage, ring(1, { 1: FIRST }), "user");
      await expect(openVault(storage, ring(2, { 2: SECOND }), "user")).rejects.toThrow("epoch 1 is gone");
    });
  });

  it("agrees on one key when two openings race", async () => {
    await inFreshObject(async ({ storage }) => {
      const [one, two] = await Promise.all([
        openVault(storage, bindings, "user"),
        openVault(storage, bindings, "user"),
      ]);
      expect(one.keyedHash("etag", "x")).toBe(two.keyedHash("etag", "x"));
    });
  });

  it("keeps scopes and purposes apart", async () => {
    await inFreshObject(async ({ storage }) => {
      const one = await openVault(storage, bindings, "one");
      const two = await openVault(storage, bindings, "two");
      expect(one.keyedHash("etag", "x")).not.toBe(two.keyedHash("etag", "x"));
      expect(one.keyedHash("etag", "x")).not.toBe(one.keyedHash("content", "x"));
      expect(one.keyedHash("etag", "x")).toMatch(/^[0-9a-f]{32}$/);
    });
  });

  it("refuses a blob of which one bit was changed", async () => {
    const key = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, [
      "encrypt",
      "decrypt",
    ]);
    const codec = sealedCodec(key);
    const blob = new Uint8Array(await codec.seal(place, "text"));
    blob[blob.length - 1] = (blob.at(-1) ?? 0) ^ 1;
    await expect(codec.open({ ...place, blob: blob.buffer })).rejects.toThrow();
  });
});
