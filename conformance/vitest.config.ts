// The suites that talk HTTP to running servers. Files run one after the other: they start processes.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "conformance",
    include: ["conformance/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
