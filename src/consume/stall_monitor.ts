import type { Logger } from "../core/logger.ts";
import type { Clock } from "../runtime/clock.ts";

/** How often the event loop is looked at, in milliseconds. */
const TICK_MS = 500;

/**
 * Logs when the event loop was held longer than a third of the session timeout: heartbeats wait as well, and the group
 * may drop this consumer. Says which message was in its processor.
 */
export function watchStalls(
  ports: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly sessionTimeoutMs: number;
    /** What was being processed, such as `orders[0]@12`. */
    current(): readonly string[];
  },
): Disposable {
  const { clock, log, sessionTimeoutMs } = ports;
  let before = clock.now();
  let timer: Disposable;
  const tick = () => {
    const held = clock.now() - before - TICK_MS;
    if (held > sessionTimeoutMs / 3) {
      const where = ports.current();
      log.warning(
        `The event loop was held for ${Math.round(held)} ms${
          where.length > 0 ? ` while processing ${where.join(", ")}` : ""
        }: ` +
          `heartbeats waited; beyond ${sessionTimeoutMs} ms the group drops this consumer`,
      );
    }
    before = clock.now();
    timer = clock.timer(TICK_MS, tick);
  };
  timer = clock.timer(TICK_MS, tick);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
