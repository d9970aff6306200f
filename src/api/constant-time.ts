// Compares secrets without telling by its time how much of them agreed.

/** Both sides are hashed first, so that neither length nor a common prefix shows. */
export async function equalSecrets(given: string, expected: string): Promise<boolean> {
  const utf8 = new TextEncoder();
  const [a, b] = await Promise.all([
    crypto.subtle.digest("SHA-256", utf8.encode(given)),
    crypto.subtle.digest("SHA-256", utf8.encode(expected)),
  ]);
  return crypto.subtle.timingSafeEqual(a, b);
}
