import assert from "node:assert/strict";
import { FaultProxy } from "../support/proxy.ts";
import { waitFor, within } from "../support/wait_for.ts";

/** A server that says back what it hears. */
class Echo implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running = this.#serve();

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async #serve(): Promise<void> {
    const all: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.#open.add(connection);
      all.push(connection.readable.pipeTo(connection.writable).catch(() => {}));
    }
    await Promise.all(all);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
  }
}

async function withProxy(test: (proxy: FaultProxy, connect: () => Promise<Client>) => Promise<void>) {
  await using echo = new Echo();
  await using proxy = new FaultProxy();
  proxy.target = echo.port;
  const clients: Client[] = [];
  try {
    await test(proxy, async () => {
      const client = new Client(await Deno.connect({ hostname: "127.0.0.1", port: proxy.port }));
      clients.push(client);
      return client;
    });
  } finally {
    for (const client of clients) await client.close();
  }
}

/** A connection whose answers are gathered. */
class Client {
  heard = "";
  ended = false;
  readonly #reading: Promise<void>;

  constructor(readonly connection: Deno.TcpConn) {
    this.#reading = this.#read();
  }

  async say(text: string): Promise<void> {
    await this.connection.write(new TextEncoder().encode(text));
  }

  async hears(text: string): Promise<void> {
    await waitFor(() => this.heard === text, () => `"${text}", heard "${this.heard}"`);
  }

  async close(): Promise<void> {
    try {
      this.connection.close();
    } catch {
      // it has ended
    }
    await this.#reading;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(1024);
    try {
      for (let n; (n = await this.connection.read(buffer)) !== null;) {
        this.heard += new TextDecoder().decode(buffer.subarray(0, n));
      }
    } catch {
      // reset
    }
    this.ended = true;
  }
}

Deno.test("FaultProxy passes bytes on, at once, late or slowly, whole and in order", () =>
  withProxy(async (proxy, connect) => {
    const client = await connect();
    await client.say("a");
    await client.hears("a");
    proxy.delayMs = 30;
    await client.say("b");
    await client.say("c");
    await client.hears("abc");
    proxy.heal();
    proxy.bytesPerSecond = 1000;
    await client.say("d".repeat(50));
    await client.hears("abc" + "d".repeat(50));
  }));

Deno.test("FaultProxy.hold() lets nothing through, and release() all of it", () =>
  withProxy(async (proxy, connect) => {
    const client = await connect();
    await client.say("a");
    await client.hears("a");
    proxy.hold();
    await client.say("b");
    const late = await connect();
    await late.say("x");
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([client.heard, late.heard, client.ended, late.ended], ["a", "", false, false]);
    proxy.release();
    await client.hears("ab");
    await late.hears("x");
  }));

Deno.test("FaultProxy.halfOpen() kills the connections of now without a word, and no later one", () =>
  withProxy(async (proxy, connect) => {
    const client = await connect();
    await client.say("a");
    await client.hears("a");
    proxy.halfOpen();
    await client.say("b");
    const next = await connect();
    await next.say("x");
    await next.hears("x");
    assert.deepEqual([client.heard, client.ended], ["a", false]);
  }));

Deno.test("FaultProxy cuts connections: now, again and again, or at once", () =>
  withProxy(async (proxy, connect) => {
    const client = await connect();
    await client.say("a");
    await client.hears("a");
    proxy.cut();
    await waitFor(() => client.ended, "the end of a connection");
    proxy.cutEvery(10);
    for (let i = 0; i < 3; i++) {
      const next = await connect();
      await waitFor(() => next.ended, "the end of the next connection");
    }
    proxy.cutEvery(0);
    proxy.refuse(true);
    const refused = await connect();
    await waitFor(() => refused.ended, "the end of a refused connection");
    proxy.heal();
    const last = await connect();
    await last.say("z");
    await within(last.hears("z"), "an answer");
  }));
