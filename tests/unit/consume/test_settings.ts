import { stepBounds } from "../../../src/consume/bounds.ts";
import type { ConsumeSettings } from "../../../src/consume/settings.ts";
import type { Logger } from "../../../src/core/logger.ts";
import type { StopControl } from "../../../src/core/stop_control.ts";

/** Of the consumers of these tests: Kafka's names and values, in milliseconds. */
export const BOUNDS = stepBounds({
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  fetchMaxWaitMs: 200,
  sessionTimeoutMs: 45_000,
  rebalanceTimeoutMs: 60_000,
});

/** A consumer of group "g" that reads "t", and all that tests do not say of it. */
export function consumeSettings(
  given: Pick<ConsumeSettings, "connection" | "processor">,
  log: Logger,
  over: Partial<ConsumeSettings>,
): ConsumeSettings {
  return {
    ...given,
    valueFormat: "auto",
    errors: {
      onError: "continue",
      maxRetries: 3,
      retryBackoffMs: [100, 200, 400],
      recoveryTimeoutMs: 300_000,
    },
    maxConcurrency: 1,
    drainTimeoutMs: 30_000,
    maxProcessingMs: undefined,
    summaryInterval: 1000,
    bounds: BOUNDS,
    options: {
      groupId: "g",
      topics: ["t"],
      autoOffsetReset: "earliest",
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3_000,
      rebalanceTimeoutMs: 60_000,
      revokeTimeoutMs: 2_000,
      recoveryTimeoutMs: 300_000,
      log,
    },
    ...over,
  };
}

/** A stop that the test asks for. */
export class TestControl implements StopControl {
  readonly #abort = new AbortController();
  initiated = false;
  readonly signal = this.#abort.signal;
  shouldStop = () => this.signal.aborted;
  isShutdownInitiated = () => this.initiated;
  requestStop = () => this.#abort.abort();
  markShutdownInitiated = () => void (this.initiated = true);
}
