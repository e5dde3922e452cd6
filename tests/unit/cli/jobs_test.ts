import assert from "node:assert/strict";
import { compiledLibrary } from "../../../src/cli/program/jobs.ts";
import { runProgramRoutes } from "../../../src/cli/program/routes.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { StopSignals } from "../../../src/control/stop_signals.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { datapy } from "./fake_context.ts";

const main = () => {};

Deno.test("datapy jobs lists names and files, as columns or as JSON lines", async () => {
  const jobs = { "jobs/a.ts": { main }, "jobs/longer.ts": { main } };
  const { code, out } = await datapy(["jobs"], { jobs });
  assert.deepEqual([code, out], [0, "NAME    FILE\na       jobs/a.ts\nlonger  jobs/longer.ts\n"]);
  const json = await datapy(["jobs", "--json"], { jobs });
  assert.deepEqual(json.out.trim().split("\n").map((line) => JSON.parse(line)), [
    { name: "a", file: "jobs/a.ts" },
    { name: "longer", file: "jobs/longer.ts" },
  ]);
  const none = await datapy(["jobs"]);
  assert.deepEqual([none.code, none.out], [1, ""]);
});

Deno.test("datapy run finds the file of a job's name", async () => {
  const { code, err } = await datapy(["run", "a"], { jobs: { "jobs/a.ts": { main } } });
  assert.equal(code, 64);
  assert.match(err, /did you mean "jobs\/a.ts"\?/);
});

Deno.test("datapy run takes the context file of DATAPY_CONTEXT where none is given", async () => {
  const chosen: unknown[] = [];
  const exitWith = (_: unknown, file: string | undefined) => Promise.resolve(chosen.push(file));
  const world = { jobs: { "a.ts": { main } }, exitWith };
  await datapy(["run", "a.ts"], { ...world, env: { DATAPY_CONTEXT: "env.json" } });
  await datapy(["run", "a.ts", "--context", "flag.json"], { ...world, env: { DATAPY_CONTEXT: "env.json" } });
  await datapy(["run", "a.ts"], { ...world, env: { DATAPY_CONTEXT: "" } });
  assert.deepEqual(chosen, ["env.json", "flag.json", undefined]);
});

/** Runs a command line of a program with two jobs. */
async function program(...words: string[]) {
  const ran: unknown[] = [];
  let [out, err] = ["", ""];
  const stream = (write: (text: string) => void) => ({ write, getColorDepth: () => 1 });
  const machine = {
    writeOut: (t: string) => void (out += t),
    writeError: (t: string) => void (err += t),
    env() {},
  };
  const job = (name: string) => ({
    file: `jobs/${name}.ts`,
    load: () => Promise.resolve({ main: (args: string[]) => void ran.push([name, args]) }),
  });
  const context = {
    process: { stdout: stream(machine.writeOut), stderr: stream(machine.writeError) },
    machine,
    jobs: {
      ...compiledLibrary({ orders: job("orders"), router: job("router") }),
      exitWith: (main: () => unknown) => Promise.resolve(main()),
    },
  } as unknown as CliContext;
  const code = await runProgramRoutes(words, context);
  return { code, out, err, ran };
}

Deno.test("a compiled program runs its jobs by name, and by the file that they were", async () => {
  assert.deepEqual((await program("run", "orders", "x")).ran, [["orders", ["x"]]]);
  assert.deepEqual((await program("run", "jobs/router.ts")).ran, [["router", []]]);
  assert.deepEqual((await program("run", "./jobs/router.ts")).ran, [["router", []]]);
  assert.match((await program("jobs")).out, /^orders +jobs\/orders.ts$/m);
});

Deno.test("a compiled program lists its jobs where a name is wrong", async () => {
  const { code, err } = await program("run", "order");
  assert.equal(code, 64);
  assert.match(err, /Cannot run order: .* did you mean "orders"\?\nIt has orders, router\n$/);
});

Deno.test("a compiled program completes the names of its jobs", async () => {
  assert.match((await program("__complete", "run", "o")).out, /^orders\t/m);
});

Deno.test("a compiled program says which commands it leaves out, with 64", async () => {
  for (const command of ["new", "check", "build", "kafka", "postgres"]) {
    const { code, err } = await program(command, "up");
    assert.equal(code, 64);
    assert.match(err, new RegExp(`"${command}" is no part of a compiled program`));
  }
});

Deno.test("datapy sleep ends with 0 after its time, and early on SIGTERM", async () => {
  const listeners = new Map<string, () => void>();
  const source = {
    onSignal: (signal: string, listener: () => void) => {
      listeners.set(signal, listener);
      return { [Symbol.dispose]: () => void listeners.delete(signal) };
    },
  };
  const clock = new ManualClock();
  const stopSignals = new StopSignals(source, { exit: () => assert.fail("it must not be killed") });
  const first = datapy(["sleep", "5"], { clock, stopSignals });
  await clock.advance(4_999);
  assert.equal(await Promise.race([first, Promise.resolve("sleeps")]), "sleeps");
  await clock.advance(1);
  assert.deepEqual(await first, { code: 0, out: "", err: "" });
  const second = datapy(["sleep", "3600"], { clock, stopSignals });
  while (!listeners.has("SIGTERM")) await Promise.resolve();
  listeners.get("SIGTERM")!();
  assert.equal((await second).code, 0);
  assert.equal(listeners.size, 0);
});

Deno.test("datapy sleep refuses what are no seconds", async () => {
  for (const word of ["x", "-1", "3601", "1e3", ""]) {
    assert.equal((await datapy(["sleep", "--", word])).code, 64);
  }
});
