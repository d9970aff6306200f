/** Cryptographic randomness in production, a seeded stream in simulations. */
export interface Random {
  bytes(length: number): Uint8Array;
}
