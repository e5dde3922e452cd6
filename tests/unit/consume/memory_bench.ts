import { stepBounds } from "../../../src/consume/bounds.ts";
import type { DeadLetters } from "../../../src/consume/dead_letters.ts";
import { Observers } from "../../../src/consume/observer.ts";
import { PollLoop } from "../../../src/consume/poll_loop.ts";
import type { MessageProcessor } from "../../../src/consume/processor.ts";
import type { ConsumeSettings } from "../../../src/consume/settings.ts";
import type { StopControl } from "../../../src/core/stop_control.ts";
import { type ConsumerVitals, jobConsumers } from "../../../src/core/vitals.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";

/** Of the bench: Kafka's names and values, in milliseconds. */
export const BOUNDS = stepBounds({
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  fetchMaxWaitMs: 200,
  sessionTimeoutMs: 45_000,
  rebalanceTimeoutMs: 60_000,
});

class Control implements StopControl {
  readonly #abort = new AbortController();
  readonly signal = this.#abort.signal;
  shouldStop = () => this.signal.aborted;
  isShutdownInitiated = () => false;
  requestStop = () => this.#abort.abort();
  markShutdownInitiated = () => {};
}

/** A broker in memory and a clock that is turned by hand: what consumers do when requests get lost, and time passes. */
export class MemoryBench {
  readonly clock = new ManualClock();
  readonly broker = new MemoryBroker({ clock: this.clock });

  /** @param partitions Of the topic "t". */
  constructor(partitions = 1) {
    this.broker.createTopic("t", partitions);
  }

  /** Appends messages to a partition. */
  append(count: number, partition = 0): void {
    for (let i = 0; i < count; i++) {
      this.broker.append("t", { key: null, value: new Uint8Array(), headers: [], partition });
    }
  }

  /** What group "g" has committed of a partition. */
  committed(partition = 0): number {
    return Number(this.broker.committed("g", "t").get(partition) ?? -1);
  }

  consume(processor: MessageProcessor, settings: Partial<ConsumeSettings> = {}, letters?: DeadLetters): Run {
    return new Run(this, processor, settings, letters);
  }
}

/** One consumer of group "g" that reads "t". */
export class Run {
  readonly log = new RecordingLogger();
  readonly control = new Control();
  readonly observers = new Observers();
  readonly vitals: ConsumerVitals;
  /** How it ended; undefined while it runs. */
  outcome: { readonly error?: unknown } | undefined;

  constructor(
    bench: MemoryBench,
    processor: MessageProcessor,
    settings: Partial<ConsumeSettings>,
    deadLetters: DeadLetters | undefined,
  ) {
    const { clock, broker } = bench;
    const loop = new PollLoop({
      connection: new KafkaConnection(MEMORY_CONNECTION, new MemoryDriver(broker)),
      processor,
      valueFormat: "auto",
      errors: { onError: "continue", maxRetries: 3, retryBackoffMs: [100], recoveryTimeoutMs: 300_000 },
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
        log: this.log,
      },
      ...settings,
    }, { control: this.control, clock, log: this.log, observers: this.observers, deadLetters });
    const before = new Set(jobConsumers.get());
    loop.run().then(() => this.outcome = {}, (error) => this.outcome = { error });
    this.vitals = [...jobConsumers.get()].find((one) => !before.has(one)) as ConsumerVitals;
  }

  /** Lines that were told, summaries and debug apart. */
  get told(): readonly string[] {
    return this.log.lines.filter(({ level, message }) => level !== "debug" && !/^Processed /.test(message))
      .map(({ level, message }) => `${level}: ${message}`);
  }
}
