import { METRICS } from "../../../../src/health/metrics_table.ts";
import { metricNames } from "../../../support/kube/promtool.ts";

/** Labels that Prometheus itself puts on what it scrapes from a pod. */
const OF_TARGETS = ["namespace", "job", "service", "pod", "container", "endpoint", "instance"];

/** Metrics that are not ours: those of the cluster, which every OpenShift has, and of Prometheus. */
const OF_THE_CLUSTER: Readonly<Record<string, readonly string[]>> = {
  ALERTS: ["alertname", "alertstate", "severity"],
  container_cpu_usage_seconds_total: [],
  container_memory_working_set_bytes: [],
  kube_deployment_status_replicas_available: ["deployment"],
  kube_pod_container_status_restarts_total: [],
};

/** The series that a metric has, with their labels: a histogram has three. */
function seriesOf({ name, type, labels }: typeof METRICS[number]): [string, readonly string[]][] {
  if (type !== "histogram") return [[name, labels]];
  return [[`${name}_bucket`, [...labels, "le"]], [`${name}_sum`, labels], [`${name}_count`, labels]];
}

const SERIES = new Map<string, readonly string[]>([
  ...METRICS.flatMap(seriesOf),
  ...Object.entries(OF_THE_CLUSTER),
]);

/**
 * What queries ask for that is not there: a metric that has another name, or a label that it does not have. `recorded` are
 * series that rules make, with their labels.
 */
export function unknownNames(
  queries: readonly string[],
  recorded: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  const series = new Map([...SERIES, ...Object.entries(recorded)]);
  return queries.flatMap((query) => [
    ...metricNames(query).filter((name) => !series.has(name)),
    ...unknownLabels(query, series),
  ]);
}

function unknownLabels(query: string, series: ReadonlyMap<string, readonly string[]>): string[] {
  const bare = query.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const matchers = [...bare.matchAll(/([a-z_:][\w:]*)\{([^}]*)\}/gi)].flatMap(([, name = "", inner = ""]) =>
    labelsIn(inner).filter((label) => ![...series.get(name) ?? [], ...OF_TARGETS].includes(label))
      .map((label) => `${name}{${label}}`)
  );
  const all = new Set([...metricNames(query).flatMap((name) => series.get(name) ?? []), ...OF_TARGETS]);
  const grouped = [...bare.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, inner = ""]) => labelsIn(inner));
  return [
    ...matchers,
    ...grouped.filter((label) => !all.has(label)).map((label) => `by (${label}) in ${query}`),
  ];
}

const labelsIn = (text: string) => [...text.matchAll(/[a-z_]\w*/gi)].map(([label]) => label);
