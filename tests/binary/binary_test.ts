/** The program that `deno task compile` makes: in an empty folder, with an empty environment, on a real Kafka. */
import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import template from "../../jobs/kafka_context.json" with { type: "json" };
import { queryDuckDb } from "../integration/support/duckdb_file.ts";
import { JobProcess } from "../integration/support/job_process.ts";
import { Bed } from "../integration/support/bed.ts";
import { sharedBroker } from "../support/broker.ts";
import { waitFor } from "../support/wait_for.ts";
import { orderText } from "../support/order_text.ts";
import { BuiltProgram, runIn } from "./support/built.ts";

const broker = await sharedBroker();

/** How many orders are written by each codec. */
const EACH = 120;
const CODECS = ["gzip", "snappy", "lz4", "zstd"] as const;
const JOBS = ["event_router", "long_processing", "orders", "orders_transform"];

let program: BuiltProgram;
Deno.test.beforeAll(async () => void (program = await BuiltProgram.make()));
Deno.test.afterAll(() => program[Symbol.asyncDispose]());

Deno.test("the program needs nothing to say what it is: no environment, no Deno, no file", async () => {
  const jobs = await program.run(["jobs", "--json"]);
  assert.deepEqual([jobs.code, jobs.err], [0, ""]);
  const names = jobs.out.trim().split("\n").map((line) => (JSON.parse(line) as { name: string }).name);
  assert.deepEqual(names, JOBS);
  assert.deepEqual(await program.run(["--version"]), { code: 0, out: `${config.version}\n`, err: "" });
  assert.equal((await program.run(["sleep", "0"])).code, 0);
});

Deno.test("the program refuses what it cannot do by the exit code of its kind, in words", async () => {
  const wrong: [words: string[], code: number, says: RegExp, env?: Record<string, string>][] = [
    [
      ["run", "oders"],
      64,
      /did you mean "orders"\?\nIt has event_router, long_processing, orders, orders_transform/,
    ],
    [["kafka", "up"], 64, /"kafka" is no part of a compiled program/],
    [["run", "orders", "--context", "none.json"], 78, /none.json: there is no such file/],
    [["run", "orders"], 78, /none.json: there is no such file/, { DATAPY_CONTEXT: "none.json" }],
    [["run", "orders"], 78, /KAFKA_BOOTSTRAP_SERVERS|bootstrap_servers/, {
      KAFKA_BOOTSTRAP_SERVERS: "no port",
    }],
  ];
  for (const [words, code, says, env] of wrong) {
    const ended = await program.run(words, env);
    assert.equal(ended.code, code, ended.err);
    assert.match(ended.err, says);
  }
});

