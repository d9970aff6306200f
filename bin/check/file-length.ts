// A file holds one idea; above this many lines it holds two. Generated files are no one's idea.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const linesMax = 400;

export function tooLongFiles(project: string, files: readonly string[]): { held: boolean; output: string } {
  const lines = files
    .filter((file) => !file.includes(".generated."))
    .map((file) => ({ file, count: readFileSync(join(project, file), "utf8").split("\n").length - 1 }))
    .filter(({ count }) => count > linesMax)
    .map(({ file, count }) => `${file}: ${count} lines, more than ${linesMax}`);
  return { held: files.length > 0 && lines.length === 0, output: lines.join("\n") };
}
