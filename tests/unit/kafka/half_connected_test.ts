import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import { createCluster } from "../../../src/kafka/kafkajs/cluster.ts";
import { plainConnection } from "../../support/kafka_admin.ts";
import { waitFor } from "../../support/wait_for.ts";

Deno.test("A broker that takes a connection and does not answer is not connected, and is connected anew", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const connection = plainConnection(`127.0.0.1:${listener.addr.port}`, {
    "socket.connection.setup.timeout.ms": 100,
    "request.timeout.ms": 100,
  });
  const cluster = createCluster(connection, { log: silentLogger });
  for (const attempt of [1, 2]) {
    const connecting = cluster.connect();
    connecting.catch(() => {}); // if it fails before it is looked at
    await waitFor(() => accepted.length === attempt, "a new connection");
    assert.equal(cluster.brokerPool.seedBroker?.isConnected(), false, "it has not told what it speaks");
    await assert.rejects(connecting, /timed out/);
    assert.equal(cluster.brokerPool.seedBroker?.isConnected(), false, "it never did");
  }
  await cluster.disconnect();
  listener.close();
  await serving;
  for (const socket of accepted) socket.close();
});
