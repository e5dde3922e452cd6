import assert from "node:assert/strict";
import { callsIn, givenAs, ownImports, textsIn } from "../../../src/cli/check/source.ts";
import { PLAN, readPlan } from "../../../src/cli/check/plan_lines.ts";
import type { DatabaseSettings, Plan } from "../../../src/cli/check/report.ts";
import { ConfigurationError, UnavailableError } from "../../../src/core/errors.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { ChildProcess } from "../../support/child_process.ts";
import { datapy, type World } from "./fake_context.ts";

const MAIN = new URL("../../../src/cli/main.ts", import.meta.url);
const jobPath = (name: string) => new URL(`./jobs/${name}`, import.meta.url).pathname;

async function planOf(name: string, ...words: string[]): Promise<Plan> {
  await using child = new ChildProcess(MAIN, [PLAN, jobPath(name), ...words], { NO_COLOR: "1" });
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  assert.equal((await child.ended()).code, 0);
  return readPlan(lines.join("\n"));
}

Deno.test("a plan follows main into its consumer and opens nothing", async () => {
  const plan = await planOf("whole.ts");
  assert.deepEqual([plan.end, plan.message], ["complete", ""]);
  assert.deepEqual(plan.calls.map(({ mod }) => mod), [
    "json_parser",
    "kafka_connector",
    "kafka_producer",
    "kafka_consumer",
    "kafka_consumer",
  ]);
  const [, connector, producer, consumer, letters] = plan.calls.map(({ call }) => call);
  assert.ok(connector?.kind === "connector");
  assert.equal(connector.params["bootstrap_servers"], "one:9092");
  assert.equal(connector.params["sasl_password"], "hidden-word");
  assert.deepEqual(producer, { kind: "producer", topic: "hello" });
  assert.deepEqual(consumer, { kind: "consumer", topics: ["in"], group: "whole" });
  assert.deepEqual(letters, { kind: "producer", topic: "in.dlq" });
  assert.deepEqual(plan.topics, ["hello", "out"]);
  assert.deepEqual(plan.databases, [
    { url: "duckdb:data/t.duckdb" },
    { url: "postgres://u@h/d", password: "hidden-word", ssl_mode: "verify-full" },
  ]);
});

Deno.test("a plan finds each reference in the job and in the files beside it, and none in comments", async () => {
  const { references } = await planOf("whole.ts");
  const texts = references.map(({ text }) => text);
  for (const key of ["bootstrap_servers", "password", "input_topic", "output_topic"]) {
    assert.ok(texts.includes(`\${kafka.${key}}`), key);
  }
  assert.ok(!texts.join().includes("comment"));
  const wrong = references.filter(({ problem }) => problem !== null);
  assert.deepEqual(wrong.map(({ text }) => text), ["${kafka.outputtopic}"]);
  assert.match(
    wrong[0]?.problem ?? "",
    /has no key "kafka.outputtopic", .*did you mean "kafka.output_topic"/,
  );
});

Deno.test("a plan takes another context in place of the job's own", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      file,
      '{"kafka": {"bootstrap_servers": "prod:1", "password": "other-word", "input_topic": "prod-in"}}',
    );
    const plan = await planOf("whole.ts", file);
    assert.deepEqual(plan.calls.at(-2)?.call, { kind: "consumer", topics: ["prod-in"], group: "whole" });
    const missing = plan.references.filter(({ problem }) => problem !== null);
    assert.ok(missing.some(({ text }) => text === "${database.file}"));
    assert.match(missing[0]?.problem ?? "", new RegExp(file.replaceAll(".", "\\.")));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a plan tells why it ends elsewhere", async () => {
  const refused = await planOf("refused.ts");
  assert.equal(refused.end, "refused");
  assert.match(refused.message, /json_parser: parameter "max_rows": expected at least 1, got 0/);
  const writing = await planOf("writing.ts");
  assert.equal(writing.end, "unknown");
  assert.match(writing.message, /write access/);
  const broken = await planOf("broken.ts.txt");
  assert.equal(broken.end, "not a job");
  assert.deepEqual(readPlan("words of a job that was ended\n").end, "late");
});

