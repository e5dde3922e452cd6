import assert from "node:assert/strict";
import { UnavailableError } from "../../../src/core/errors.ts";
import { closeResources } from "../../../src/core/resources.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import type { KafkaDriver, ProducerSession, SentRecord } from "../../../src/kafka/driver.ts";
import { producerOf } from "../../../src/kafka/producers.ts";
import { settle } from "../../support/manual_clock.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { within } from "../../support/wait_for.ts";

type Answer = PromiseWithResolvers<readonly SentRecord[]>;

/** A producer whose sends and close are answered by the test. */
class ScriptedSession implements ProducerSession {
  readonly sends: Answer[] = [];
  readonly closing = Promise.withResolvers<void>();
  closes = 0;
  send(): Promise<readonly SentRecord[]> {
    const answer: Answer = Promise.withResolvers();
    this.sends.push(answer);
    return answer.promise;
  }
  close(): Promise<void> {
    this.closes++;
    return this.closing.promise;
  }
}

function scripted() {
  const sessions: ScriptedSession[] = [];
  const driver: KafkaDriver = {
    listTopics: () => Promise.resolve([]),
    describeTopics: () => Promise.resolve(new Map()),
    consume: () => Promise.reject(new TypeError("not here")),
    produce: () => {
      const session = new ScriptedSession();
      sessions.push(session);
      return Promise.resolve(session);
    },
  };
  const log = new RecordingLogger();
  const connection = new KafkaConnection(MEMORY_CONNECTION, driver);
  return { sessions, log, connection, producer: producerOf(connection, log) };
}

const unknown = () => new UnavailableError("the outcome is unknown");

Deno.test("ConnectionProducer.send() replaces its session once, however many of its sends fail", async () => {
  const { sessions, producer } = scripted();
  const [a, b] = [producer.send("t", [], 1000), producer.send("t", [], 1000)];
  await settle();
  sessions[0]?.sends[0]?.reject(unknown());
  await assert.rejects(a, UnavailableError);
  const c = producer.send("t", [], 1000); // opens the next
  sessions[0]?.sends[1]?.reject(unknown());
  await assert.rejects(b, UnavailableError);
  const d = producer.send("t", [], 1000);
  await settle();
  assert.equal(sessions.length, 2);
  assert.deepEqual(sessions.map(({ closes }) => closes), [1, 0]);
  for (const answer of sessions[1]?.sends ?? []) answer.resolve([]);
  await Promise.all([c, d]);
  for (const session of sessions) session.closing.resolve();
  await producer.close();
});

Deno.test("ConnectionProducer.close() waits for all its sessions, the replaced ones too", async () => {
  const { sessions, producer } = scripted();
  const failing = producer.send("t", [], 1000);
  await settle();
  sessions[0]?.sends[0]?.reject(unknown());
  await assert.rejects(failing, UnavailableError);
  const working = producer.send("t", [], 1000);
  await settle();
  sessions[1]?.sends[0]?.resolve([]);
  await working;
  let closed = false;
  const closing = producer.close().then(() => closed = true);
  for (const session of sessions) {
    await settle();
    assert.equal(closed, false);
    session.closing.resolve();
  }
  await within(closing, "the producer to close");
  assert.deepEqual(sessions.map(({ closes }) => closes), [1, 1]);
});

Deno.test("ConnectionProducer.close() lets sends that nobody waited for end before the session", async () => {
  const { sessions, producer } = scripted();
  producer.leave(producer.send("t", [], 60_000));
  await settle();
  const closing = producer.close();
  await settle();
  assert.equal(sessions[0]?.closes, 0);
  sessions[0]?.sends[0]?.resolve([]);
  sessions[0]?.closing.resolve();
  await within(closing, "the producer to close");
  assert.equal(sessions[0]?.closes, 1);
});

Deno.test("ConnectionProducer.close() rejects with the first failure that nobody waited for, once", async () => {
  const { sessions, log, connection, producer } = scripted();
  const first = unknown();
  producer.leave(producer.send("t", [], 1000));
  await settle();
  sessions[0]?.closing.resolve();
  sessions[0]?.sends[0]?.reject(first);
  await assert.rejects(producer.close(), (error: Error) => {
    assert.match(error.message, /1 send failed that nobody waited for/);
    assert.equal(error.cause, first);
    return true;
  });
  assert.deepEqual(log.messages("error"), ["A send failed that nobody waited for: the outcome is unknown"]);
  assert.deepEqual(await closeResources(1000), [], "it was closed already");
  assert.notEqual(producerOf(connection, log), producer);
  assert.deepEqual(await closeResources(1000), []);
});

Deno.test("producerOf() gives a connection one producer until that is closed, and closes with the job", async () => {
  const { sessions, log, connection, producer } = scripted();
  assert.equal(producerOf(connection, log), producer);
  assert.notEqual(producerOf(scripted().connection, log), producer);
  const sending = producer.send("t", [], 1000);
  await settle();
  sessions[0]?.sends[0]?.resolve([]);
  await sending;
  sessions[0]?.closing.resolve();
  assert.deepEqual(await closeResources(1000), []);
  assert.equal(sessions[0]?.closes, 1);
  assert.notEqual(producerOf(connection, log), producer);
  await closeResources(1000);
});
