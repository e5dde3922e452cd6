import assert from "node:assert/strict";
import { UnavailableError } from "../../../../src/core/errors.ts";
import { lastLines } from "../../../../src/dev/shared/last_lines.ts";
import { READY_TIMEOUT_MS, untilAnswers } from "../../../../src/dev/shared/until_ready.ts";
import { ManualClock } from "../../../support/manual_clock.ts";

/** A server that answers when it is told to. */
class Server {
  readonly clock = new ManualClock();
  answers = false;

  ready(died?: Promise<string>): Promise<void> {
    const logTail = () => Promise.resolve("ERROR out of memory");
    const waiting = { host: "127.0.0.1", port: 9092, ...(died === undefined ? {} : { died }), logTail };
    return untilAnswers("Kafka", this.clock, waiting, () => Promise.resolve(this.answers));
  }
}

Deno.test("untilAnswers() resolves when the server answers", async () => {
  const server = new Server();
  const ready = server.ready();
  await server.clock.advance(5_000);
  server.answers = true;
  await server.clock.advance(100);
  await ready;
});

Deno.test("untilAnswers() gives up after its bound, with the end of the log", async () => {
  const server = new Server();
  const refused = assert.rejects(server.ready(), (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(
      error.message,
      /Kafka on 127\.0\.0\.1:9092: it did not answer within 60 s\n.*\nERROR out of memory$/,
    );
    return true;
  });
  await server.clock.advance(READY_TIMEOUT_MS + 100);
  await refused;
});

Deno.test("untilAnswers() does not wait for a server that has ended", async () => {
  const died = Promise.resolve("it ended with code 1");
  await assert.rejects(new Server().ready(died), /it ended with code 1/);
});

Deno.test("lastLines() gives the end of a text", () => {
  assert.equal(lastLines("a\nb\nc\n\n", 2), "b\nc");
  assert.equal(lastLines("", 2), "");
});