Deno.test("textsIn() reads quoted texts, not comments or template literals", () => {
  const source = [
    'import { a } from "./a.ts"; // "${x.comment}"',
    "const t = `${not.this}`; /* '${nor.this}' */",
    `runMod("m", { topic: 'it\\'s ${"${a.b}"}', topics: ["t"] });`,
    'export * from "../up.ts"; await import("./lazy.ts");',
  ].join("\n");
  const texts = textsIn(source);
  assert.deepEqual(texts.map(({ text }) => text), [
    "./a.ts",
    "m",
    "it's ${a.b}",
    "t",
    "../up.ts",
    "./lazy.ts",
  ]);
  assert.deepEqual(ownImports(source), ["./a.ts", "./lazy.ts"]);
  assert.deepEqual(givenAs(texts, "topic"), ["it's ${a.b}"]);
  const calls = callsIn(
    `runMod("a", { x: "}", y: { url: "1" } }); f({ url: "2" }); runMod('b', p); runMod("c", { g: () => runMod("d", { url: "3" }) })`,
  );
  assert.deepEqual(calls.map((call) => givenAs(call, "url")), [["1"], [], ["3"]]);
});

const PLANNED: Plan = {
  calls: [
    { mod: "kafka_connector", call: { kind: "connector", params: { bootstrap_servers: "memory:9092" } } },
    { mod: "kafka_consumer", call: { kind: "consumer", topics: ["orders"], group: "g" } },
  ],
  references: [{ text: "${a.b}", problem: null }],
  topics: ["out"],
  databases: [{ url: "duckdb:x.duckdb" }, { url: "postgres://u:hidden-word@h/d", password: "p" }],
  end: "complete",
  message: "",
};

function world(plan: Partial<Plan> = {}, more: World["check"] = {}): World {
  const broker = new MemoryBroker();
  broker.createTopic("orders");
  broker.createTopic("out");
  return { broker, jobs: { "a.ts": {} }, check: { plan: () => ({ ...PLANNED, ...plan }), ...more } };
}

const check = (given: World, ...words: string[]) => datapy(["check", "a.ts", ...words], given);

Deno.test("datapy check ticks what is right, a line each", async () => {
  const { code, out, err } = await check(world());
  assert.deepEqual([code, err], [0, "Nothing to mend was found\n"]);
  assert.equal(
    out,
    [
      "✓ types       a.ts is free of type errors",
      "✓ job         main runs kafka_connector, kafka_consumer",
      "✓ context     1 reference can be filled in",
      "✓ parameters  kafka_connector, kafka_consumer take their parameters",
      "✓ connection  memory:9092 answers by PLAINTEXT",
      "✓ topics      orders, out exist",
      "✓ group       group g is free",
      "✓ database    duckdb:x.duckdb can be opened",
      "✓ database    postgres://u:***@h/d can be opened",
      "",
    ].join("\n"),
  );
});

