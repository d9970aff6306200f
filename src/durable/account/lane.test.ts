// The lease: one job at a time, waiting calls of the same job join, a failed job does not block the next.

import { expect, test } from "vitest";
import { newLane } from "./lane.ts";

test("a storm of calls during a pass causes one more pass", async () => {
  const lane = newLane();
  const first = Promise.withResolvers<void>();
  let passes = 0;
  const work = async (): Promise<number> => {
    passes += 1;
    if (passes === 1) await first.promise;
    return passes;
  };
  const running = lane.run("poll", work);
  await Promise.resolve();
  const storm = Array.from({ length: 100 }, () => lane.run("poll", work));
  first.resolve();
  expect(await running).toBe(1);
  expect(new Set(await Promise.all(storm))).toEqual(new Set([2]));
  expect(passes).toBe(2);
});

test("different jobs never overlap", async () => {
  const lane = newLane();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await Promise.resolve();
    await Promise.resolve();
    inside -= 1;
  };
  await Promise.all(["poll", "push", "reconcile", "sync"].map((job) => lane.run(job, work)));
  expect(most).toBe(1);
});

test("a job that throws tells its caller and lets the next one run", async () => {
  const lane = newLane();
  const failing = lane.run("poll", () => Promise.reject(new Error("lost platform")));
  const next = lane.run("push", () => Promise.resolve("done"));
  await expect(failing).rejects.toThrow("lost platform");
  expect(await next).toBe("done");
});
