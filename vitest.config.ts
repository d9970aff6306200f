// Two projects: pure code runs in Node, what touches Workers runs inside workerd with the real bindings.

import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const inWorkerd = [
  "src/durable/**/*.test.ts",
  "src/api/**/*.test.ts",
  "src/api/**/*.test.tsx",
  "src/app.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["src/**/*.test.ts", "bin/**/*.test.ts"],
          exclude: inWorkerd,
          environment: "node",
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                REGISTRY_MIGRATIONS: await readD1Migrations("./migrations"),
                KEY_ENCRYPTION_KEYS: JSON.stringify({
                  current: 1,
                  keys: { 1: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
                }),
                TOKEN_PEPPER: "IB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE=",
                SESSION_SECRET: "a session secret for the tests, 32 characters and more",
                ADMIN_TOKEN: "admin-token-for-tests",
                SETUP_TOKEN: "setup-token-for-tests",
                ALLOW_PRIVATE_UPSTREAMS: "1",
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: inWorkerd,
          setupFiles: ["./src/durable/registry/testing/apply-migrations.ts"],
        },
      },
    ],
  },
});
