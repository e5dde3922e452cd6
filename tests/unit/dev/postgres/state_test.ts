import assert from "node:assert/strict";
import fc from "fast-check";
import { statusOf } from "../../../../src/dev/postgres/mod.ts";
import {
  type PostgresState,
  readState,
  removeState,
  writeState,
} from "../../../../src/dev/postgres/state.ts";
import { down, up } from "../../../../src/dev/postgres/up.ts";
import { FakeMachine } from "../fake_tools.ts";
import { assertRemembers } from "../state_law.ts";

const common = { url: fc.string(), host: fc.string(), port: fc.nat(), startedAt: fc.string() };
const states: fc.Arbitrary<PostgresState> = fc.oneof(
  fc.record({
    engine: fc.constantFrom("installed" as const, "npm" as const),
    ...common,
    version: fc.string(),
    pid: fc.nat(),
    mark: fc.string(),
  }),
  fc.record({
    engine: fc.constant("container" as const),
    ...common,
    id: fc.string(),
    dockerHost: fc.string(),
    image: fc.string(),
  }),
);

Deno.test("readState() reads what writeState() wrote, and nothing after removeState()", () =>
  assertRemembers("postgres.json", states, readState, writeState, removeState));

const MARK = "datapy-0a1b";
const URL = "postgres://datapy:development@localhost:5432/datapy";
const state: PostgresState = {
  engine: "installed",
  url: URL,
  host: "localhost",
  port: 5432,
  startedAt: "2026-01-01T00:00:00.000Z",
  version: "17.2",
  pid: 777,
  mark: MARK,
};

/** A machine on which `up` has left a server, whose process may be gone. */
async function machineWith(commandLine: string | undefined, answers: boolean): Promise<FakeMachine> {
  const machine = new FakeMachine();
  machine.programs.set("id", { code: 0, stdout: "1000\n" });
  machine.env.set("DOCKER_HOST", "unix:///nowhere.sock");
  await writeState(machine.tools(), state);
  machine.files.set("/home/.datapy/postgres/data/PG_VERSION", "17");
  if (commandLine !== undefined) machine.commandLines.set(777, commandLine);
  if (answers) machine.postgres.add(5432);
  return machine;
}

const RUNS = `/usr/lib/postgresql/17/bin/postgres -D x -c cluster_name=${MARK}`;

Deno.test("statusOf() tells a server that answers from one that is silent and one that is gone", async () => {
  const kindOf = async (commandLine: string | undefined, answers: boolean) => {
    const found = await statusOf((await machineWith(commandLine, answers)).tools());
    return found.kind === "up" ? `up, ${found.answers ? "answers" : "silent"}` : found.kind;
  };
  assert.equal(await kindOf(RUNS, true), "up, answers");
  assert.equal(await kindOf(RUNS, false), "up, silent");
  assert.equal(await kindOf(undefined, false), "down");
  assert.equal(await kindOf("vim notes.txt", true), "down", "its process id was given to another program");
});

Deno.test("statusOf() and down() of a PostgreSQL that DATAPY_POSTGRES names do not touch ours", async () => {
  const machine = await machineWith(RUNS, true);
  machine.env.set("DATAPY_POSTGRES", "postgres://u:p@far:9999/d");
  const found = await statusOf(machine.tools());
  assert.deepEqual(found, {
    kind: "external",
    address: "far:9999",
    url: "postgres://u:p@far:9999/d",
    answers: false,
  });
  assert.equal(await down(machine.tools()), "left_alone");
  assert.deepEqual(machine.signals, []);
  assert.ok(machine.files.size > 0);
});

Deno.test("up() uses the server that answers, and waits for one that an interrupted command left starting", async () => {
  const answering = await machineWith(RUNS, true);
  assert.deepEqual(await up(answering.tools(), {}), { state, fresh: false });
  const starting = await machineWith(RUNS, false);
  const started = up(starting.tools(), {});
  await starting.clock.advance(2_000);
  starting.postgres.add(5432);
  await starting.clock.advance(100);
  assert.deepEqual(await started, { state, fresh: false });
});

Deno.test("up() says what to do about a server that runs and stays silent", async () => {
  const machine = await machineWith(RUNS, false);
  const refused = assert.rejects(
    up(machine.tools(), {}),
    /does not answer at localhost:5432: end it by "postgres down"/,
  );
  await machine.clock.advance(70_000);
  await refused;
});

Deno.test("up() keeps to the engine that DATAPY_POSTGRES_ENGINE asks for, or says why it cannot", async () => {
  const machine = await machineWith(undefined, false);
  for (
    const [engine, says] of [["container", /no container engine answers/], [
      "jvm",
      /expected installed or container or npm/,
    ]] as const
  ) {
    machine.env.set("DATAPY_POSTGRES_ENGINE", engine);
    await assert.rejects(up(machine.tools(), {}), { name: "ConfigurationError", message: says });
  }
});

Deno.test("down() ends the server by SIGINT, and removes its data and its state", async () => {
  const machine = await machineWith(RUNS, true);
  assert.equal(await down(machine.tools()), "stopped");
  assert.deepEqual(machine.signals, ["INT 777", "CONT 777"]);
  assert.deepEqual([...machine.files.keys()], []);
});

Deno.test("down() signals no other program that was given the process id", async () => {
  const machine = await machineWith("vim notes.txt", false);
  assert.equal(await down(machine.tools()), "was_not_running");
  assert.deepEqual(machine.signals, []);
  assert.deepEqual([...machine.files.keys()], []);
});
