/** TCP of this machine as far as starting a server needs it, passed in so that tests need none. */
export interface Ports {
  /** Ports of 127.0.0.1 that are free now, all different. */
  free(count: number): readonly number[];
  /** Whether a port of this machine is free now, on 127.0.0.1 and on all its addresses. */
  isFree(port: number): boolean;
  /**
   * Connects, sends bytes and gives the first bytes of the answer. Rejects where nothing answers within `timeoutMs`. The
   * host is an address or a name.
   */
  ask(host: string, port: number, request: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
}

const HERE = "127.0.0.1";

/** The ports of this machine. */
export const systemPorts: Ports = {
  free(count) {
    const held = Array.from({ length: count }, () => Deno.listen({ hostname: HERE, port: 0 }));
    const ports = held.map((listener) => listener.addr.port);
    for (const listener of held) listener.close();
    return ports;
  },
  isFree(port) {
    return [HERE, "0.0.0.0"].every((hostname) => {
      try {
        Deno.listen({ hostname, port }).close();
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) {
          return false;
        }
        throw error;
      }
    });
  },
  async ask(host, port, request, timeoutMs) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    late.catch(() => {}); // it may come when nobody waits any more
    let connection: Deno.TcpConn | undefined;
    let over = false;
    try {
      const connecting = Deno.connect({ hostname: host, port });
      connecting.then((opened) => over && opened.close(), () => {}); // connected too late
      connection = await Promise.race([connecting, late]);
      await connection.write(request);
      const answer = new Uint8Array(1024);
      const length = await Promise.race([connection.read(answer), late]);
      if (length === null) throw new Error("the connection was closed without an answer");
      return answer.subarray(0, length);
    } finally {
      clearTimeout(timer);
      over = true;
      connection?.close();
    }
  },
};
