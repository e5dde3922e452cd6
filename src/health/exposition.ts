import type { MetricDeclaration } from "./metric.ts";
import { Distribution, type Registry, type Value } from "./registry.ts";

/** How metrics are written: Prometheus' text, or OpenMetrics. */
export type Format = "prometheus" | "openmetrics";

/** The `Content-Type` of each format. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * The format that an `Accept` header asks for: OpenMetrics where it is named and nothing else that we have is wanted more;
 * else Prometheus' text, which everybody reads.
 */
export function formatFor(accept: string | null): Format {
  let [openMetrics, text] = [0, 0];
  for (const range of (accept ?? "").toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const q = parameters.find((one) => one.startsWith("q="));
    const weight = q === undefined ? 1 : Number(q.slice(2)) || 0;
    const version = parameters.find((one) => one.startsWith("version="))?.slice(8);
    if (type === "application/openmetrics-text" && (version ?? "1.0.0") === "1.0.0") {
      openMetrics = Math.max(openMetrics, weight);
    } else if (type === "text/plain" && (version ?? "0.0.4") === "0.0.4") text = Math.max(text, weight);
  }
  return openMetrics > 0 && openMetrics >= text ? "openmetrics" : "prometheus";
}

/**
 * All metrics as text. https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://prometheus.io/docs/specs/om/open_metrics_spec/ say how.
 */
export function exposition(registry: Registry, format: Format): string {
  const lines: string[] = [];
  for (const { declaration, series } of registry.families) {
    lines.push(...head(declaration, format));
    for (const [labels, one] of series) lines.push(...samples(declaration.name, labels, one, format));
  }
  if (format === "openmetrics") lines.push("# EOF");
  return lines.join("\n") + "\n";
}

function head({ name, type, help }: MetricDeclaration, format: Format): string[] {
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (format === "prometheus") return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
  const family = type === "counter" ? name.replace(/_total$/, "") : name; // the samples have it, the family has not
  const unit = /_(seconds|bytes)$/.exec(family)?.[1];
  return [
    `# TYPE ${family} ${type}`,
    ...unit === undefined ? [] : [`# UNIT ${family} ${unit}`],
    `# HELP ${family} ${text.replaceAll('"', '\\"')}`,
  ];
}

function samples(name: string, labels: string, one: Value | Distribution, format: Format): string[] {
  const braces = (inner: string) => inner === "" ? "" : `{${inner}}`;
  if (!(one instanceof Distribution)) return [`${name}${braces(labels)} ${one.value}`];
  const begin = labels === "" ? "" : `${labels},`;
  let below = 0;
  const buckets = one.counts.map((count, i) => {
    below += count;
    return `${name}_bucket{${begin}le="${bound(one.bounds[i], format)}"} ${below}`;
  });
  return [...buckets, `${name}_sum${braces(labels)} ${one.sum}`, `${name}_count${braces(labels)} ${below}`];
}

function bound(value: number | undefined, format: Format): string {
  if (value === undefined) return "+Inf";
  return format === "openmetrics" && Number.isInteger(value) ? `${value}.0` : String(value);
}
