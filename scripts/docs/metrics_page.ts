import { LABELS, type MetricDeclaration } from "../../src/health/metric.ts";
import { METRICS } from "../../src/health/metrics_table.ts";

const NOTES = new URL("metrics.md", import.meta.url);

/** docs/metrics.md: what is written by hand, and the tables of the code. */
export function metricsPage(): string {
  return Deno.readTextFileSync(NOTES)
    .replace("<!-- metrics -->", metricsTable(METRICS))
    .replace("<!-- labels -->", labelsTable());
}

function metricsTable(metrics: readonly MetricDeclaration[]): string {
  const rows = metrics.map(({ name, type, labels, help, buckets, why }) => {
    const spread = buckets === undefined ? "" : ` Buckets from ${buckets[0]} to ${buckets.at(-1)}. ${why}`;
    const names = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${names} | ${help}${spread} |`;
  });
  return ["| name | type | labels | what |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function labelsTable(): string {
  const rows = Object.entries(LABELS).map(([name, what]) => `| \`${name}\` | ${what} |`);
  return ["| label | what |", "| --- | --- |", ...rows].join("\n");
}
