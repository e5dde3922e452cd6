import assert from "node:assert/strict";
import { render, the } from "../../../support/kube/manifests.ts";
import { checkRules, type Rule, rulesOf, type RuleTest, testRules } from "../../../support/kube/promtool.ts";
import { unknownNames } from "./metric_names.ts";

const manifest = the("PrometheusRule", await render("overlays/production"));
const alerts = rulesOf(manifest).filter((rule) =>
  rule.alert !== undefined
) as readonly (Rule & { alert: string })[];

const JOB = { namespace: "orders", job: "kafka-consumer-orders" };
const GROUP = { ...JOB, group: "orders-to-db" };

const labelled = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(",")}}`;

/** A series of one pod, a sample every half minute. */
const ofPod = (name: string, values: string, pod = "a", more: Readonly<Record<string, string>> = {}) => ({
  series: labelled(name, { ...GROUP, pod, ...more }),
  values,
});
const lag = (values: string, partition = "0", pod = "a") =>
  ofPod("datapy_consumer_lag_records", values, pod, { topic: "orders", partition });

const restarts = (values: string) => ({
  series: labelled("kube_pod_container_status_restarts_total", {
    namespace: "orders",
    pod: "kafka-consumer-orders-5d4f-x",
    container: "consumer",
  }),
  values,
});
const replicas = (values: string) => ({
  series: labelled("kube_deployment_status_replicas_available", {
    namespace: "orders",
    deployment: "kafka-consumer-orders",
  }),
  values,
});

/** What happened, and which alert follows from it when, in minutes; one that must not fire must be silent at each minute until then. */
interface Case {
  readonly what: string;
  readonly alert: string;
  readonly series: RuleTest["input_series"];
  /** Between two scrapes; half a minute by default. */
  readonly interval?: string;
  readonly at: number;
  readonly fires?: { readonly labels: Readonly<Record<string, string>>; readonly summary: string };
}

const CASES: readonly Case[] = [
  {
    what: "nothing is finished although there is something to do",
    alert: "DatapyStalled",
    series: [lag("500x60"), ofPod("datapy_records_finished_total", "1000x60")],
    at: 16,
    fires: {
      labels: { ...GROUP, pod: "a" },
      summary: "Pod a of group orders-to-db has 500 messages before it and has finished none for 10 minutes.",
    },
  },
  {
    what: "nothing was ever finished",
    alert: "DatapyStalled",
    series: [lag("500x60")],
    at: 6,
    fires: {
      labels: { ...GROUP, pod: "a" },
      summary: "Pod a of group orders-to-db has 500 messages before it and has finished none for 10 minutes.",
    },
  },
  {
    what: "there is nothing to do",
    alert: "DatapyStalled",
    series: [lag("0x60"), ofPod("datapy_records_finished_total", "1000x60")],
    at: 25,
  },
  {
    what: "one message is finished every five minutes",
    alert: "DatapyStalled",
    series: [lag("500x60"), ofPod("datapy_records_finished_total", "0x9 1x9 2x9 3x9 4x9 5x9")],
    at: 25,
  },
  {
    what: "one message takes twelve minutes",
    alert: "DatapyStalled",
    series: [lag("500x100"), ofPod("datapy_records_finished_total", "0+10x20 200x24 201+10x40")],
    at: 40,
  },
  {
    what: "one of two pods stands still",
    alert: "DatapyStalled",
    series: [
      lag("500x60"),
      lag("70x60", "1", "b"),
      ofPod("datapy_records_finished_total", "1000x60"),
      ofPod("datapy_records_finished_total", "0+50x60", "b"),
    ],
    at: 16,
    fires: {
      labels: { ...GROUP, pod: "a" },
      summary: "Pod a of group orders-to-db has 500 messages before it and has finished none for 10 minutes.",
    },
  },
  {
    what: "a pod that had no partition is given one",
    alert: "DatapyStalled",
    series: [lag("_x40 500x60"), ofPod("datapy_records_finished_total", "0x44 0+10x60")],
    at: 45,
  },
  {
    what: "brokers or a database were away for five minutes",
    alert: "DatapyStalled",
    series: [lag("500x60"), ofPod("datapy_records_finished_total", "0+50x10 500x10 500+50x40")],
    at: 12,
  },
  {
    what: "the lag grows for an hour",
    alert: "DatapyLagGrows",
    series: [lag("0+200x120"), lag("0+200x120", "1", "b")],
    at: 55,
    fires: {
      labels: { ...GROUP, topic: "orders" },
      summary: "Group orders-to-db falls behind on orders, by 44000 messages now.",
    },
  },
  {
    what: "a burst of a million is worked off",
    alert: "DatapyLagGrows",
    series: [lag("0x120 1000000-5000x140")],
    at: 130,
  },
  {
    what: "a backlog that shrinks for an hour grows for a while",
    alert: "DatapyLagGrows",
    series: [lag("100000-500x100 50100+100x60")],
    at: 78,
  },
  { what: "the lag grows, and is small", alert: "DatapyLagGrows", series: [lag("0+10x200")], at: 90 },
  {
    what: "a partition moves to another pod, and both tell its lag",
    alert: "DatapyLagGrows",
    series: [lag("6000x200"), lag("_x60 6000x140", "0", "b")],
    at: 60,
  },
  {
    what: "one message went to the dead letters",
    alert: "DatapyDeadLetters",
    series: [ofPod("datapy_dead_letters_total", "0x20 1x100")],
    at: 12,
    fires: {
      labels: GROUP,
      summary: "About 1 messages of group orders-to-db went to the dead letters within an hour.",
    },
  },
  {
    what: "the last dead letter was written before the pod's first scrape",
    alert: "DatapyDeadLetters",
    series: [ofPod("datapy_dead_letters_total", "1x200")],
    at: 75,
  },
  {
    what: "messages are skipped",
    alert: "DatapySkips",
    series: [ofPod("datapy_records_skipped_total", "0x20 2x100")],
    at: 12,
    fires: {
      labels: GROUP,
      summary:
        "About 2 messages of group orders-to-db were skipped within an hour, and are in no dead letters.",
    },
  },
  {
    what: "none was",
    alert: "DatapySkips",
    series: [ofPod("datapy_records_skipped_total", "7x100")],
    at: 40,
  },
  {
    what: "a tenth of the attempts are retries",
    alert: "DatapyRetries",
    series: [ofPod("datapy_retries_total", "0+10x100"), ofPod("datapy_attempts_total", "0+100x100")],
    at: 35,
    fires: { labels: GROUP, summary: "10% of the attempts of group orders-to-db are retries." },
  },
  {
    what: "a hundredth of them are",
    alert: "DatapyRetries",
    series: [ofPod("datapy_retries_total", "0+1x100"), ofPod("datapy_attempts_total", "0+100x100")],
    at: 40,
  },
  {
    what: "there was one retry of a message in a quiet hour",
    alert: "DatapyRetries",
    series: [ofPod("datapy_retries_total", "0x20 1x100"), ofPod("datapy_attempts_total", "0x20 2x100")],
    at: 20,
  },
  {
    what: "a pod restarts every five minutes",
    alert: "DatapyRestarts",
    series: [restarts("0x60 1x9 2x9 3x9 4x9")],
    at: 44,
    fires: {
      labels: { namespace: "orders", pod: "kafka-consumer-orders-5d4f-x", container: "consumer" },
      summary: "Pod kafka-consumer-orders-5d4f-x restarted about 3 times within half an hour.",
    },
  },
  {
    what: "a pod restarts twice",
    alert: "DatapyRestarts",
    series: [restarts("5x60 6x9 7x100")],
    interval: "29s", // as in life: no scrape at the very ends of the half hour
    at: 80,
  },
  {
    what: "commits fail without a break",
    alert: "DatapyCommitFailures",
    series: [ofPod("datapy_commit_failures_total", "0x10 0+3x60")],
    at: 10,
    fires: {
      labels: GROUP,
      summary:
        "Commits of group orders-to-db have failed for 3 minutes; what is finished comes again after a restart.",
    },
  },
  {
    what: "a broker restarted within a minute",
    alert: "DatapyCommitFailures",
    series: [ofPod("datapy_commit_failures_total", "0x10 3 6 6x60")],
    at: 30,
  },
  {
    what: "a database is away for four minutes",
    alert: "DatapyOutage",
    series: [ofPod("datapy_consumer_outage", "0x10 1x8 0x60"), ofPod("datapy_consumer_outage", "0x80", "b")],
    at: 9,
    fires: {
      labels: GROUP,
      summary:
        "Brokers, or what the messages of group orders-to-db need, have been out of reach for 3 minutes.",
    },
  },
  {
    what: "a database restarts within two minutes",
    alert: "DatapyOutage",
    series: [ofPod("datapy_consumer_outage", "0x10 1x4 0x60")],
    at: 30,
  },
  {
    what: "no pod is there",
    alert: "DatapyDown",
    series: [replicas("2x10 0x60")],
    at: 16,
    fires: {
      labels: { namespace: "orders", deployment: "kafka-consumer-orders" },
      summary: "No pod of kafka-consumer-orders is ready.",
    },
  },
  {
    what: "a Recreate takes two minutes",
    alert: "DatapyDown",
    series: [replicas("1x10 0x4 1x60")],
    at: 8,
  },
];

const ruleOf = (name: string) => {
  const rule = alerts.find(({ alert }) => alert === name);
  assert.ok(rule !== undefined, `there is no alert ${name}`);
  return rule;
};

function testOf({ what, alert, series, interval = "30s", at, fires }: Case): RuleTest {
  const { labels = {}, annotations = {} } = ruleOf(alert);
  const expected = fires === undefined ? [] : [{
    exp_labels: { ...labels, ...fires.labels },
    exp_annotations: { ...annotations, summary: fires.summary },
  }];
  const minutes = fires === undefined ? Array.from({ length: at }, (_, minute) => minute + 1) : [at];
  return {
    name: what,
    interval,
    input_series: series,
    alert_rule_test: minutes.map((minute) => ({
      eval_time: `${minute}m`,
      alertname: alert,
      exp_alerts: expected,
    })),
  };
}

Deno.test("promtool finds nothing wrong with the alerts", async () => {
  const { ok, words } = await checkRules(manifest);
  assert.ok(ok, words);
});

Deno.test("the alerts ask only for metrics and labels that there are", () => {
  const rules = rulesOf(manifest);
  const recorded = { "datapy:consumer_lag_records:sum": ["group", "topic"] };
  assert.deepEqual(
    rules.flatMap(({ record }) => record === undefined ? [] : [record]),
    Object.keys(recorded),
  );
  assert.deepEqual(unknownNames(rules.map(({ expr }) => expr), recorded), []);
});

Deno.test("unknownNames finds what is mistyped in a query", () => {
  const wrong: readonly [query: string, names: readonly string[]][] = [
    ["rate(datapy_record_read_total[5m])", ["datapy_record_read_total"]],
    ['datapy_consumer_lag_records{grup="a"}', ["datapy_consumer_lag_records{grup}"]],
    ["sum by (mod) (datapy_consumer_lag_records)", [
      "by (mod) in sum by (mod) (datapy_consumer_lag_records)",
    ]],
    ["datapy_processing_seconds > 1", ["datapy_processing_seconds"]],
    ["kube_pod_restarts offset 5m and up", ["kube_pod_restarts", "up"]],
  ];
  for (const [query, names] of wrong) assert.deepEqual(unknownNames([query]), names);
  assert.deepEqual(
    unknownNames(['sum by (pod, le) (rate(datapy_commit_seconds_bucket{group=~"a{2}|b"}[5m])) > 1e3']),
    [],
  );
});

for (const one of CASES) {
  Deno.test(`${one.alert} ${one.fires ? "fires" : "stays silent"} when ${one.what}`, async () => {
    const { ok, words } = await testRules(manifest, [testOf(one)]);
    assert.ok(ok, words);
  });
}

for (const { alert, labels, annotations } of alerts) {
  Deno.test(`${alert} has a severity, a summary, a section in docs/operations.md, and cases both ways`, async () => {
    assert.match(labels?.["severity"] ?? "", /^(critical|warning)$/);
    assert.match(annotations?.["summary"] ?? "", /^\S.*\.$/);
    assert.equal(annotations?.["runbook"], `docs/operations.md#${alert.toLowerCase()}`);
    const page = await Deno.readTextFile(new URL("../../../../docs/operations.md", import.meta.url));
    assert.match(page, new RegExp(`^### ${alert}$`, "m"));
    const own = CASES.filter((one) => one.alert === alert);
    assert.deepEqual([...new Set(own.map(({ fires }) => fires !== undefined))].sort(), [false, true]);
  });
}
