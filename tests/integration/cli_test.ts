/** The commands that talk to a Kafka, as processes, on a real one. */
import assert from "node:assert/strict";
import { systemSubprocesses } from "../../src/runtime/subprocess.ts";
import { waitFor } from "../support/wait_for.ts";
import { Consuming } from "./support/consuming.ts";
import { DatapyProcess } from "./support/cli_process.ts";
import { onKafka } from "./support/on_kafka.ts";

const jsonLines = (out: string) => out.trimEnd().split("\n").map((line) => JSON.parse(line));

onKafka("datapy produce sends lines, and peek shows them without a group", async (bed) => {
  const topic = await bed.topic(3);
  const at = ["--bootstrap", bed.broker];
  const stdin = Array.from({ length: 20 }, (_, i) => `{"id": "A-${i}", "amount": ${i * 10}}\n`).join("");
  const words = ["--json-lines", "--key-field", "id", "--header", "source=test"];
  const sent = await DatapyProcess.run(["produce", topic, ...words, ...at], { stdin });
  assert.deepEqual(sent, { code: 0, out: "", err: `Sent 20 records to ${topic}\n` });
  const all = await DatapyProcess.run(["peek", topic, "--from", "earliest", "--json", ...at]);
  assert.equal(all.code, 0, all.err);
  const records = jsonLines(all.out);
  assert.equal(records.length, 20);
  assert.deepEqual(records[0].headers, { source: "test" });
  for (const { key, value } of records) assert.equal(JSON.parse(value).id, key);
  const filtered = await DatapyProcess.run([
    "peek",
    topic,
    "--from",
    "-1h",
    "--where",
    "$.amount >= 180",
    ...at,
  ]);
  assert.equal(filtered.out.split("\n").length, 3, filtered.out);
  assert.equal(filtered.err, "2 of 20 records\n");
  const groups = await DatapyProcess.run(["offsets", "show", "--group", topic, ...at]);
  assert.match(groups.err, /There is no consumer group/);
});

onKafka("datapy takes its Kafka from a context file and from the environment", async (bed) => {
  const topic = await bed.topic();
  const context = `${bed.folder}/context.json`;
  const kafka = { bootstrap_servers: "nowhere.invalid:1", username: "not used", ca_cert: "/not/used" };
  await Deno.writeTextFile(context, JSON.stringify({ kafka }));
  const env = { KAFKA_BOOTSTRAP_SERVERS: bed.broker };
  const found = await DatapyProcess.run(["peek", topic, "--context", context], { env });
  assert.deepEqual(found, { code: 0, out: "", err: `Topic ${topic} is empty\n` });
  const flag = await DatapyProcess.run([
    "peek",
    `${topic}x`,
    "--context",
    context,
    "--bootstrap",
    bed.broker,
  ]);
  assert.equal(flag.code, 78);
  assert.match(flag.err, new RegExp(`There is no topic "${topic}x"; did you mean "${topic}"`));
  const away = await DatapyProcess.run(["peek", topic, "--bootstrap", "localhost:1", "--timeout", "1"]);
  assert.equal(away.code, 1);
  assert.match(away.err, /^datapy: No connection to localhost:1 after 1 s: /);
});

onKafka("datapy peek --follow shows what comes, and Ctrl+C ends it at once and quietly", async (bed) => {
  const topic = await bed.topic(2);
  await bed.send(topic, 1, 1, "before");
  await using peek = new DatapyProcess(["peek", topic, "--follow", "--bootstrap", bed.broker]);
  await peek.printed("before-0");
  await bed.send(topic, 2, 2, "after");
  await peek.printed("after-0");
  await peek.printed("after-1");
  peek.send("SIGINT");
  const { code, err } = await peek.ended();
  assert.deepEqual([code, err], [130, ""]);
});

