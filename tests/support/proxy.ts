/** One direction of a connection: its bytes in their order, each chunk with the time at which it may go on. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly dueAt: number;
}

/**
 * A TCP proxy before a server that a test makes slow, silent or broken while connections are open. Give it its target,
 * then let clients connect to its port.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #links = new Set<Link>();
  readonly #accepting: Promise<void>;
  #cutting: ReturnType<typeof setInterval> | undefined;
  #held = Promise.withResolvers<void>();
  #refuses = false;
  /** Port of the server on this machine. */
  target = 0;
  /** Every chunk arrives so much later, both ways, in milliseconds. */
  delayMs = 0;
  /** Bytes a second each way of a connection. */
  bytesPerSecond = Infinity;
  /** Connections that were accepted so far. */
  accepted = 0;

  constructor() {
    this.#held.resolve();
    this.#accepting = this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Resolves at once, or when {@link FaultProxy.release} is called. */
  get open(): Promise<void> {
    return this.#held.promise;
  }

  /** A black hole: connections stay, and are accepted; no byte and no end of a connection comes through. */
  hold(): void {
    this.#held = Promise.withResolvers();
  }

  /** Lets go on what was held: nothing was lost. */
  release(): void {
    this.#held.resolve();
  }

  /** Makes the connections of now half open: they stay, and nothing ever comes through again. New ones work. */
  halfOpen(): void {
    for (const link of this.#links) link.die();
  }

  /** Ends the connections of now, both ways. */
  cut(): void {
    for (const link of this.#links) link.end();
  }

  /** Ends all connections again and again; 0 ends that. */
  cutEvery(ms: number): void {
    clearInterval(this.#cutting);
    if (ms > 0) this.#cutting = setInterval(() => this.cut(), ms);
  }

  /** Whether new connections are ended at once. */
  refuse(refuses: boolean): void {
    this.#refuses = refuses;
    if (refuses) this.cut();
  }

  /** No faults any more; what is half open stays so. */
  heal(): void {
    this.delayMs = 0;
    this.bytesPerSecond = Infinity;
    this.cutEvery(0);
    this.refuse(false);
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    this.#listener.close();
    const links = [...this.#links];
    this.cut();
    await Promise.all([this.#accepting, ...links.map(({ over }) => over)]);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.accepted++;
      const server = this.#refuses
        ? undefined
        : await Deno.connect({ hostname: "127.0.0.1", port: this.target }).catch(() => undefined);
      if (server === undefined) {
        client.close();
        continue;
      }
      const link = new Link(this, client, server);
      this.#links.add(link);
      link.over.finally(() => this.#links.delete(link));
    }
  }
}

/** A client's connection and that to the server. */
class Link {
  readonly #proxy: FaultProxy;
  readonly #both: readonly Deno.TcpConn[];
  readonly #ended = new AbortController();
  #dead = false;
  /** Resolves when both connections are closed. */
  readonly over: Promise<void>;

  constructor(proxy: FaultProxy, client: Deno.TcpConn, server: Deno.TcpConn) {
    this.#proxy = proxy;
    this.#both = [client, server];
    this.over = Promise.all([this.#pass(client, server), this.#pass(server, client)]).then(() => {});
  }

  die(): void {
    this.#dead = true;
  }

  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const connection of this.#both) connection.close();
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const chunks: Chunk[] = [];
    let wake = Promise.withResolvers<void>();
    const over = this.#ended.signal;
    over.addEventListener("abort", () => wake.resolve());
    let isRead = false;
    const reading = (async () => {
      const buffer = new Uint8Array(65536);
      try {
        for (let n; !over.aborted && (n = await from.read(buffer)) !== null;) {
          chunks.push({ bytes: buffer.slice(0, n), dueAt: performance.now() + this.#proxy.delayMs });
          wake.resolve();
        }
      } catch {
        // closed, by one side or by the test
      }
      isRead = true;
      wake.resolve();
    })();
    while (!over.aborted) {
      const chunk = chunks.shift();
      if (chunk === undefined) {
        if (isRead) break;
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
      await this.#pause(chunk.dueAt - performance.now());
      await this.#unlessOver(this.#proxy.open);
      if (this.#dead || over.aborted) continue;
      await this.#pause(1000 * chunk.bytes.length / this.#proxy.bytesPerSecond);
      await writeAll(to, chunk.bytes).catch(() => this.end());
    }
    await this.#unlessOver(this.#proxy.open); // nor does the end of a connection come through a black hole
    if (this.#dead) await this.#unlessOver(new Promise(() => {}));
    this.end();
    await reading;
  }

  async #unlessOver(promise: Promise<unknown>): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    const over = Promise.withResolvers<void>();
    const resolve = () => over.resolve();
    signal.addEventListener("abort", resolve, { once: true });
    await Promise.race([promise, over.promise]);
    signal.removeEventListener("abort", resolve);
  }

  async #pause(ms: number): Promise<void> {
    if (!(ms > 0)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await this.#unlessOver(new Promise((resolve) => timer = setTimeout(resolve, ms)));
    clearTimeout(timer);
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
