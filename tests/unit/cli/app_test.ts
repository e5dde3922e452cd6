import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { SHELLS } from "../../../src/cli/completion_scripts.ts";
import { exitCodeFor } from "../../../src/cli/exit_code.ts";
import { duration } from "../../../src/cli/text.ts";
import { ConfigurationError, UnavailableError } from "../../../src/core/errors.ts";
import type { KafkaState } from "../../../src/dev/kafka/mod.ts";
import { datapy, type World } from "./fake_context.ts";

const COMMANDS = [["run", "job.ts"], ["kafka", "up"], ["kafka", "status"], ["kafka", "down"], [
  "mods",
  "list",
]];

Deno.test("datapy --help names every command, on standard output", async () => {
  const { code, out, err } = await datapy(["--help"]);
  assert.deepEqual([code, err], [0, ""]);
  for (const [name] of COMMANDS) assert.match(out, new RegExp(`^  ${name} `, "m"));
});

for (const [first = "", second = ""] of COMMANDS) {
  const words = first === "run" ? [first] : [first, second];
  Deno.test(`datapy ${words.join(" ")} has help`, async () => {
    const { code, out, err } = await datapy([...words, "--help"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, new RegExp(`datapy ${words.join(" ")}`));
  });
}

const EXAMPLES = [
  ["run"],
  ["check"],
  ["jobs"],
  ["build"],
  ["sleep"],
  ["peek"],
  ["produce"],
  ["offsets", "show"],
  ["offsets", "reset"],
  ["mods", "list"],
  [
    "mods",
    "describe",
  ],
  ["kafka", "up"],
  ["kafka", "status"],
  ["kafka", "down"],
  ["new"],
  ...["up", "status", "down"].map((word) => ["postgres", word]),
  ...["list", "show", "redrive", "drop"].map((word) => ["dlq", word]),
  ...SHELLS.map((shell) => ["completions", shell]),
];

for (const words of EXAMPLES) {
  Deno.test(`datapy ${words.join(" ")} --help has an example, and ends with the exit codes`, async () => {
    const { code, out } = await datapy([...words, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`\\nExamples?:\\n(.*\\n)* {2}.*datapy ${words.join(" ")}`));
    assert.match(out, /\n\nEXIT CODES\n( {2}\d+ +\S.*\n)+$/);
    assert.doesNotMatch(out, /default = false|no-/);
  });
}

Deno.test("datapy --version prints the version of deno.json", async () => {
  assert.deepEqual(await datapy(["--version"]), { code: 0, out: `${config.version}\n`, err: "" });
});

Deno.test("datapy refuses a wrong command line with 64, in words on standard error", async () => {
  const wrong: [words: string[], says: RegExp][] = [
    [["kafak"], /there is no command "kafak"; did you mean "kafka"\?/],
    [["kafka", "upp"], /there is no command "upp"; did you mean "up"\?/],
    [["mods", "list", "--jsno"], /there is no option --jsno; did you mean --json\?/],
    [["produce", "t", "--key-feild", "x"], /there is no option --key-feild; did you mean --key-field\?/],
    [["offsets", "reset", "--dryRnu"], /there is no option --dryRnu; did you mean --dry-run\?/],
    [["produce", "t", "--key-field", "--json"], /--key-field has no value before --json/],
    [["mods", "list", "-x"], /there is no option -x/],
    [["kafka", "up", "now"], /"now" is one word too many/],
    [["run"], /JOB/],
  ];
  for (const [words, says] of wrong) {
    const { code, out, err } = await datapy(words);
    assert.deepEqual([code, out], [64, ""], words.join(" "));
    assert.match(err, says);
    assert.match(err, /Run "datapy .*--help"/);
  }
});

Deno.test("datapy names the help of the command that was called wrongly", async () => {
  for (
    const [words, help] of [
      [["peek"], "datapy peek"],
      [["offsets", "reset", "--gruop", "g"], "datapy offsets reset"],
      [["mods", "descrbe", "peek"], "datapy mods"],
      [["nwe"], "datapy"],
    ] as const
  ) {
    const { code, err } = await datapy(words);
    assert.equal(code, 64);
    assert.ok(err.endsWith(`\nRun "${help} --help" for what there is.\n`), err);
  }
});

Deno.test("datapy kafka up prints the address as its last line, and nothing else, on standard output", async () => {
  const fresh = await datapy(["kafka", "up"]);
  assert.deepEqual([fresh.code, fresh.out], [0, "localhost:9092\n"]);
  assert.match(fresh.err, /Starting Kafka\nKafka is up after/);
  const again = await datapy(["kafka", "up"], { kafka: { fresh: false } });
  assert.deepEqual([again.code, again.out], [0, "localhost:9092\n"]);
  assert.match(again.err, /up already/);
});

Deno.test("datapy kafka up says which variable to set where the port is not the usual one", async () => {
  const other = await datapy(["kafka", "up"], { kafka: { bootstrap: "localhost:9093" } });
  assert.match(other.err, /KAFKA_BOOTSTRAP_SERVERS=localhost:9093/);
  const external = await datapy(["kafka", "up"], {
    kafka: { engine: "external", bootstrap: "far:1", fresh: false },
  });
  assert.doesNotMatch(external.err, /KAFKA_BOOTSTRAP_SERVERS/);
  assert.equal(external.out, "far:1\n");
});

const state: KafkaState = {
  engine: "jvm",
  bootstrap: "localhost:9092",
  startedAt: new Date(1_700_000_000_000 - 180_000).toISOString(),
  pid: 77,
  mark: "x",
};

Deno.test("datapy kafka status prints an address and ends with 0 only where a Kafka answers", async () => {
  const of = (status: NonNullable<World["status"]>) => datapy(["kafka", "status"], { status });
  const up = await of({ kind: "up", state, answers: true, silent: [] });
  assert.deepEqual([up.code, up.out], [0, "localhost:9092\n"]);
  assert.match(up.err, /on the JVM, process 77, for 3 min/);
  const others = [{ pid: 78, mark: "y" }, { pid: 79, mark: "z" }];
  const three = await of({ kind: "up", state: { ...state, others }, answers: true, silent: [] });
  assert.match(three.err, /on the JVM, processes 77, 78, 79, for 3 min/);
  const external = await of({ kind: "external", bootstrap: "far:1", answers: true });
  assert.deepEqual([external.code, external.out], [0, "far:1\n"]);
  for (
    const [status, says] of [
      [{ kind: "down" }, /is not running; "deno task kafka up"/],
      [
        { kind: "up", state, answers: false, silent: ["localhost:9092"] },
        /does not answer at localhost:9092; .*"deno task kafka down"/,
      ],
      [{ kind: "external", bootstrap: "far:1", answers: false }, /does not answer at far:1/],
    ] as const
  ) {
    const { code, out, err } = await of(status);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, says);
  }
});

