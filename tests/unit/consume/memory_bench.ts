import type { DeadLetters } from "../../../src/consume/dead_letters.ts";
import { Observers } from "../../../src/consume/observer.ts";
import { PollLoop } from "../../../src/consume/poll_loop.ts";
import type { MessageProcessor } from "../../../src/consume/processor.ts";
import type { ConsumeSettings } from "../../../src/consume/settings.ts";
import { type ConsumerVitals, jobConsumers } from "../../../src/core/vitals.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { consumeSettings, TestControl } from "./test_settings.ts";

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
  readonly control = new TestControl();
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
    const loop = new PollLoop(
      consumeSettings(
        {
          connection: new KafkaConnection(MEMORY_CONNECTION, new MemoryDriver(broker)),
          processor,
        },
        this.log,
        settings,
      ),
      { control: this.control, clock, log: this.log, observers: this.observers, deadLetters },
    );
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
