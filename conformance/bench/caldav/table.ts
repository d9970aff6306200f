// The results as Markdown: milliseconds, and how many times as long the others take.

import type { Measured } from "./measure.ts";

/** `results`: by subject, then by operation. The first subject is what the others are compared with. */
export function resultTable(
  total: number,
  operationNames: readonly string[],
  results: ReadonlyMap<string, ReadonlyMap<string, Measured>>,
): string {
  const names = [...results.keys()];
  const [own = "", ...others] = names;
  const header = ["ms a request: min / median / p95", ...names, ...others.map((name) => `${name} : ${own}`)];
  const rows = operationNames.map((operation) => {
    const cells = names.map((name) => cell(results.get(name)?.get(operation)));
    const ratios = others.map((name) =>
      ratio(results.get(name)?.get(operation), results.get(own)?.get(operation)),
    );
    return [operation, ...cells, ...ratios];
  });
  return `### ${total.toLocaleString("en")} objects\n\n${line(header)}${line(header.map(() => "---"))}${rows.map(line).join("")}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function cell(measured: Measured | undefined): string {
  if (measured === undefined) return "not measured";
  if (!measured.ok) return `failed: ${measured.reason.replaceAll(/\s*[|\n]\s*/g, " ")}`;
  const wrong = measured.wrong === null ? "" : `, wrong: ${measured.wrong}`;
  return `${number(measured.min)} / **${number(measured.median)}** / ${number(measured.p95)} (${measured.count}${wrong})`;
}

function ratio(other: Measured | undefined, own: Measured | undefined): string {
  return other?.ok === true && own?.ok === true ? `${(other.median / own.median).toFixed(1)}×` : "–";
}

function number(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 10 ? 1 : 2);
}
