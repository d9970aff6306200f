// Repeats an operation within a bound of time and reads off minimum, median and 95th percentile.

import type { Calendar, Operation } from "./operations.ts";

const repetitionsMin = 3;

export type Measured =
  | {
      readonly ok: true;
      readonly min: number;
      readonly median: number;
      readonly p95: number;
      readonly count: number;
      /** What was wrong with an answer, if anything. */
      readonly wrong: string | null;
    }
  | { readonly ok: false; readonly reason: string };

/** One repetition before is not counted. `msMax` bounds the whole, except that three repetitions are always made. */
export async function measure(operation: Operation, calendar: Calendar, msMax: number): Promise<Measured> {
  const times: number[] = [];
  let wrong: string | null = null;
  const started = performance.now();
  try {
    for (let k = 0; k <= operation.repetitionsMax; k += 1) {
      await operation.prepare?.(calendar, k);
      const answer = await operation.run(calendar, k);
      wrong = answer.wrong ?? wrong;
      if (k > 0) times.push(answer.ms);
      if (times.length >= repetitionsMin && performance.now() - started > msMax) break;
    }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
  return { ok: true, min: at(0), median: at(0.5), p95: at(0.95), count: times.length, wrong };
}
