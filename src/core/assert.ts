// Invariants that only a bug can break. They stay on in production.

export class InvariantViolation extends Error {
  override name = "InvariantViolation";
}

export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantViolation(invariant);
}

/** Proves at compile time that a union was handled whole. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${String(value)}`);
}
