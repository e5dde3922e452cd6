import assert from "node:assert/strict";
import fc from "fast-check";
import { type KafkaState, readState, removeState, writeState } from "../../../../src/dev/kafka/state.ts";
import { status } from "../../../../src/dev/kafka/status.ts";
import { down, up } from "../../../../src/dev/kafka/up.ts";
import { FakeMachine } from "./fake_tools.ts";

const common = { bootstrap: fc.string(), startedAt: fc.string() };
const states: fc.Arbitrary<KafkaState> = fc.oneof(
  fc.record({ engine: fc.constant("jvm" as const), ...common, pid: fc.nat(), mark: fc.string() }),
  fc.record({
    engine: fc.constant("container" as const),
    ...common,
    id: fc.string(),
    dockerHost: fc.string(),
    image: fc.string(),
  }),
);

Deno.test("readState() reads what writeState() wrote, and nothing after removeState()", () =>
  fc.assert(fc.asyncProperty(states, async (state) => {
    const tools = new FakeMachine().tools();
    await writeState(tools, state);
    assert.deepEqual(await readState(tools), { ...state });
    await removeState(tools);
    assert.equal(await readState(tools), undefined);
  })));

Deno.test("readState() takes a file that it cannot read for none", async () => {
  const machine = new FakeMachine();
  for (const text of ["", "{", '{"engine":"jvm"}', '{"engine":"cloud"}']) {
    machine.files.set("/home/.datapy/kafka.json", text);
    assert.equal(await readState(machine.tools()), undefined, text);
  }
});

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
