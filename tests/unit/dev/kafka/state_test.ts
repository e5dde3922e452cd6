import assert from "node:assert/strict";
import fc from "fast-check";
import { type KafkaState, readState, removeState, writeState } from "../../../../src/dev/kafka/state.ts";
import { status } from "../../../../src/dev/kafka/status.ts";
import { down, up } from "../../../../src/dev/kafka/up.ts";
import { FakeMachine } from "../fake_tools.ts";
import { assertRemembers } from "../state_law.ts";

const common = { bootstrap: fc.string(), startedAt: fc.string() };
const process = { pid: fc.nat(), mark: fc.string() };
const states: fc.Arbitrary<KafkaState> = fc.oneof(
  fc.record({
    engine: fc.constant("jvm" as const),
    ...common,
    ...process,
    others: fc.array(fc.record(process, { noNullPrototype: true })),
  }),
  fc.record({
    engine: fc.constant("container" as const),
    ...common,
    id: fc.string(),
    dockerHost: fc.string(),
    image: fc.string(),
    others: fc.array(fc.string()),
    holder: fc.string(),
  }),
);

Deno.test("readState() reads what writeState() wrote, and nothing after removeState()", () =>
  assertRemembers("kafka.json", states, readState, writeState, removeState));

const MARK = "-Ddatapy.kafka=0a1b";
const state: KafkaState = {
  engine: "jvm",
  bootstrap: "localhost:9092",
  startedAt: "2026-01-01T00:00:00.000Z",
  pid: 777,
  mark: MARK,
};

async function machineWith(commandLine: string | undefined, answers: boolean): Promise<FakeMachine> {
  const machine = new FakeMachine();
  await writeState(machine.tools(), state);
  machine.files.set("/home/.datapy/kafka/data/meta.properties", "");
  if (commandLine !== undefined) machine.commandLines.set(777, commandLine);
  if (answers) machine.kafkas.add(9092);
  return machine;
}

Deno.test("status() tells a broker that answers from one that is silent and one that is gone", async () => {
  const kindOf = async (commandLine: string | undefined, answers: boolean) => {
    const found = await status((await machineWith(commandLine, answers)).tools());
    return found.kind === "up" ? `up, ${found.answers ? "answers" : "silent"}` : found.kind;
  };
  assert.equal(await kindOf(`java ${MARK} kafka.Kafka`, true), "up, answers");
  assert.equal(await kindOf(`java ${MARK} kafka.Kafka`, false), "up, silent");
  assert.equal(await kindOf(undefined, false), "down");
  assert.equal(await kindOf("vim notes.txt", true), "down", "its process id was given to another program");
});

Deno.test("status() of a Kafka that DATAPY_KAFKA names does not look at ours", async () => {
  const machine = await machineWith(`java ${MARK}`, true);
  machine.env.set("DATAPY_KAFKA", "far:9999");
  assert.deepEqual(await status(machine.tools()), {
    kind: "external",
    bootstrap: "far:9999",
    answers: false,
  });
});

const three: KafkaState = {
  ...state,
  bootstrap: "localhost:9092,localhost:9093,localhost:9094",
  others: [{ pid: 778, mark: `${MARK}b` }, { pid: 779, mark: `${MARK}c` }],
};

/** A machine with three brokers, of which these processes live and these ports answer. */
async function machineWithThree(pids: readonly number[], ports: readonly number[]): Promise<FakeMachine> {
  const machine = new FakeMachine();
  await writeState(machine.tools(), three);
  const marks = new Map([[777, MARK], [778, `${MARK}b`], [779, `${MARK}c`]]);
  for (const pid of pids) machine.commandLines.set(pid, `java ${marks.get(pid)} kafka.Kafka`);
  for (const port of ports) machine.kafkas.add(port);
  return machine;
}

Deno.test("status() of several brokers names those that do not answer", async () => {
  const of = async (pids: readonly number[], ports: readonly number[]) => {
    const found = await status((await machineWithThree(pids, ports)).tools());
    return found.kind === "up" ? found.silent : found.kind;
  };
  assert.deepEqual(await of([777, 778, 779], [9092, 9093, 9094]), []);
  assert.deepEqual(await of([777, 778, 779], [9092, 9094]), ["localhost:9093"]);
  assert.deepEqual(await of([777], [9092]), ["localhost:9093", "localhost:9094"]);
  assert.equal(await of([], []), "down");
});

