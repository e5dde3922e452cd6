/** exitWith in a real process: exit codes, what is said, and signals. */
import assert from "node:assert/strict";
import { systemPorts } from "../../../src/runtime/ports.ts";
import { ChildProcess } from "../../support/child_process.ts";

const job = (mode: string, env: Record<string, string> = {}, ...words: string[]) =>
  new ChildProcess(new URL("./child_job.ts", import.meta.url), [mode, ...words], env);

/** Level, mod and message of the lines; the time is only looked at for its form. */
function told(errors: readonly string[]): string[] {
  return errors.map((line) => {
    assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t/);
    return line.split("\t").slice(1).join("|");
  });
}

interface Ending {
  readonly mode: string;
  readonly code: number;
  readonly says?: readonly string[];
}

const endings: readonly Ending[] = [
  { mode: "returns", code: 0 },
  { mode: "returns with stuck work", code: 0 },
  { mode: "fails", code: 1, says: ["CRITICAL|child_job.ts|Cannot connect: refused for ***\\nnext line"] },
  { mode: "fails by configuration", code: 78, says: ["CRITICAL|child_job.ts|There is no table orders"] },
  {
    mode: "fails in a mod",
    code: 78,
    says: [
      'CRITICAL|child_job.ts|json_parser: parameter "max_depth": cannot fill in ${limits.depth}: there is no context file ' +
      "(setupContext), and neither LIMITS_DEPTH nor LIMITS_DEPTH_FILE is set",
    ],
  },
  { mode: "fails before logging", code: 1, says: ["CRITICAL|job|early"] },
  {
    mode: "rejects aside",
    code: 1,
    says: ["CRITICAL|child_job.ts|An error was not handled: nobody waits: ***"],
  },
  {
    mode: "throws aside",
    code: 1,
    says: ["CRITICAL|child_job.ts|An error was not handled: thrown from a timer"],
  },
  {
    mode: "idles",
    code: 1,
    says: [
      "CRITICAL|child_job.ts|The job waits for something that can no longer happen: a promise that nobody settles",
    ],
  },
  {
    mode: "forgets an await",
    code: 78,
    says: [
      'CRITICAL|child_job.ts|The job\'s main returned while runMod("json_parser") was still running: an await before ' +
      "runMod is missing",
    ],
  },
  {
    mode: "wrong level",
    code: 78,
    says: [
      'CRITICAL|child_job.ts|Cannot set the log level to "VERBOSE" (from the argument of setupLogging): expected one of ' +
      "DEBUG, INFO, WARNING, ERROR, CRITICAL",
    ],
  },
];

for (const { mode, code, says = [] } of endings) {
  Deno.test(`exitWith ends a job that ${mode} with ${code}`, async () => {
    await using process = job(mode);
    const ended = await process.ended();
    assert.deepEqual({ code: ended.code, errors: told(ended.errors) }, { code, errors: [...says] });
  });
}

Deno.test("exitWith closes what is open, newest first, and says what it could not close", async () => {
  await using process = job("closes");
  const ended = await process.ended();
  assert.deepEqual([await process.line(), await process.line(), await process.line()], [
    "closed newer",
    "closed older",
    undefined,
  ]);
  assert.deepEqual(told(ended.errors), ["ERROR|child_job.ts|Could not close broken: it is broken"]);
  assert.equal(ended.code, 1);
});

Deno.test("exitWith shows the stack at DEBUG, without secrets, and none for a configuration error", async () => {
  await using failing = job("fails", { LOG_LEVEL: "DEBUG" });
  const lines = told((await failing.ended()).errors);
  assert.ok(lines.some((line) => /^DEBUG\|child_job\.ts\|\s+at .*child_job\.ts:\d+/.test(line)));
  assert.ok(lines.some((line) => line === "DEBUG|child_job.ts|Error: refused for ***"));
  assert.ok(!lines.join().includes("correct horse"));

  await using wrong = job("fails by configuration", { LOG_LEVEL: "DEBUG" });
  assert.equal((await wrong.ended()).errors.length, 1);
});

Deno.test("exitWith tells a failure as JSON where LOG_FORMAT says so, with mod, parameter and kind", async () => {
  await using process = job("fails in a mod", { LOG_FORMAT: "json" });
  const { errors } = await process.ended();
  const { level, job: name, fields } = JSON.parse(errors[0] ?? "");
  assert.deepEqual({ level, name, fields, lines: errors.length }, {
    level: "CRITICAL",
    name: "child_job.ts",
    fields: { kind: "configuration", mod: "json_parser", parameter: "max_depth" },
    lines: 1,
  });
});

Deno.test("exitWith ends a job that idles also where somebody may ask how it is", async () => {
  await using process = job("idles", { HEALTH_PORT: String(systemPorts.free(1)[0]) });
  const { code, errors } = await process.ended();
  assert.equal(code, 1);
  assert.match(errors.join(), /waits for something that can no longer happen/);
});

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "exitWith hears a SIGTERM while the job still connects, and its consumer then stops at once",
  ignore,
  async fn() {
    await using process = job("connects");
    assert.equal(await process.line(), "ready");
    process.send("SIGTERM");
    await process.told("SIGTERM: stopping");
    await process.write("connected\n");
    assert.equal(await process.line(), "consumer stopped at once: true");
    const { code, errors } = await process.ended();
    assert.deepEqual({ code, errors: told(errors) }, {
      code: 0,
      errors: ["INFO|child_job.ts|SIGTERM: stopping"],
    });
  },
});

Deno.test({
  name: "exitWith waits for a consumer that drains, and ends with 0",
  ignore,
  async fn() {
    await using process = job("consumes");
    assert.equal(await process.line(), "ready");
    process.send("SIGTERM");
    assert.equal(await process.line(), "draining");
    await process.write("done\n");
    assert.equal(await process.line(), "drained");
    assert.equal((await process.ended()).code, 0);
  },
});

Deno.test({
  name: "exitWith ends with 130 at the second SIGINT, whatever the job does",
  ignore,
  async fn() {
    await using process = job("consumes");
    assert.equal(await process.line(), "ready");
    process.send("SIGINT");
    assert.equal(await process.line(), "draining");
    await process.sendUntilEnded("SIGINT");
    const { code, errors } = await process.ended();
    assert.deepEqual({ code, errors: told(errors) }, {
      code: 130,
      errors: ["INFO|child_job.ts|SIGINT: stopping; a second Ctrl+C ends the job at once"],
    });
  },
});

Deno.test("exitWith reads the context file of --context in place of the job's own", async () => {
  const prod = new URL("./stage_prod.json", import.meta.url).pathname;
  const cases: readonly [string[], string | undefined, number][] = [
    [[], "development", 0],
    [["--context", prod], "production", 0],
    [[`--context=${prod}`], "production", 0],
    [["--context", `${prod}.not`], undefined, 78],
    [["--context"], undefined, 78],
  ];
  for (const [words, out, code] of cases) {
    await using child = job("tells its context", {}, ...words);
    assert.equal(await child.line(), out);
    assert.equal((await child.ended()).code, code);
  }
});
