import assert from "node:assert/strict";
import { once } from "node:events";
import { quietSocketFactory } from "../../../src/kafka/kafkajs/quiet.ts";

Deno.test("quietSocketFactory() gathers no listeners on a broken socket that kafkajs lets go of again and again", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const socket = quietSocketFactory()({ host: "127.0.0.1", port, onConnect() {} });
  await once(socket, "error");
  await once(socket, "close");
  for (let attempt = 0; attempt < 20; attempt++) socket.end().unref();
  assert.ok(socket.listenerCount("connect") <= 1, `${socket.listenerCount("connect")} listeners`);
});