onKafka("datapy peek ends quietly where head has read enough", async (bed) => {
  const topic = await bed.topic();
  await bed.send(topic, 1000, 1, "a value that fills the pipe up soon, as there are many of them".repeat(10));
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const script =
    '("$0" run --quiet --allow-all "$1" peek "$2" --from earliest --follow --bootstrap "$3"; echo "$?" >&2) ' +
    "| head -1";
  const command = ["sh", "-c", script, Deno.execPath(), main, topic, bed.broker];
  const { code, stdout, stderr } = await systemSubprocesses.run(command, 30_000);
  assert.deepEqual([code, stdout.trimEnd().split("\n").length, stderr], [0, 1, "0\n"]);
});

onKafka(
  "datapy offsets shows a group, refuses to move it while it is active, and moves it after",
  async (bed) => {
    const topic = await bed.topic(2);
    const group = bed.group();
    const at = ["--group", group, "--bootstrap", bed.broker];
    const reset = (...words: string[]) =>
      DatapyProcess.run(["offsets", "reset", "--topic", topic, ...words, ...at]);
    await bed.send(topic, 10, 2);
    const job = await Consuming.start(
      bed,
      { topics: [topic], group_id: group },
      () => ({ status: "success" }),
    );
    const done = () => bed.admin.committed(group, topic);
    await waitFor(async () => [...(await done()).values()].join() === "5,5", "all messages to be committed");
    const busy = await reset("--to", "earliest", "--execute");
    assert.equal(busy.code, 1);
    assert.match(busy.err, /it has 1 member; stop it first:\n {2}\S+ at \S+, with \S+\[0\], \S+\[1\]\n/);
    await job[Symbol.asyncDispose]();
    const shown = await DatapyProcess.run(["offsets", "show", "--json", ...at]);
    assert.deepEqual(jsonLines(shown.out)[0], {
      topic,
      partition: 0,
      committed: 5,
      end: 5,
      lag: 0,
      member: null,
    });
    const dry = await reset("--to", "-1h");
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.err, /^10 records will come again\nNothing was changed/);
    assert.deepEqual([...await done()].sort(), [[0, 5n], [1, 5n]]);
    const moved = await reset("--to", "3", "--partition", "1", "--execute");
    assert.equal(moved.code, 0, moved.err);
    assert.deepEqual([...await done()].sort(), [[0, 5n], [1, 3n]]);
  },
);

onKafka("datapy check ticks a job that can run, and says what keeps one from running", async (bed) => {
  const topic = await bed.topic();
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: bed.broker,
    KAFKA_INPUT_TOPIC: topic,
    KAFKA_CONSUMER_GROUP: bed.group(),
    DATABASE_URL: `duckdb:${bed.folder}/orders.duckdb`,
  };
  const good = await DatapyProcess.run(["check", "jobs/orders.ts"], { env });
  assert.equal(good.code, 0, good.out + good.err);
  assert.deepEqual(good.out.trimEnd().split("\n").map((line) => line.slice(0, 12).trim()), [
    "✓ types",
    "✓ job",
    "✓ context",
    "✓ parameters",
    "✓ connection",
    "✓ topics",
    "✓ group",
    "✓ database",
  ]);
  const wrong = { ...env, KAFKA_INPUT_TOPIC: `${topic}s`, PROCESSING_ON_ERROR: "contine" };
  const bad = await DatapyProcess.run(["check", "jobs/orders.ts", "--json"], { env: wrong });
  assert.equal(bad.code, 78);
  const found = jsonLines(bad.out).filter(({ status }) => status === "wrong");
  assert.deepEqual(found.map(({ check }) => check), ["parameters"]);
  assert.match(found[0].message, /kafka_consumer: parameter "on_error": expected one of .*"contine"/);
  const missing = { ...env, KAFKA_INPUT_TOPIC: `${topic}s` };
  const typo = await DatapyProcess.run(["check", "jobs/orders.ts", "--json"], { env: missing });
  assert.equal(typo.code, 78);
  assert.match(
    typo.out,
    new RegExp(`topic \\\\"${topic}s\\\\" does not exist; did you mean \\\\"${topic}\\\\"`),
  );
});

Deno.test("datapy mods describe prints a JSON Schema that a program can read", async () => {
  const { code, out, err } = await DatapyProcess.run(["mods", "describe", "kafka_consumer", "--json-schema"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(JSON.parse(out).properties.on_error.default, "continue");
});