Deno.test("up() does not change the number of brokers of a Kafka that runs", async () => {
  const several = await machineWithThree([777, 778, 779], [9092, 9093, 9094]);
  assert.deepEqual(await up(several.tools(), {}), { state: three, fresh: false });
  assert.deepEqual(await up(several.tools(), { brokers: 3 }), { state: three, fresh: false });
  const refusal = (with_: string, runs: number) => ({
    name: "ConfigurationError",
    message: `Cannot start Kafka with ${with_}: it is up with ${runs}; end it by "kafka down" first`,
  });
  await assert.rejects(up(several.tools(), { brokers: 1 }), refusal("1 broker", 3));
  const single = await machineWith(`java ${MARK} kafka.Kafka`, true);
  await assert.rejects(up(single.tools(), { brokers: 3 }), refusal("3 brokers", 1));
});

Deno.test("down() ends all brokers", async () => {
  const machine = await machineWithThree([777, 778, 779], [9092, 9093, 9094]);
  machine.env.set("DOCKER_HOST", "ssh://none");
  assert.equal(await down(machine.tools()), "stopped");
  const ended = machine.signals.filter((signal) => signal.startsWith("TERM")).sort();
  assert.deepEqual(ended, ["TERM 777", "TERM 778", "TERM 779"]);
});

Deno.test("up() uses the broker that answers", async () => {
  const machine = await machineWith(`java ${MARK} kafka.Kafka`, true);
  assert.deepEqual(await up(machine.tools(), {}), { state, fresh: false });
});

Deno.test("up() waits for a broker that an interrupted command has left starting", async () => {
  const machine = await machineWith(`java ${MARK} kafka.Kafka`, false);
  const started = up(machine.tools(), {});
  await machine.clock.advance(2_000);
  machine.kafkas.add(9092);
  await machine.clock.advance(100);
  assert.deepEqual(await started, { state, fresh: false });
});

Deno.test("up() says what to do about a broker that runs and stays silent", async () => {
  const machine = await machineWith(`java ${MARK} kafka.Kafka`, false);
  const refused = assert.rejects(
    up(machine.tools(), {}),
    /does not answer at localhost:9092: end it by "kafka down"/,
  );
  await machine.clock.advance(70_000);
  await refused;
});

Deno.test("up() says what to install on a machine that has nothing", async () => {
  const machine = new FakeMachine();
  machine.env.set("DOCKER_HOST", "unix:///nowhere.sock");
  await assert.rejects(
    up(machine.tools(), {}),
    {
      name: "ConfigurationError",
      message: /no container engine answers at unix:\/\/\/nowhere.sock.* install /,
    },
  );
});

Deno.test("down() ends the broker, and removes its data and its state", async () => {
  const machine = await machineWith(`java ${MARK} kafka.Kafka`, true);
  machine.env.set("DOCKER_HOST", "unix:///nowhere.sock");
  assert.equal(await down(machine.tools()), "stopped");
  assert.deepEqual(machine.signals, ["TERM 777", "CONT 777"]);
  assert.deepEqual([...machine.files.keys()], []);
});

Deno.test("down() signals no other program that was given the process id", async () => {
  const machine = await machineWith("vim notes.txt", false);
  machine.env.set("DOCKER_HOST", "unix:///nowhere.sock");
  assert.equal(await down(machine.tools()), "was_not_running");
  assert.deepEqual(machine.signals, []);
  assert.deepEqual([...machine.files.keys()], []);
});

Deno.test("down() leaves alone what DATAPY_KAFKA names, and ours", async () => {
  const machine = await machineWith(`java ${MARK} kafka.Kafka`, true);
  machine.env.set("DATAPY_KAFKA", "far:9999");
  assert.equal(await down(machine.tools()), "left_alone");
  assert.deepEqual(machine.signals, []);
  assert.ok(machine.files.size > 0);
});
