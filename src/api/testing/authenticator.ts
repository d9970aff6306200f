// A passkey in software (WebAuthn Level 3): makes an ES256 credential with attestation "none" and signs assertions, as the
// browser's JSON forms would carry them.

import { base64Url } from "../token-hash.ts";

const utf8 = new TextEncoder();
const FLAGS_NEW = 0x45; // user present, user verified, attested credential data
const FLAGS_USE = 0x05;

export interface SoftwarePasskey {
  create(
    options: { challenge: string; rp: { id?: string } },
    origin: string,
  ): Promise<Record<string, unknown>>;
  get(options: { challenge: string; rpId?: string }, origin: string): Promise<Record<string, unknown>>;
}

export async function softwarePasskey(): Promise<SoftwarePasskey> {
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const point = new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer);
  const id = crypto.getRandomValues(new Uint8Array(16));
  let counter = 0;

  async function authenticatorData(rpId: string, flags: number, attested: Uint8Array): Promise<Uint8Array> {
    const rpHash = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(rpId)));
    counter += 1;
    return concat(rpHash, Uint8Array.of(flags, 0, 0, 0, counter), attested);
  }
  const credential = (response: Record<string, string>) => ({
    id: base64Url(id),
    rawId: base64Url(id),
    type: "public-key",
    clientExtensionResults: {},
    response,
  });

  return {
    async create(options, origin) {
      // COSE_Key (RFC 9052 7): {1: 2, 3: -7, -1: 1, -2: x, -3: y}
      const cose = concat(
        Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20),
        point.subarray(1, 33),
        Uint8Array.of(0x22, 0x58, 0x20),
        point.subarray(33, 65),
      );
      const attested = concat(new Uint8Array(16), Uint8Array.of(0, id.length), id, cose);
      const data = await authenticatorData(options.rp.id ?? "", FLAGS_NEW, attested);
      // {"fmt": "none", "attStmt": {}, "authData": bytes}
      const attestation = concat(
        Uint8Array.of(0xa3, 0x63),
        utf8.encode("fmt"),
        Uint8Array.of(0x64),
        utf8.encode("none"),
        Uint8Array.of(0x67),
        utf8.encode("attStmt"),
        Uint8Array.of(0xa0, 0x68),
        utf8.encode("authData"),
        Uint8Array.of(0x58, data.length),
        data,
      );
      return credential({
        clientDataJSON: base64Url(clientData("webauthn.create", options.challenge, origin)),
        attestationObject: base64Url(attestation),
      });
    },
    async get(options, origin) {
      const client = clientData("webauthn.get", options.challenge, origin);
      const data = await authenticatorData(options.rpId ?? "", FLAGS_USE, new Uint8Array(0));
      const signed = concat(data, new Uint8Array(await crypto.subtle.digest("SHA-256", client)));
      const raw = new Uint8Array(
        await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, signed),
      );
      return credential({
        clientDataJSON: base64Url(client),
        authenticatorData: base64Url(data),
        signature: base64Url(der(raw)),
      });
    },
  };
}

const clientData = (type: string, challenge: string, origin: string) =>
  utf8.encode(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

/** ECDSA-Sig-Value (RFC 3279 2.2.3) from r and s. */
function der(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
    const digits = bytes.subarray(start);
    const padded = (digits[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), digits) : digits;
    return concat(Uint8Array.of(0x02, padded.length), padded);
  };
  const body = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return concat(Uint8Array.of(0x30, body.length), body);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
