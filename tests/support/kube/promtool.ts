/** Rules and queries as Prometheus itself reads them. */
import { join } from "node:path";
import { systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { at, listAt, type Manifest, type Value } from "./manifests.ts";
import { kubeTools } from "./tools.ts";

/** A rule that alerts or records. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alert that should be there at a time, with all its labels and texts. */
export interface ExpectedAlert {
  readonly exp_labels: Readonly<Record<string, string>>;
  readonly exp_annotations: Readonly<Record<string, string>>;
}

/** A case of `promtool test rules`: what was scraped, and which alerts follow. */
export interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly ExpectedAlert[];
  }[];
}

/** The rules of a PrometheusRule. */
export function rulesOf(manifest: Manifest): readonly Rule[] {
  return listAt(manifest, "spec.groups").flatMap((group) =>
    listAt(group, "rules")
  ) as unknown as readonly Rule[];
}

/** What promtool said: nothing is wrong where it is `ok`. */
export interface Verdict {
  readonly ok: boolean;
  readonly words: string;
}

async function promtool(
  command: "check" | "test",
  files: Readonly<Record<string, unknown>>,
  last: string,
): Promise<Verdict> {
  const folder = await Deno.makeTempDir();
  try {
    // JSON is YAML
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), JSON.stringify(content));
    }
    const words = [(await kubeTools()).promtool, command, "rules", join(folder, last)];
    const { code, stdout, stderr } = await systemSubprocesses.run(words, 60_000);
    return { ok: code === 0, words: stdout + stderr };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What `promtool check rules` says. */
export function checkRules(manifest: Manifest): Promise<Verdict> {
  return promtool("check", { "rules.json": at(manifest, "spec") }, "rules.json");
}

/** Whether queries are PromQL. */
export function checkQueries(queries: readonly string[]): Promise<Verdict> {
  const rules: Value = queries.map((expr, i) => ({ record: `query:${i}`, expr }));
  return promtool("check", { "rules.json": { groups: [{ name: "queries", rules }] } }, "rules.json");
}

/** What `promtool test rules` says. */
export function testRules(manifest: Manifest, tests: readonly RuleTest[]): Promise<Verdict> {
  const suite = { rule_files: ["rules.json"], evaluation_interval: "30s", tests };
  return promtool("test", { "rules.json": at(manifest, "spec"), "tests.json": suite }, "tests.json");
}

/** What `promtool check metrics` says to a text of /metrics. */
export async function checkMetrics(text: string): Promise<Verdict> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, text);
    const words = ["sh", "-c", '"$1" check metrics <"$2"', "sh", (await kubeTools()).promtool, file];
    const { code, stdout, stderr } = await systemSubprocesses.run(words, 60_000);
    return { ok: code === 0, words: stdout + stderr };
  } finally {
    await Deno.remove(file);
  }
}

/** What is no metric in PromQL, and has no parenthesis after it. */
const WORDS = new Set([
  "and",
  "or",
  "unless",
  "bool",
  "offset",
  "by",
  "without",
  "on",
  "ignoring",
  "inf",
  "nan",
]);

/** The words of PromQL that are names of metrics: not functions, not labels, not what is quoted. */
export function metricNames(query: string): readonly string[] {
  const bare = query.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\{[^}]*\}/g, "").replace(/\[[^\]]*\]/g, "")
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "")
    .replace(/\boffset\s+\S+/g, "");
  const words = [...bare.matchAll(/(?<![\w:.$])[a-z_][\w:]*(?!\w*\s*\()/gi)].map(([word]) => word);
  return [...new Set(words.filter((word) => !WORDS.has(word.toLowerCase())))];
}
