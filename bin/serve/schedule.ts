// Calls the Worker's scheduled handler at the times of wrangler.toml, in UTC as Cloudflare does, and once at the start, so that what
// happened while the server was down is looked at now and not at the next run. A run that is still going is not doubled.

import { Cron } from "croner";

export interface Schedule {
  stop(): void;
}

export function startSchedule(
  patterns: readonly string[],
  run: (pattern: string, scheduledTime: Date) => Promise<void>,
): Schedule {
  const jobs = patterns.map(
    (pattern) =>
      new Cron(pattern, { timezone: "UTC", protect: true, catch: report }, (job: Cron) =>
        run(pattern, job.currentRun() ?? new Date()),
      ),
  );
  for (const job of jobs) void job.trigger();
  return {
    stop() {
      for (const job of jobs) job.stop();
    },
  };
}

function report(error: unknown): void {
  process.stderr.write(
    `The scheduled run failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
}
