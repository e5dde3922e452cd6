import assert from "node:assert/strict";
import { UnavailableError } from "../../../../src/core/errors.ts";
import { answersKafka, READY_TIMEOUT_MS, untilReady } from "../../../../src/dev/kafka/ready.ts";
import { lastLines } from "../../../../src/dev/shared/last_lines.ts";
import { FakeMachine } from "./fake_tools.ts";

const never = new Promise<string>(() => {});

function waitOn(machine: FakeMachine, died: Promise<string> = never): Promise<void> {
  const { ports, clock } = machine.tools();
  const logTail = () => Promise.resolve("ERROR out of memory");
  return untilReady(ports, clock, { host: "127.0.0.1", port: 9092, died, logTail });
}

Deno.test("untilReady() resolves when a Kafka answers", async () => {
  const machine = new FakeMachine();
  const ready = waitOn(machine);
  await machine.clock.advance(5_000);
  machine.kafkas.add(9092);
  await machine.clock.advance(100);
  await ready;
});

Deno.test("untilReady() gives up after its bound, with the end of the log", async () => {
  const machine = new FakeMachine();
  const ready = waitOn(machine);
  const refused = assert.rejects(ready, (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.message, /127\.0\.0\.1:9092: it did not answer within 60 s\n.*\nERROR out of memory$/);
    return true;
  });
  await machine.clock.advance(READY_TIMEOUT_MS + 100);
  await refused;
});

Deno.test("untilReady() does not wait for a broker that has ended", async () => {
  const machine = new FakeMachine();
  await assert.rejects(waitOn(machine, Promise.resolve("it ended with code 1")), /it ended with code 1/);
});

Deno.test("answersKafka() takes no other program for a Kafka", async () => {
  const { ports } = new FakeMachine().tools();
  const other = {
    ...ports,
    ask: () => Promise.resolve(new TextEncoder().encode("HTTP/1.1 400 Bad Request")),
  };
  assert.equal(await answersKafka(other, "127.0.0.1", 80), false);
});

Deno.test("lastLines() gives the end of a text", () => {
  assert.equal(lastLines("a\nb\nc\n\n", 2), "b\nc");
  assert.equal(lastLines("", 2), "");
});
