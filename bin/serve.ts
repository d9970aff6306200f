// `npm start`: the whole product on one port. Reads its settings, makes DATA_DIR ready, builds the Worker, runs it in workerd, and
// opens the public port last. Exit codes: 0 after a signal, 1 could not start or broke, 2 wrong settings.

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { createFailedSignIns } from "./ingress/failed-sign-ins.ts";
import { startIngress } from "./ingress/listener.ts";
import type { Certificate, Ingress } from "./ingress/listener.ts";
import { bundleWorker } from "./serve/bundle.ts";
import { readCertificate } from "./serve/certificate.ts";
import { openDataFolder } from "./serve/data-folder.ts";
import { hasNoUser } from "./serve/first-user.ts";
import { endLeftoverRuntime } from "./serve/leftover-runtime.ts";
import { applyMigrations } from "./serve/migrate.ts";
import { readServeOptions, serveUsage } from "./serve/options.ts";
import type { ServeOptions } from "./serve/options.ts";
import { startRuntime } from "./serve/runtime.ts";
import type { Runtime } from "./serve/runtime.ts";
import { startSchedule } from "./serve/schedule.ts";
import { readOrCreateSecrets } from "./serve/secrets.ts";
import { workerOptions } from "./serve/worker-options.ts";
import { readWranglerConfig } from "./serve/wrangler-config.ts";

const drainMsMax = 10_000;

/** A reason to end that is told as one sentence. */
function stop(sentence: string, exitCode: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const read = readServeOptions(process.argv.slice(2), process.env);
  if (!read.ok) stop(read.error, 2);
  if (read.value === "help") {
    process.stdout.write(serveUsage);
    return;
  }
  await serve(read.value);
}

async function serve(options: ServeOptions): Promise<void> {
  const certificate = options.tls === null ? null : readCertificate(options.tls);
  if (certificate?.ok === false) stop(certificate.error, 2);
  const opened = openDataFolder(options.dataDir);
  if (!opened.ok) stop(opened.error, 1);
  const data = opened.value;
  await endLeftoverRuntime(data.runtimePidFile);
  const secrets = readOrCreateSecrets(data.secretsFolder, readdirSync(data.stateFolder).length > 0);
  if (!secrets.ok) stop(secrets.error, 1);

  const configPath = resolve(options.config ?? fileURLToPath(new URL("../wrangler.toml", import.meta.url)));
  const project = dirname(configPath);
  const config = readWranglerConfig(configPath);
  const bundle = await bundleWorker(project, config.main);
  if (!bundle.ok) stop(bundle.error, 1);

  const publicUrl = options.publicUrl ?? certifiedUrl(options, certificate?.value.hostName ?? null);
  const setupToken = randomBytes(16).toString("base64url");
  const runtime = await startRuntime({
    worker: workerOptions(
      config,
      { path: "worker.mjs", contents: bundle.value.contents },
      {
        ...secrets.value,
        SETUP_TOKEN: setupToken,
        ...(publicUrl === null ? {} : { PUBLIC_URL: publicUrl }),
        ...(options.allowPrivateUpstreams ? { ALLOW_PRIVATE_UPSTREAMS: "1" } : {}),
      },
      options.allowPrivateUpstreams,
    ),
    stateFolder: data.stateFolder,
    pidFile: data.runtimePidFile,
  });
  for (const { binding, migrations_dir } of config.d1_databases) {
    await applyMigrations(
      await runtime.miniflare.getD1Database(binding, config.name),
      join(project, migrations_dir),
    );
  }

  const ingress = await openIngress(options, certificate?.value ?? null, runtime);
  const schedule = startSchedule(config.triggers.crons, async (cron, scheduledTime) => {
    const worker = await runtime.miniflare.getWorker(config.name);
    await worker.scheduled({ cron, scheduledTime });
  });
  const url = publicUrl ?? listeningUrl(options, ingress.port);
  data.announce({ url, adminUrl: `http://127.0.0.1:${ingress.loopbackPort}`, pid: process.pid });

  let isEnding = false;
  async function end(): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    schedule.stop();
    await ingress.close(drainMsMax);
    await runtime.dispose();
    data.release();
    process.exit(0);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end());
  // The bootstrap was killed.
  process.on("disconnect", () => void end());
  process.on("SIGHUP", () => {
    const renewed = options.tls === null ? null : readCertificate(options.tls);
    if (renewed === null) return;
    if (renewed.ok) ingress.setCertificate(renewed.value);
    else process.stderr.write(`The certificate stays: ${renewed.error}\n`);
  });

  process.stdout.write(`T-Minus is at ${url}\n`);
  if (await hasNoUser(`http://127.0.0.1:${runtime.workerPort()}`, secrets.value.ADMIN_TOKEN)) {
    process.stdout.write(`Create the first user: ${url}/setup?token=${setupToken}\n`);
  }
}

function listeningUrl({ host, tls }: ServeOptions, port: number): string {
  return `${tls === null ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** With TLS the Worker must know that it is reached by https. */
function certifiedUrl(options: ServeOptions, hostName: string | null): string | null {
  if (options.tls === null || options.port === 0) return null;
  return new URL(listeningUrl({ ...options, host: hostName ?? options.host }, options.port)).origin;
}

function openIngress(
  options: ServeOptions,
  certificate: Certificate | null,
  runtime: Runtime,
): Promise<Ingress> {
  return startIngress({
    host: options.host,
    port: options.port,
    certificate,
    workerPort: () => runtime.workerPort(),
    failedSignIns: createFailedSignIns(options.failedSignInsPerMinute, () => performance.now()),
  }).catch((error: unknown) => stop(listenFailure(options, error), 1));
}

function listenFailure({ host, port }: ServeOptions, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${port} on ${host} is taken by another program. Choose another with PORT or --port.`;
  if (code === "EACCES")
    return `Port ${port} on ${host} needs more rights than this user has. Choose one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `HOST ${host} is no address of this machine.`;
  return `The server cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`;
}

main().catch((error: unknown) => stop(error instanceof Error ? error.message : String(error), 1));
