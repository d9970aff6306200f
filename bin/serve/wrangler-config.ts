// Reads wrangler.toml, so that self-hosting and Cloudflare run the same bindings. A setting that this server would not honour is
// an error, not a silent difference.

import { readFileSync } from "node:fs";

import { parse } from "smol-toml";
import { z } from "zod";

const binding = z.string().min(1);

const schema = z.strictObject({
  name: z.string(),
  main: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  triggers: z.strictObject({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
  vars: z.record(z.string(), z.string()).default({}),
  durable_objects: z
    .strictObject({ bindings: z.array(z.strictObject({ name: binding, class_name: z.string() })) })
    .default({ bindings: [] }),
  migrations: z
    .array(z.strictObject({ tag: z.string(), new_sqlite_classes: z.array(z.string()).default([]) }))
    .default([]),
  d1_databases: z
    .array(
      z.strictObject({
        binding,
        database_name: z.string(),
        database_id: z.string(),
        migrations_dir: z.string().default("migrations"),
      }),
    )
    .default([]),
  queues: z
    .strictObject({
      producers: z.array(z.strictObject({ binding, queue: z.string() })).default([]),
      consumers: z
        .array(
          z.strictObject({
            queue: z.string(),
            max_batch_size: z.number().optional(),
            max_batch_timeout: z.number().optional(),
            max_retries: z.number().optional(),
            retry_delay: z.number().optional(),
            dead_letter_queue: z.string().optional(),
          }),
        )
        .default([]),
    })
    .default({ producers: [], consumers: [] }),
  r2_buckets: z.array(z.strictObject({ binding, bucket_name: z.string() })).default([]),
  kv_namespaces: z.array(z.strictObject({ binding, id: z.string() })).default([]),
  workflows: z.array(z.strictObject({ binding, name: z.string(), class_name: z.string() })).default([]),
  /** Dashboards of Cloudflare; nothing to honour here. */
  observability: z.unknown().optional(),
});

export type WranglerConfig = z.infer<typeof schema>;

/** Throws with the name of the file and of the setting: a wrong wrangler.toml is a mistake in the program. */
export function readWranglerConfig(path: string): WranglerConfig {
  const result = schema.safeParse(parse(readFileSync(path, "utf8")));
  if (!result.success) throw new Error(`${path} cannot be served: ${z.prettifyError(result.error)}`);
  return result.data;
}
