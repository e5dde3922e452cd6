/** How `deno task test` reads what its tests came to: on the report of a real run of `deno test`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { conclude, type Outcome, readReport } from "../support/report.ts";

const PASSES = `passes <with> & "signs" 'too'`;
const SKIPPED = "needs <openssl> (skipped: there is no openssl & no podman)";
const FAILS = "fails";

const TESTS = `
Deno.test(${JSON.stringify(PASSES)}, () => console.log('<testcase name="printed"><skipped/>'));
Deno.test({ name: ${JSON.stringify(SKIPPED)}, ignore: true, fn() {} });
Deno.test(${JSON.stringify(FAILS)}, () => { throw new Error('not <testcase name="it"> <skipped/>'); });
`;

/** What `deno test` makes of those of the tests whose names begin with one of the words; of all without any. */
async function outcomeOf(...words: readonly string[]): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
  try {
    const [file, report] = [join(folder, "some_test.ts"), join(folder, "report.xml")];
    await Deno.writeTextFile(file, TESTS);
    const filter = words.length === 0 ? [] : [`--filter=/^(${words.join("|")})/`];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-config", "--no-prompt", `--junit-path=${report}`, ...filter, file],
      cwd: folder,
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(30_000),
    }).output();
    return { code, ...readReport(await Deno.readTextFile(report)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const HERE = { seconds: 12.4, stopped: undefined, ci: false } as const;
const SKIP_LINE = `Skipped: ${SKIPPED}`;

Deno.test("readReport counts a run's tests and names those that were skipped; conclude fails where one failed", async () => {
  const outcome = await outcomeOf();
  assert.deepEqual(outcome, { code: 1, tests: 3, skipped: [SKIPPED] });
  assert.deepEqual(conclude([outcome], HERE), {
    code: 1,
    lines: ["", SKIP_LINE, "Something is wrong: 3 tests, 1 skipped, in 12 s"],
  });
});

Deno.test("readReport leaves out what a filter left out; conclude lets a skipped test pass, but not where CI is set", async () => {
  const outcome = await outcomeOf("passes", "needs");
  assert.deepEqual(outcome, { code: 0, tests: 2, skipped: [SKIPPED] });
  assert.deepEqual(conclude([outcome], HERE), {
    code: 0,
    lines: ["", SKIP_LINE, "All is well: 2 tests, 1 skipped, in 12 s"],
  });
  assert.deepEqual(conclude([outcome], { ...HERE, ci: true }), {
    code: 1,
    lines: [
      "",
      SKIP_LINE,
      "A test that is skipped is a failure where CI is set",
      "Something is wrong: 2 tests, 1 skipped, in 12 s",
    ],
  });
});

Deno.test("conclude takes all parts together, and lets them pass where CI is set and none is skipped", () => {
  const good: Outcome = { code: 0, tests: 3, skipped: [] };
  const ci = { ...HERE, ci: true };
  assert.equal(conclude([good, good], ci).code, 0);
  assert.equal(conclude([good, good], ci).lines.at(-1), "All is well: 6 tests, 0 skipped, in 12 s");
  assert.equal(conclude([{ ...good, skipped: ["one"] }, good], ci).code, 1);
  assert.equal(conclude([good, { ...good, code: 1 }], HERE).code, 1);
});

Deno.test("conclude ends a run that was stopped as the signal would have", () => {
  const outcome: Outcome = { code: 0, tests: 1, skipped: ["one"] };
  const stop = (stopped: "SIGINT" | "SIGTERM") => conclude([outcome], { ...HERE, ci: true, stopped });
  assert.deepEqual(stop("SIGINT"), {
    code: 130,
    lines: ["", "Stopped by SIGINT: 1 tests, 0 skipped, in 12 s"],
  });
  assert.equal(stop("SIGTERM").code, 143);
});

Deno.test("readReport finds nothing in the report of a run that was killed", () => {
  assert.deepEqual(readReport(""), { tests: 0, skipped: [] });
});
