// `npm run bench -- caldav`: this server through its public port beside Radicale and Xandikos, in one run, by one sequential client.

import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { measure } from "./caldav/measure.ts";
import type { Measured } from "./caldav/measure.ts";
import { operations } from "./caldav/operations.ts";
import { subjects } from "./caldav/subjects.ts";
import type { Subject } from "./caldav/subjects.ts";
import { resultTable } from "./caldav/table.ts";

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "1000,10000" },
    servers: { type: "string", default: subjects.map(({ name }) => name).join(",") },
    seconds: { type: "string", default: "15" },
    help: { type: "boolean" },
  },
});
if (values.help === true) {
  process.stdout
    .write(`Usage: npm run bench -- caldav [--objects 1000,10000] [--servers ${values.servers}] [--seconds 15]

--seconds bounds the time for one operation on one server.
`);
  process.exit(0);
}
const msMax = Number(values.seconds) * 1_000;
const chosen = values.servers.split(",").map((name) => {
  const subject = subjects.find((candidate) => candidate.name === name);
  if (subject !== undefined) return subject;
  process.stderr.write(
    `There is no server "${name}". There are: ${subjects.map((each) => each.name).join(", ")}.\n`,
  );
  return process.exit(2);
});

process.stdout.write(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n\n`,
);
let hasFailed = false;
for (const total of values.objects.split(",").map(Number)) {
  const results = new Map<string, Map<string, Measured>>();
  for (const subject of chosen) {
    process.stderr.write(`${subject.name}, ${total} objects …\n`);
    const measured = await measureSubject(subject, total);
    results.set(subject.name, measured);
    const isOwn = subject === subjects[0];
    hasFailed ||= [...measured.values()].some((result) => !result.ok || (isOwn && result.wrong !== null));
  }
  process.stdout.write(
    `${resultTable(
      total,
      operations.map(({ name }) => name),
      results,
    )}\n`,
  );
}
process.exitCode = hasFailed ? 1 : 0;

/** A server that does not come up fails in every operation; the others are measured all the same. */
async function measureSubject(subject: Subject, total: number): Promise<Map<string, Measured>> {
  const measured = new Map<string, Measured>();
  let running: Awaited<ReturnType<Subject["start"]>>;
  try {
    running = await subject.start(total);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    for (const { name } of operations) measured.set(name, { ok: false, reason });
    return measured;
  }
  try {
    for (const operation of operations)
      measured.set(operation.name, await measure(operation, running.calendar, msMax));
  } finally {
    running.calendar.client.close();
    await running.stop();
  }
  return measured;
}
