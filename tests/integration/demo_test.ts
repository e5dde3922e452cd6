import assert from "node:assert/strict";
import { queryDuckDb } from "../../src/database/duckdb/query.ts";
import { DemoTopic, PARTITIONS } from "../../src/dev/demo/topic.ts";
import { KafkajsDriver } from "../../src/kafka/kafkajs/driver.ts";
import { taskCommand } from "../../src/dev/demo/task_command.ts";
import { sharedBroker } from "../support/broker.ts";
import { plainConnection } from "../support/kafka_admin.ts";
import { waitFor, within } from "../support/wait_for.ts";

const ROOT = new URL("../../", import.meta.url);
const BOUND_MS = 120_000;
const broker = await sharedBroker();

/** A folder with the project in it, so that the demo's database and log are not those of whoever runs the tests. */
class Workspace implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** @param change What is done to the text of jobs/orders.ts. */
  static async make(change: (job: string) => string = (job) => job): Promise<Workspace> {
    const made = new Workspace(await Deno.makeTempDir({ prefix: "datapy-test-" }));
    for (const name of ["src", "mod.ts", "deno.json", "deno.lock"]) {
      await Deno.symlink(new URL(name, ROOT), made.path(name));
    }
    await Deno.mkdir(made.path("jobs"));
    await Deno.copyFile(new URL("jobs/kafka_context.json", ROOT), made.path("jobs/kafka_context.json"));
    const job = await Deno.readTextFile(new URL("jobs/orders.ts", ROOT));
    await Deno.writeTextFile(made.path("jobs/orders.ts"), change(job));
    return made;
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(this.path(name)).catch(() => "");
  }

  /** Starts the demo as `deno task demo` does. */
  demo(...args: string[]): Deno.ChildProcess {
    const denoJson = Deno.readTextFileSync(new URL("deno.json", ROOT));
    const { permissions, script, args: all } = taskCommand(denoJson, "demo", args);
    return new Deno.Command(Deno.execPath(), {
      args: ["run", ...permissions, script, ...all],
      cwd: this.folder,
      env: { DATAPY_KAFKA: broker, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Resolves when the job has the database open. */
  async jobWorks(): Promise<void> {
    const there = () => Deno.lstat(this.path("data/orders.duckdb")).then(() => true, () => false);
    await waitFor(there, "the job's database", BOUND_MS);
  }

  /** Resolves when neither the job nor its guardian is there: they let go of the database, and of their folder. */
  async nothingIsLeft(): Promise<void> {
    const free = () =>
      queryDuckDb(`duckdb:${this.path("data/orders.duckdb")}`, "SELECT 1").then(() => true, () => false);
    const gone = async () => (await Array.fromAsync(Deno.readDir(this.path(".datapy/tmp")))).length === 0;
    await waitFor(async () => await gone() && await free(), "the end of what the demo started");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Waits for a demo's end: its exit code and all that it said. */
async function outcome(demo: Deno.ChildProcess): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await within(demo.output(), "the end of the demo", BOUND_MS);
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}

async function topicsOfDemos(): Promise<readonly string[]> {
  const topics = await new KafkajsDriver().listTopics(plainConnection(broker), 10_000);
  return topics.filter((topic) => topic.startsWith("datapy-demo-"));
}

/** What a demo leaves on a Kafka that is not its own, where it is killed. */
async function removeTopic(topic: string): Promise<void> {
  await using left = await DemoTopic.open(broker, { topic, group: topic }, PARTITIONS);
  await left.remove();
}

Deno.test("deno task demo finds nothing wrong with the job, and each order that a broken job leaves stale", async () => {
  await using sound = await Workspace.make();
  await using broken = await Workspace.make((job) => {
    const place = '  await runMod("database_insert"';
    assert.ok(job.includes(place), "jobs/orders.ts has changed: break it in another place");
    const skipsUpdates =
      '  if (seen.has(order.order_id)) return { status: "success" } as const;\n  seen.add(order.order_id);\n';
    return `const seen = new Set<string>();\n${job.replace(place, skipsUpdates + place)}`;
  });
  const [good, bad] = await Promise.all([
    outcome(sound.demo("--messages", "400")),
    outcome(broken.demo("--messages", "400")),
  ]);
  assert.equal(good.code, 0, good.text);
  assert.match(good.text, /orders in the database, latest content and lines +308 +308 +ok/);
  assert.match(good.text, /malformed messages skipped, and no others +12 +12 +ok/);
  assert.match(good.text, /Nothing was lost/);
  assert.ok(
    !good.text.includes("\x1b") && !good.text.includes("\r"),
    "a pipe gets neither colours nor moving lines",
  );
  const [row] = await queryDuckDb(
    `duckdb:${sound.path("data/orders.duckdb")}`,
    "SELECT count(*) AS n FROM orders",
  );
  assert.equal(row?.["n"], 308n);

  assert.equal(bad.code, 1, bad.text);
  assert.match(bad.text, /latest content and lines +308 +\d+ +WRONG/);
  assert.match(bad.text, /- order A-\d{6} is stale \(state 1 of \d\): (amount, )?lines/);
  assert.match(bad.text, /The end of the job's log/);
  assert.ok(!bad.text.includes("Nothing was lost"));
  await waitFor(async () => (await topicsOfDemos()).length === 0, "the end of the demos' topics");
});

Deno.test("deno task demo ends the job with it, by Ctrl+C and by SIGKILL", async () => {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await using workspace = await Workspace.make();
    const demo = workspace.demo();
    const ended = outcome(demo);
    await workspace.jobWorks();
    demo.kill(signal);
    const { code } = await ended;
    assert.equal(code, signal === "SIGINT" ? 130 : 137);
    await workspace.nothingIsLeft();
  }
  const left = await topicsOfDemos();
  assert.equal(left.length, 1, "only SIGKILL leaves a topic behind");
  for (const topic of left) await removeTopic(topic);
});

Deno.test("deno task demo runs once at a time in a folder", async () => {
  await using workspace = await Workspace.make();
  const first = workspace.demo();
  const ended = outcome(first);
  try {
    await workspace.jobWorks();
    const { code, text } = await outcome(workspace.demo());
    assert.equal(code, 1);
    assert.match(text, /Another demo runs in this folder/);
  } finally {
    first.kill("SIGTERM");
  }
  assert.equal((await ended).code, 130);
  await workspace.nothingIsLeft();
});
