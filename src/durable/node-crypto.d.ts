// The part of workerd's node:crypto (nodejs_compat) that the product uses. The whole of @types/node would bring Node's globals into
// the Worker's types.

declare module "node:crypto" {
  interface Hmac {
    update(data: string | Uint8Array): Hmac;
    digest(): Uint8Array;
    digest(encoding: "hex"): string;
  }
  export function createHmac(algorithm: "sha256", key: Uint8Array): Hmac;
}
