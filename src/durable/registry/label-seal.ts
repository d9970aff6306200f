// Seals the labels that people write on their app passwords. D1 holds nothing readable that a person typed.
// AES-256-GCM under a key derived from TOKEN_PEPPER (HKDF, RFC 5869); the row's id is bound as additional data, so a
// sealed label cannot be moved to another row. Layout: 12 octets nonce, then ciphertext with its tag.

const NONCE_BYTES = 12;

export interface LabelSeal {
  seal(rowId: string, label: string): Promise<Uint8Array<ArrayBuffer>>;
  /** undefined when the octets were sealed under another pepper or for another row. */
  open(rowId: string, sealed: Uint8Array<ArrayBuffer>): Promise<string | undefined>;
}

export function createLabelSeal(pepperBase64: string): LabelSeal {
  const utf8 = new TextEncoder();
  let key: CryptoKey | undefined;

  async function sealingKey(): Promise<CryptoKey> {
    if (key) return key;
    const pepper = Uint8Array.from(atob(pepperBase64), (c) => c.charCodeAt(0));
    const base = await crypto.subtle.importKey("raw", pepper, "HKDF", false, ["deriveKey"]);
    key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode("registry label") },
      base,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
    return key;
  }

  return {
    async seal(rowId, label) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const body = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv: nonce, additionalData: utf8.encode(rowId) },
        await sealingKey(),
        utf8.encode(label),
      );
      const sealed = new Uint8Array(NONCE_BYTES + body.byteLength);
      sealed.set(nonce);
      sealed.set(new Uint8Array(body), NONCE_BYTES);
      return sealed;
    },
    async open(rowId, sealed) {
      try {
        const body = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: sealed.subarray(0, NONCE_BYTES), additionalData: utf8.encode(rowId) },
          await sealingKey(),
          sealed.subarray(NONCE_BYTES),
        );
        return new TextDecoder().decode(body);
      } catch {
        return undefined;
      }
    },
  };
}
