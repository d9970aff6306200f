// Invariants that only a bug can break. They stay on in production.

export class InvariantViolation extends Error {
  override name = "InvariantViolation";
}

export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantViolation(invariant);
}
