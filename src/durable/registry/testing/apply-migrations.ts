// Set-up file of the workerd tests: brings the registry to the newest migration before each test file.

import { applyD1Migrations, env } from "cloudflare:test";
import type { Env } from "../../env.ts";

type TestEnv = Env & { readonly REGISTRY_MIGRATIONS: D1Migration[] };
type D1Migration = Parameters<typeof applyD1Migrations>[1][number];

const { REGISTRY, REGISTRY_MIGRATIONS } = env as unknown as TestEnv;
await applyD1Migrations(REGISTRY, REGISTRY_MIGRATIONS);