Deno.test("the program runs orders through SIGKILL and SIGTERM, by all codecs, and loses none", () =>
  Bed.with(broker, async (bed) => {
    const [topic, group] = [await bed.topic(3, "orders"), bed.group()];
    const ids: string[] = [];
    for (const codec of CODECS) {
      const own = Array.from({ length: EACH }, (_, n) => `${codec}-${n}`);
      const file = join(program.home, `${codec}.jsonl`);
      await Deno.writeTextFile(file, own.map(orderText).join("\n"));
      const sent = await program.run(
        ["produce", topic, "--json-lines", "--key-field", "order_id", "--file", file],
        {
          KAFKA_BOOTSTRAP_SERVERS: broker,
          KAFKA_ADDITIONAL_CONFIG: JSON.stringify({ "compression.type": codec }),
        },
      );
      assert.deepEqual([sent.code, sent.err], [0, `Sent ${EACH} records to ${topic}\n`]);
      ids.push(...own);
    }
    // the context from outside; the variable wins over it
    const context = join(program.home, "context.json");
    const settings = {
      ...template,
      kafka: {
        ...template.kafka,
        bootstrap_servers: "nowhere:1",
        input_topic: topic,
        consumer_group: group,
        additional_config: { "session.timeout.ms": 6000 },
      },
      database: { url: "duckdb:data/of_context.duckdb" },
      processing: { ...template.processing, on_error: "stop", log_summary_interval: 20 },
    };
    await Deno.writeTextFile(context, JSON.stringify(settings));
    const env = { KAFKA_BOOTSTRAP_SERVERS: broker, DATAPY_CONTEXT: context, TMPDIR: program.home };
    const { path, folder } = program;
    const start = () => bed.use(new JobProcess({ program: path, args: ["run", "orders"], env, folder }));

    const killed = start();
    await killed.logged(/Processed [1-9]\d* messages/);
    killed.signal("SIGKILL");
    assert.equal(await killed.exitCode(), 137);

    const stopped = start();
    await stopped.logged(/Processed [1-9]\d* messages/);
    stopped.signal("SIGTERM");
    assert.equal(await stopped.exitCode(), 0, stopped.log.join("\n"));
    assert.match(stopped.log.join("\n"), /Stopped: what was finished is committed/);

    const last = start();
    await last.until(() => bed.isCommitted(group, topic), "the rest to be committed");
    last.signal("SIGTERM");
    assert.equal(await last.exitCode(), 0, last.log.join("\n"));

    const rows = await queryDuckDb(
      join(folder, "data/of_context.duckdb"),
      "SELECT order_id FROM orders ORDER BY order_id",
    );
    assert.deepEqual(rows.map(({ order_id }) => order_id), ids.sort());
    const shown = await program.run(["offsets", "show", "--group", group, "--json"], {
      KAFKA_BOOTSTRAP_SERVERS: broker,
    });
    const lags = shown.out.trim().split("\n").map((line) => (JSON.parse(line) as { lag: number }).lag);
    assert.deepEqual(lags, [0, 0, 0]);
    await Deno.remove(join(folder, "data"), { recursive: true });
  }));

Deno.test("datapy sleep ends with 0 on SIGTERM", async () => {
  const { path, folder, home } = program;
  const start = { program: path, args: ["sleep", "3600"], folder, env: { TMPDIR: home } };
  await using sleeping = new JobProcess(start);
  // until it hears the signal: bit 15 of those that it catches
  const caught = ["sh", "-c", `sed -n 's/^SigCgt:.*\\(.\\)...$/\\1/p' /proc/${sleeping.pid}/status`];
  await waitFor(async () => {
    const { out } = await runIn(program.folder, ...caught);
    return (parseInt(out, 16) & 4) !== 0;
  }, "it to listen");
  sleeping.signal("SIGTERM");
  assert.equal(await sleeping.exitCode(), 0);
});

Deno.test("the program may write below data/ of its folder only", () =>
  Bed.with(broker, async (bed) => {
    const [topic, group] = [await bed.topic(1, "orders"), bed.group()];
    await bed.admin.append(topic, [{
      key: null,
      value: new TextEncoder().encode(orderText("A-1")),
      headers: [],
    }]);
    const ended = await program.run(["run", "orders"], {
      KAFKA_BOOTSTRAP_SERVERS: broker,
      KAFKA_INPUT_TOPIC: topic,
      KAFKA_CONSUMER_GROUP: group,
      DATABASE_URL: "duckdb:../elsewhere/x.duckdb",
    });
    assert.equal(ended.code, 78, ended.err);
    assert.match(ended.err, /Requires write access to/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(program.folder), ({ name }) => name), []);
  }));

Deno.test("datapy build makes a program of a project of its own", async () => {
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const project = join(program.home, "billing");
  const datapy = [
    "env",
    "NO_COLOR=1",
    `TMPDIR=${program.home}`,
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    main,
  ];
  const made = await runIn(program.home, ...datapy, "new", "billing", "--pattern", "to-db");
  assert.equal(made.code, 0, made.err);
  const built = await runIn(project, ...datapy, "build", "--out", "bin/billing");
  assert.deepEqual([built.code, built.out], [0, "bin/billing\n"], built.err);
  assert.match(built.err, /^bin\/billing: \d+ MB with billing$/m);
  const billing = ["env", "-i", `TMPDIR=${program.home}`, join(project, "bin/billing")];
  const jobs = await runIn(program.folder, ...billing, "jobs");
  assert.match(jobs.out, /^billing +billing.ts$/m);
});
