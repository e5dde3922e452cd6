import type { DuckDBConnection } from "../../deps/duckdb.ts";

/** DuckDB forgets an interrupt that arrives before the statement has begun on its thread: so it is told again. */
const AGAIN_MS = 50;

/**
 * Interrupts whatever runs on the connection when the signal fires, until it is disposed of. In Deno 2.6 nothing can be
 * interrupted: native code keeps the event loop waiting there, and a signal is heard between statements only.
 */
export function interruptOnAbort(
  signal: AbortSignal | undefined,
  connection: Pick<DuckDBConnection, "interrupt">,
): Disposable {
  let timer: ReturnType<typeof setInterval> | undefined;
  const interrupt = () => {
    connection.interrupt();
    timer ??= setInterval(interrupt, AGAIN_MS);
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  return {
    [Symbol.dispose]() {
      signal?.removeEventListener("abort", interrupt);
      clearInterval(timer);
    },
  };
}
