// The bindings of wrangler.toml in the words of Miniflare.

import type { WorkerOptions } from "miniflare";

import type { WranglerConfig } from "./wrangler-config.ts";

/**
 * What the Worker may reach on the network (docs/decisions/0008): workerd judges the resolved address while it connects, so no name
 * can lead inside.
 */
const publicNetwork = { network: { allow: ["public"], tlsOptions: { trustBrowserCas: true } } };

export function workerOptions(
  config: WranglerConfig,
  script: { readonly path: string; readonly contents: string },
  secrets: Readonly<Record<string, string>>,
  allowPrivateUpstreams: boolean,
): WorkerOptions {
  const sqliteClasses = new Set(config.migrations.flatMap((migration) => migration.new_sqlite_classes));
  return {
    name: config.name,
    modules: [{ type: "ESModule", path: script.path, contents: script.contents }],
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    bindings: { ...config.vars, ...secrets },
    durableObjects: byName(config.durable_objects.bindings, ({ name, class_name }) => [
      name,
      { className: class_name, useSQLite: sqliteClasses.has(class_name) },
    ]),
    d1Databases: byName(config.d1_databases, ({ binding, database_id }) => [binding, database_id]),
    queueProducers: byName(config.queues.producers, ({ binding, queue }) => [binding, { queueName: queue }]),
    queueConsumers: byName(config.queues.consumers, (consumer) => [
      consumer.queue,
      {
        ...(consumer.max_batch_size === undefined ? {} : { maxBatchSize: consumer.max_batch_size }),
        ...(consumer.max_batch_timeout === undefined ? {} : { maxBatchTimeout: consumer.max_batch_timeout }),
        ...(consumer.max_retries === undefined ? {} : { maxRetries: consumer.max_retries }),
        ...(consumer.retry_delay === undefined ? {} : { retryDelay: consumer.retry_delay }),
        ...(consumer.dead_letter_queue === undefined ? {} : { deadLetterQueue: consumer.dead_letter_queue }),
      },
    ]),
    r2Buckets: byName(config.r2_buckets, ({ binding, bucket_name }) => [binding, bucket_name]),
    kvNamespaces: byName(config.kv_namespaces, ({ binding, id }) => [binding, id]),
    workflows: byName(config.workflows, ({ binding, name, class_name }) => [
      binding,
      { name, className: class_name },
    ]),
    ...(allowPrivateUpstreams ? {} : { outboundService: publicNetwork }),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
}

function byName<T, V>(items: readonly T[], entry: (item: T) => readonly [string, V]): Record<string, V> {
  return Object.fromEntries(items.map(entry));
}
