import type { ConsumerOptions } from "../kafka/driver.ts";
import type { KafkaConnection } from "../kafka/connection.ts";
import type { Logger } from "../core/logger.ts";
import type { StopControl } from "../core/stop_control.ts";
import type { Clock } from "../runtime/clock.ts";
import type { StepBounds } from "./bounds.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { ErrorSettings } from "./error_policy.ts";
import type { ValueFormat } from "./message.ts";
import type { Observers } from "./observer.ts";
import type { MessageProcessor } from "./processor.ts";

/** What a consumer does, in the units of this code: milliseconds. */
export interface ConsumeSettings {
  readonly connection: KafkaConnection;
  readonly options: ConsumerOptions;
  readonly processor: MessageProcessor;
  readonly valueFormat: ValueFormat;
  readonly errors: ErrorSettings;
  /** Messages in work at the same time. */
  readonly maxConcurrency: number;
  /** Wait for what is in flight when a stop was requested. */
  readonly drainTimeoutMs: number;
  /** Time for one attempt at a message; undefined is no bound. */
  readonly maxProcessingMs: number | undefined;
  /** Messages between two summaries. */
  readonly summaryInterval: number;
  /** After how long each of the consumer's own steps counts as stuck. */
  readonly bounds: StepBounds;
}

/** What a consumer needs from outside. */
export interface ConsumePorts {
  readonly control: StopControl;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where messages go that would be skipped; `errors.deadLetters` of the settings says that they do. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Who is told what it does; nobody by default. */
  readonly observers?: Observers;
}
