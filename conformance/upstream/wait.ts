// Waiting for a state that background work brings about: bounded, and the last answer is shown when it never comes.

export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  let last: unknown = "nothing was read";
  for (;;) {
    try {
      const value = await read();
      if (holds(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) {
      throw new Error(
        `${what}: not within ${timeoutMs} ms; last: ${JSON.stringify(last, undefined, 1)?.slice(0, 2_000) ?? String(last)} ${String(last)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
