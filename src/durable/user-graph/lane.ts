// One writer at a time. A write prepares (opens, projects, seals: asynchronous) and then commits in one synchronous
// transaction; inside the lane nothing can change between the two. Reads never wait.

export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

export function newLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return function enter<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    // The next one enters whether this one succeeded or threw; who called it sees the throw.
    last = mine.catch(() => undefined);
    return mine;
  };
}
