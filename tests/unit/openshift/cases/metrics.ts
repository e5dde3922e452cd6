import assert from "node:assert/strict";
import { METRICS } from "../../../../src/health/metrics_table.ts";
import { checkMetrics } from "../../../support/kube/promtool.ts";

Deno.test("promtool finds nothing wrong with the metrics' names, types and help", async () => {
  const text = METRICS.map(({ name, type, help }) => {
    const samples = type === "histogram"
      ? [`${name}_bucket{le="+Inf"} 1`, `${name}_sum 1`, `${name}_count 1`]
      : [`${name} 1`];
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples, ""].join("\n");
  }).join("");
  const { ok, words } = await checkMetrics(text);
  assert.ok(ok, words);
  assert.match(
    (await checkMetrics("# HELP a_seconds_total x\n# TYPE a_seconds_total gauge\na_seconds_total 1\n")).words,
    /_total/,
  );
});
