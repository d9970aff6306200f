import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { tooLongFiles } from "./file-length.ts";
import { checkLayers } from "./layers.ts";

const cruise = (modules: readonly string[], violations: readonly object[] = []): { output: string } => ({
  output: JSON.stringify({ modules: modules.map((source) => ({ source })), summary: { violations } }),
});

test("layers hold only when every source was looked at and no rule is broken", () => {
  const sources = ["src/a.ts", "src/b.ts"];
  expect(checkLayers(cruise(sources), sources).held).toBe(true);
  expect(checkLayers(cruise(["src/a.ts"]), sources)).toEqual({
    held: false,
    output: "not looked at: src/b.ts",
  });
  expect(checkLayers(cruise([]), [])).toMatchObject({ held: false });
  expect(checkLayers({ output: "no parser" }, sources)).toEqual({ held: false, output: "no parser" });
  const violation = { from: "src/a.ts", to: "src/b.ts", rule: { name: "core-is-pure", severity: "error" } };
  expect(checkLayers(cruise(sources, [violation]), sources).output).toBe(
    "core-is-pure: src/a.ts -> src/b.ts",
  );
});

test("a file of 401 lines is too long, a generated one is not", () => {
  const folder = mkdtempSync(join(tmpdir(), "t-minus-length-"));
  const write = (name: string, lines: number): void => writeFileSync(join(folder, name), "x\n".repeat(lines));
  write("short.ts", 400);
  write("long.ts", 401);
  write("data.generated.ts", 5_000);
  expect(tooLongFiles(folder, ["short.ts", "data.generated.ts"]).held).toBe(true);
  expect(tooLongFiles(folder, ["short.ts", "long.ts"]).output).toBe("long.ts: 401 lines, more than 400");
  expect(tooLongFiles(folder, []).held).toBe(false);
  rmSync(folder, { recursive: true });
});
