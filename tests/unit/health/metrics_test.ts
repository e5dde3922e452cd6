import assert from "node:assert/strict";
import { exposition, formatFor } from "../../../src/health/exposition.ts";
import { type MetricName, METRICS } from "../../../src/health/metrics_table.ts";
import { Registry } from "../../../src/health/registry.ts";
import { SendMetrics } from "../../../src/health/job_metrics.ts";
import { UnavailableError } from "../../../src/core/errors.ts";
import { VERSION } from "../../../src/core/version.ts";
import config from "../../../deno.json" with { type: "json" };

const TABLE = [
  { name: "a_total", type: "counter", help: "Of a \\ line\nand more.", labels: ["topic"] },
  { name: "b_seconds", type: "histogram", help: "Of b.", labels: ["group"], buckets: [0.5, 1] },
  { name: "c", type: "gauge", help: 'Of "c".', labels: [] },
] as const;

function filled() {
  const registry = new Registry<typeof TABLE[number]["name"]>(TABLE);
  registry.value("a_total", { topic: 'x"\\\n' }).add(2);
  for (const seconds of [0.5, 0.7, 9]) registry.distribution("b_seconds", { group: "g" }).observe(seconds);
  registry.value("c").value = 1.5;
  return registry;
}

Deno.test("exposition() writes Prometheus' text, labels and help escaped, buckets added up", () => {
  assert.equal(
    exposition(filled(), "prometheus"),
    String.raw`# HELP a_total Of a \\ line\nand more.
# TYPE a_total counter
a_total{topic="x\"\\\n"} 2
# HELP b_seconds Of b.
# TYPE b_seconds histogram
b_seconds_bucket{group="g",le="0.5"} 1
b_seconds_bucket{group="g",le="1"} 2
b_seconds_bucket{group="g",le="+Inf"} 3
b_seconds_sum{group="g"} 10.2
b_seconds_count{group="g"} 3
# HELP c Of "c".
# TYPE c gauge
c 1.5
`,
  );
});

Deno.test("exposition() writes OpenMetrics: families without _total, units, an end", () => {
  const text = exposition(filled(), "openmetrics");
  assert.match(text, /^# TYPE a counter\n/);
  assert.match(text, /\n# UNIT b_seconds seconds\n/);
  assert.match(text, /le="1.0"/);
  assert.match(text, /\n# HELP c Of \\"c\\".\n/);
  assert.match(text, /\n# EOF\n$/);
});

Deno.test("formatFor() gives OpenMetrics where it is wanted at least as much as text", () => {
  assert.equal(formatFor(null), "prometheus");
  assert.equal(formatFor("*/*"), "prometheus");
  assert.equal(formatFor("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.5"), "openmetrics");
  assert.equal(formatFor("application/openmetrics-text;q=0.4,text/plain;q=0.5"), "prometheus");
  assert.equal(formatFor("application/openmetrics-text;version=9.0.0"), "prometheus");
});

Deno.test("Registry counts in the table's metrics alone, with their labels", () => {
  const registry = filled();
  assert.throws(() => registry.value("d" as "c"), /not in the table/);
  assert.throws(() => registry.value("c", { topic: "x" }), /its labels are none/);
  assert.throws(() => registry.value("a_total", { group: "x" }), /without its label topic/);
  assert.throws(() => registry.distribution("c"), /no histogram/);
  assert.throws(() => registry.value("b_seconds", { group: "g" }), /is a histogram/);
});

Deno.test("SendMetrics has series for the first hundred topics, and one for all others", () => {
  const registry = new Registry<MetricName>(METRICS);
  const sends = new SendMetrics(registry);
  for (let i = 0; i < 150; i++) sends.sent({ topic: `t${i}`, records: 1, bytes: 10 }, 5);
  sends.failed({ topic: "t0", records: 1, bytes: 10 }, new UnavailableError("away"));
  const lines = exposition(registry, "prometheus").split("\n");
  assert.equal(lines.filter((line) => line.startsWith("datapy_sent_records_total{")).length, 101);
  assert.ok(lines.includes('datapy_sent_records_total{topic="(other)"} 50'));
  assert.ok(lines.includes('datapy_send_failures_total{topic="t0",kind="unavailable"} 1'));
});

Deno.test("metrics have names and units by Prometheus' rules, each declared once", () => {
  assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
  for (const { name, type, help } of METRICS) {
    assert.match(name, /^(datapy|process)_[a-z_]+[a-z]$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.match(help, /^[A-Z0-9].*\.$/, name);
    if (type === "histogram") assert.match(name, /_(seconds|bytes)$/);
  }
});

Deno.test("VERSION is that of deno.json", () => assert.equal(VERSION, config.version));