Deno.test("datapy kafka down says what it has done", async () => {
  for (
    const [down, says] of [["stopped", /has ended/], ["was_not_running", /was not/], [
      "left_alone",
      /not ours/,
    ]] as const
  ) {
    const { code, out, err } = await datapy(["kafka", "down"], { down });
    assert.deepEqual([code, out], [0, ""]);
    assert.match(err, says);
  }
});

Deno.test("datapy ends with 78 where the set-up is wrong and with 1 where it failed, in words without a stack", async () => {
  const noJava = await datapy(["kafka", "up"], {
    kafka: new ConfigurationError("Cannot start Kafka: install Java"),
  });
  assert.deepEqual([noJava.code, noJava.out], [78, ""]);
  assert.match(noJava.err, /\ndatapy: Cannot start Kafka: install Java\n$/);
  const noAnswer = await datapy(["kafka", "up"], { kafka: new UnavailableError("no answer") });
  assert.equal(noAnswer.code, 1);
  assert.doesNotMatch(noAnswer.err, /\n {4}at /);
});

Deno.test("datapy shows the stack of an error that nobody expected", async () => {
  const bug = await datapy(["kafka", "up"], { kafka: new TypeError("x is undefined") });
  assert.equal(bug.code, 1);
  assert.match(bug.err, /datapy: TypeError: x is undefined\n +at /);
});

Deno.test("datapy mods list prints names and descriptions, as columns or as JSON lines", async () => {
  const columns = await datapy(["mods", "list"]);
  assert.deepEqual(columns, {
    code: 0,
    out: "NAME         WHAT IT DOES\njson_parser  Reads JSON.\ndata_mapper  Maps columns.\n",
    err: "",
  });
  const json = await datapy(["mods", "list", "--json"]);
  assert.deepEqual(JSON.parse(json.out.split("\n")[1]!), {
    name: "data_mapper",
    description: "Maps columns.",
  });
});

Deno.test("datapy writes no control characters into a pipe, and no progress", async () => {
  for (const words of [["--help"], ["kafka", "up"], ["kafak"], ["mods", "list"]]) {
    const { out, err } = await datapy(words);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(out + err, /[\x1b\r]|Downloading/, words.join(" "));
  }
  const terminal = await datapy(["kafka", "up"], { terminal: true });
  assert.ok(terminal.err.startsWith("Downloading ... 1 s\r\x1b[2KStarting Kafka\n"), terminal.err);
});

Deno.test("exitCodeFor() leaves no code of stricli's", () => {
  for (let code = -10; code < 0; code++) assert.ok([1, 64].includes(exitCodeFor(code)));
  for (const code of [0, 1, 78, 130]) assert.equal(exitCodeFor(code), code);
});

Deno.test("duration() rounds as people do", () => {
  const texts = [0, 1_234, 9_960, 75_000, 119_000, 600_000, 7_200_000].map(duration);
  assert.deepEqual(texts, ["0.0 s", "1.2 s", "10 s", "75 s", "119 s", "10 min", "2 h"]);
});
