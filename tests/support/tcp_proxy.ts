/** What a proxy does with bytes on their way to the server: hands them on, or cuts both ways once they were handed on. */
export type OnBytes = (text: string) => "pass" | "pass_and_cut";

/** Passes a TCP connection on to a server, and may cut it at a chosen moment. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #work: Promise<void>;

  constructor(readonly target: number, readonly onBytes: OnBytes) {
    this.#work = this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) this.#close(connection);
    await this.#work;
  }

  async #accept(): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const client of this.#listener) passing.push(this.#pass(client));
    await Promise.all(passing);
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
    const cut = { isCut: false };
    this.#open.add(client).add(server);
    await Promise.all([this.#copy(client, server, cut, true), this.#copy(server, client, cut, false)]);
  }

  async #copy(from: Deno.TcpConn, to: Deno.TcpConn, cut: { isCut: boolean }, isUp: boolean): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (let n; (n = await from.read(buffer)) !== null;) {
        if (cut.isCut) break; // what the server answers does not arrive
        const bytes = buffer.subarray(0, n);
        const verdict = isUp ? this.onBytes(new TextDecoder("latin1").decode(bytes)) : "pass";
        if (verdict === "pass_and_cut") cut.isCut = true;
        await to.write(bytes);
      }
    } catch {
      // cut, by one side or by the test
    }
    this.#close(from);
    this.#close(to);
  }

  #close(connection: Deno.TcpConn): void {
    if (!this.#open.delete(connection)) return;
    connection.close();
  }
}
