// The lease of one account: jobs run one at a time. A job that waits is joined by later calls for the same job, so a storm of
// notifications causes one more pass and not a hundred. The lease lives in memory: a crash releases it.

export interface Lane {
  run<T>(job: string, work: () => Promise<T>): Promise<T>;
}

export function newLane(): Lane {
  const waiting = new Map<string, Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    run<T>(job: string, work: () => Promise<T>): Promise<T> {
      const joined = waiting.get(job);
      // The same job always gives the same kind of answer.
      if (joined !== undefined) return joined as Promise<T>;
      const turn = last.then(() => {
        waiting.delete(job);
        return work();
      });
      waiting.set(job, turn);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
