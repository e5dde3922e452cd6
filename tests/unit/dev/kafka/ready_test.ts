import assert from "node:assert/strict";
import { answersKafka } from "../../../../src/dev/kafka/ready.ts";
import { FakeMachine } from "../fake_tools.ts";

Deno.test("answersKafka() takes no other program for a Kafka", async () => {
  const { ports } = new FakeMachine().tools();
  const other = {
    ...ports,
    ask: () => Promise.resolve(new TextEncoder().encode("HTTP/1.1 400 Bad Request")),
  };
  assert.equal(await answersKafka(other, "127.0.0.1", 80), false);
});
