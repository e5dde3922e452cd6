import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import { openProducer } from "../../../src/kafka/kafkajs/producer.ts";
import { plainConnection } from "../../support/kafka_admin.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { within } from "../../support/wait_for.ts";

/** A port of this machine at which nobody listens. */
function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("A send fails when its own time is over, also while one before it waits for the topic", async () => {
  const clock = new ManualClock();
  const producer = await openProducer(plainConnection(`127.0.0.1:${closedPort()}`), silentLogger, clock);
  const failed: string[] = [];
  const send = (name: string, timeoutMs: number) =>
    producer.send("orders", [{ key: null, value: new Uint8Array(1), headers: [] }], timeoutMs)
      .catch((error) => failed.push(`${name}: ${error.message.slice(0, error.message.indexOf(" ("))}`));
  const sends = [send("long", 4000), send("short", 500)];
  await clock.advance(500);
  const short = 'short: Cannot send to topic "orders" within 0.5 s: nothing was sent';
  assert.deepEqual(failed, [short]);
  await clock.advance(3500);
  assert.deepEqual(failed, [short, 'long: Cannot send to topic "orders" within 4 s: nothing was sent']);
  await within(Promise.all(sends), "the sends");
  const closing = producer.close();
  await clock.advance(5000);
  await within(closing, "the producer to close");
});
