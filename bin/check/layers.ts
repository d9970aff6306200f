// Judges what dependency-cruiser found, and that it looked: a cruiser without a parser for TypeScript finds no module and passes.

import { z } from "zod";

const report = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string(), severity: z.string() }),
      }),
    ),
  }),
});

/** `sources`: the files that must have been seen. */
export function checkLayers(
  cruise: { readonly output: string },
  sources: readonly string[],
): { held: boolean; output: string } {
  let parsed: ReturnType<typeof report.safeParse>;
  try {
    parsed = report.safeParse(JSON.parse(cruise.output));
  } catch {
    return { held: false, output: cruise.output };
  }
  if (!parsed.success) return { held: false, output: z.prettifyError(parsed.error) };
  const seen = new Set(parsed.data.modules.map(({ source }) => source));
  const missed = sources.filter((source) => !seen.has(source));
  const lines = [
    ...parsed.data.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`),
    ...(sources.length === 0 ? ["there are no sources to look at"] : []),
    ...missed.map((source) => `not looked at: ${source}`),
  ];
  return { held: lines.length === 0, output: lines.join("\n") };
}