Deno.test("datapy check says what to do, and ends with 78 where something is wrong", async () => {
  const typed = await check(
    world({}, { typeErrors: "TS1 [ERROR]: no\n    at a.ts:1:1\n\nerror: Type checking failed." }),
  );
  assert.equal(typed.code, 78);
  assert.match(typed.out, /^✗ types {7}deno check finds:\n {4}TS1 \[ERROR\]: no\n {8}at a.ts:1:1\n✓ job/);
  const many = await check(world({}, { typeErrors: "TS1 [ERROR]: no\n".repeat(30) }));
  assert.match(many.out, /\n {4}and 10 lines more\n✓ job/);
  const missing = await check(world({ topics: ["outt"] }));
  assert.equal(missing.code, 78);
  assert.match(missing.out, /✗ topics {6}topic "outt" does not exist; did you mean "out"\?: create it/);
  const reference = { text: "${a.c}", problem: "there is none" };
  const unfilled = await check(world({
    references: [reference],
    end: "refused",
    message: "m: cannot fill in ${a.c}: there is none",
  }));
  assert.match(unfilled.out, /✗ context {5}\$\{a\.c\}: there is none\n/);
  assert.doesNotMatch(unfilled.out, /parameters/);
  assert.match(unfilled.err, /^1 thing to mend\n$/);
  const refused = await check(world({ end: "refused", message: "m: no" }));
  assert.match(refused.out, /✗ parameters {2}m: no\n/);
  const noJob = await check(
    world({ calls: [], references: [], end: "not a job", message: "no main", databases: [] }),
  );
  assert.match(noJob.out, /\n✗ job {9}no main\n$/);
});

Deno.test("datapy check ends with 1 where something is only out of reach", async () => {
  const database = ({ url }: DatabaseSettings) =>
    Promise.reject(
      url.startsWith("postgres") ? new UnavailableError("it is away") : new UnavailableError("locked"),
    );
  const { code, out, err } = await check(world({}, { database }));
  assert.equal(code, 1);
  assert.match(out, /✗ database {4}locked\n✗ database {4}it is away\n/);
  assert.equal(err, "2 things out of reach\n");
  const wrong = await check(
    world({}, { database: () => Promise.reject(new ConfigurationError("no database")) }),
  );
  assert.equal(wrong.code, 78);
});

Deno.test("datapy check opens each database once, with what the job gives besides its url", async () => {
  const asked: DatabaseSettings[] = [];
  const database = (settings: DatabaseSettings) => Promise.resolve(void asked.push(settings));
  const call = { kind: "database", settings: { url: "duckdb:x.duckdb" } } as const;
  await check(world({ calls: [{ mod: "database_query", call }] }, { database }), "--timeout", "3");
  assert.deepEqual(asked, [
    { url: "duckdb:x.duckdb" },
    { connect_timeout_s: 3, url: "postgres://u:hidden-word@h/d", password: "p" },
  ]);
});

Deno.test("datapy check --offline leaves out what needs the network", async () => {
  const asked: string[] = [];
  const database = ({ url }: DatabaseSettings) => Promise.resolve(void asked.push(url));
  const { code, out } = await check(world({ topics: ["not there"] }, { database }), "--offline");
  assert.equal(code, 0);
  assert.match(out, /- connection {2}not looked at: --offline\n- topics .*\n- group /);
  assert.deepEqual(asked, ["duckdb:x.duckdb"]);
  assert.match(out, /- database {4}postgres:\/\/u:\*\*\*@h\/d was not looked at: --offline\n/);
});

Deno.test("datapy check hands on another context, prints JSON lines, and refuses a file that is not there", async () => {
  const asked: unknown[] = [];
  const plan = (...given: unknown[]) => (asked.push(given), PLANNED);
  const projects = { contextFile: () => ({}) };
  const given = { ...world(), check: { plan }, projects };
  const { out, err } = await check(given, "--json", "--context", "prod.json");
  assert.deepEqual(asked, [["a.ts", "prod.json"]]);
  assert.equal(err, "");
  assert.deepEqual(JSON.parse(out.split("\n")[0]!), {
    check: "types",
    status: "ok",
    message: "a.ts is free of type errors",
  });
  const nowhere = await check({ ...world(), check: { plan } }, "--context", "nowhere.json");
  assert.deepEqual([nowhere.code, asked.length], [78, 1]);
  assert.match(nowhere.out, /\n✗ context {5}Cannot read the context file nowhere.json: [^\n]*\n$/);
  const typo = await datapy(["check", "b.ts"], world());
  assert.deepEqual([typo.code, typo.out], [64, ""]);
  assert.match(typo.err, /Cannot check b.ts: there is no such file; did you mean "a.ts"\?/);
});
