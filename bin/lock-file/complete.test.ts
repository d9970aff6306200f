import { expect, test } from "vitest";

import { missingEntries } from "./complete.ts";

test("names what npm left out: exact version, platform by name, where Node would look", () => {
  const packages = {
    "": {},
    "node_modules/tool": {
      version: "1.0.0",
      dev: true,
      optionalDependencies: {
        "@tool/linux-x64-gnu": "1.0.0",
        "@tool/linux-arm64-musl": "1.0.0",
        "@tool/windows-64": "1.0.0",
      },
    },
    "node_modules/@tool/linux-x64-gnu": { version: "1.0.0", optional: true },
    "node_modules/other/node_modules/tool": {
      version: "2.0.0",
      optionalDependencies: { "@tool/linux-x64-gnu": "2.0.0", watcher: "~1.2.0" },
    },
    "node_modules/watcher": { version: "1.2.9" },
  };
  expect(missingEntries(packages)).toEqual({
    "node_modules/@tool/linux-arm64-musl": {
      version: "1.0.0",
      dev: true,
      optional: true,
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["musl"],
    },
    "node_modules/@tool/windows-64": {
      version: "1.0.0",
      dev: true,
      optional: true,
      os: ["win32"],
      cpu: ["x64"],
    },
    "node_modules/other/node_modules/@tool/linux-x64-gnu": {
      version: "2.0.0",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["glibc"],
    },
  });
  expect(missingEntries({ ...packages, ...missingEntries(packages) })).toEqual({});
});

const parent = (name: string, version: string) => ({
  "node_modules/t": { version: "1.0.0", optionalDependencies: { [name]: version } },
});

test("refuses to guess a version or a platform", () => {
  expect(() => missingEntries(parent("t-linux-x64", "^1.0.0"))).toThrow("no exact version");
  expect(() => missingEntries(parent("t-native", "1.0.0"))).toThrow("does not tell its platform");
});
