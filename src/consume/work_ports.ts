import type { Logger } from "../core/logger.ts";
import type { StopControl } from "../core/stop_control.ts";
import type { ConsumerVitals } from "../core/vitals.ts";
import type { RawRecord } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { ErrorSettings } from "./error_policy.ts";
import type { ValueFormat } from "./message.ts";
import type { Observers } from "./observer.ts";
import type { PartitionState } from "./partition_state.ts";
import type { MessageProcessor } from "./processor.ts";
import type { Stats } from "./stats.ts";
import type { Work } from "./work.ts";

/** One record on its way through the processor. */
export interface Task {
  readonly partition: PartitionState;
  readonly record: RawRecord;
}

/** What the work on messages needs. */
export interface WorkPorts {
  readonly processor: MessageProcessor;
  readonly valueFormat: ValueFormat;
  readonly errors: ErrorSettings;
  /** Milliseconds after which the message's signal fires; undefined is never. */
  readonly maxProcessingMs: number | undefined;
  /** Milliseconds after that signal at which {@link WorkPorts.onStuck} is called. */
  readonly stuckAfterMs: number;
  /** The message did not settle although its time is up: the job must end. */
  onStuck(work: Work): void;
  readonly control: StopControl;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: Stats;
  readonly deadLetters?: DeadLetters | undefined;
  readonly observers: Observers;
  /** Whose work it is. */
  readonly consumer: ConsumerVitals;
}
