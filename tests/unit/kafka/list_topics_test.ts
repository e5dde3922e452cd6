import assert from "node:assert/strict";
import { errorText } from "../../../src/core/errors.ts";
import type { ConnectionConfig } from "../../../src/kafka/connection.ts";
import { listTopics, patienceFor } from "../../../src/kafka/kafkajs/list_topics.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { within } from "../../support/wait_for.ts";

const at = (...ports: readonly number[]): ConnectionConfig => ({
  brokers: ports.map((port) => `127.0.0.1:${port}`),
  securityProtocol: "PLAINTEXT",
  sasl: undefined,
  tls: undefined,
  clientId: "test",
  settings: {},
});

/** A server that is none of Kafka's: it does what it is told with each connection. */
async function withServer(serve: (connection: Deno.TcpConn) => void, use: (port: number) => Promise<void>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      serve(connection);
    }
  })();
  try {
    await use(listener.addr.port);
  } finally {
    listener.close();
    await accepting;
    for (const connection of open) {
      try {
        connection.close();
      } catch {
        // the client was first
      }
    }
  }
}

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return await Promise.resolve(listener.addr.port);
}

Deno.test("listTopics() gives up a server that never answers, and cuts its connection off", async () => {
  await withServer(() => {}, async (port) => {
    const listed = listTopics(at(port), 300);
    await within(
      assert.rejects(listed, (error: Error) => {
        assert.equal(error.name, "UnavailableError");
        assert.match(
          errorText(error),
          new RegExp(`^No connection to 127.0.0.1:${port} .*no answer within 0\\.3 s`),
        );
        return true;
      }),
      "the end of listTopics",
    );
  });
  // the test fails by itself if a connection or a timer is left
});

Deno.test("listTopics() says which broker refuses connections, within its bound", async () => {
  const ports = [await freePort(), await freePort()];
  const log = new RecordingLogger();
  await within(
    assert.rejects(listTopics(at(...ports), 1000, log), (error: Error) => {
      assert.equal(error.name, "UnavailableError");
      const all = ports.map((port) => `127.0.0.1:${port}`).join(",");
      assert.match(
        errorText(error),
        new RegExp(`^No connection to ${all} after \\d+ s: .*it refuses connections`),
      );
      return true;
    }),
    "the end of listTopics",
  );
  const asked = log.messages("debug").join("\n");
  for (const port of ports) {
    assert.match(asked, new RegExp(`broker 127.0.0.1:${port}: it refuses connections`));
  }
});

Deno.test("listTopics() says of a server that hangs up what the reason may be", async () => {
  await withServer((connection) => connection.close(), async (port) => {
    await within(
      assert.rejects(listTopics(at(port), 600), (error: Error) => {
        assert.match(
          errorText(error),
          /it closed the connection \(if it always does, security_protocol does not fit/,
        );
        return true;
      }),
      "the end of listTopics",
    );
  });
});

Deno.test("listTopics() survives an answer that is not Kafka's", async () => {
  const nonsense = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  await withServer((connection) => void connection.write(nonsense).catch(() => {}), async (port) => {
    await within(
      assert.rejects(listTopics(at(port), 600), { name: "UnavailableError" }),
      "the end of listTopics",
    );
  });
});

Deno.test("listTopics() tries what seldom mends itself for a sixth of its time, and five seconds at least", () => {
  const closed = new Error("Cannot list the topics at broker b:1: it closed the connection");
  assert.equal(patienceFor(closed, 30_000), 5_000);
  assert.equal(patienceFor(closed, 10_000), 5_000);
  assert.equal(patienceFor(closed, 1_000), 1_000);
  assert.equal(patienceFor(closed, 600_000), 100_000, "a load balancer before brokers that start");
  assert.equal(patienceFor(new Error("it refuses connections"), 30_000), 30_000);
});
