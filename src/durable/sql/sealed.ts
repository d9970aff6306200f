// The one codec for sealed columns: AES-256-GCM, a random 96-bit nonce, additional data that binds a value to its table,
// column and row, so that two blobs cannot be swapped. Nothing else in the product knows the layout:
//   1 byte form (1 = sealed, 0 = plain, only where sealing is switched off for a control run), 12 bytes nonce, ciphertext and tag.
// WebCrypto is asynchronous: collect rows first, then open them together.

import { assert } from "../../core/assert.ts";

const FORM_PLAIN = 0;
const FORM_SEALED = 1;
const NONCE_BYTES = 12;
const HEADER_BYTES = 1 + NONCE_BYTES;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Where a value lives: `table.column` and the identity of its row. */
export interface Place {
  readonly column: string;
  readonly row: string;
}

export interface SealedBlob extends Place {
  readonly blob: ArrayBuffer;
}

export interface SealedCodec {
  seal(place: Place, text: string): Promise<ArrayBuffer>;
  open(sealed: SealedBlob): Promise<string>;
  /** Opens in parallel, in the order given. */
  openAll(sealed: readonly SealedBlob[]): Promise<string[]>;
}

export function sealedCodec(key: CryptoKey): SealedCodec {
  async function seal(place: Place, text: string): Promise<ArrayBuffer> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const content = encoder.encode(text);
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: additionalData(place) },
      key,
      content,
    );
    const blob = new Uint8Array(HEADER_BYTES + sealed.byteLength);
    blob[0] = FORM_SEALED;
    blob.set(nonce, 1);
    blob.set(new Uint8Array(sealed), HEADER_BYTES);
    return blob.buffer;
  }
  async function open(sealed: SealedBlob): Promise<string> {
    const blob = new Uint8Array(sealed.blob);
    assert(blob[0] === FORM_SEALED, `a value of ${sealed.column} is sealed`);
    const content = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: blob.subarray(1, HEADER_BYTES), additionalData: additionalData(sealed) },
      key,
      blob.subarray(HEADER_BYTES),
    );
    return decoder.decode(content);
  }
  return { seal, open, openAll: (list) => Promise.all(list.map(open)) };
}

/** The control run of the sealing test: same column types, readable bytes. */
export function plainCodec(): SealedCodec {
  return { seal: sealPlainly, open: openPlainly, openAll: (list) => Promise.all(list.map(openPlainly)) };
}

function sealPlainly(_place: Place, text: string): Promise<ArrayBuffer> {
  const content = encoder.encode(text);
  const blob = new Uint8Array(1 + content.length);
  blob[0] = FORM_PLAIN;
  blob.set(content, 1);
  return Promise.resolve(blob.buffer);
}

function openPlainly(sealed: SealedBlob): Promise<string> {
  const blob = new Uint8Array(sealed.blob);
  assert(blob[0] === FORM_PLAIN, `a value of ${sealed.column} is plain in this control run`);
  return Promise.resolve(decoder.decode(blob.subarray(1)));
}

function additionalData(place: Place): Uint8Array {
  return encoder.encode(`${place.column}/${place.row}`);
}
