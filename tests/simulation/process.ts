import { stepBounds } from "../../src/consume/bounds.ts";
import { PollLoop } from "../../src/consume/poll_loop.ts";
import type { ConsumeSettings } from "../../src/consume/settings.ts";
import type { LogFields, Logger } from "../../src/core/logger.ts";
import type { StopControl } from "../../src/core/stop_control.ts";
import { type ConnectionConfig, KafkaConnection } from "../../src/kafka/connection.ts";
import type { MessageProcessor } from "../../src/consume/processor.ts";
import type { Settings } from "./history.ts";
import type { ConsumerModel } from "./model.ts";
import { ProcessClock, type Scheduler } from "./scheduler.ts";
import { SpyDriver, type SpyWorld } from "./spy_driver.ts";
import type { Verifier } from "./verifier.ts";

/** The group that all consumers of a history belong to. */
export const GROUP = "g";

const CONNECTION: ConnectionConfig = {
  brokers: ["memory:9092"],
  securityProtocol: "PLAINTEXT",
  sasl: undefined,
  tls: undefined,
  clientId: "simulation",
  settings: {},
};

/** A stop that can be asked for from outside, and counts who listens. */
class Control implements StopControl {
  readonly #abort = new AbortController();
  readonly signal = this.#abort.signal;
  listeners = 0;
  #draining = false;

  constructor(private readonly stopped: (by: "itself" | "others") => void) {
    const { signal } = this;
    const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
    const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void;
    const present = new Set<unknown>();
    const count = () => this.listeners = present.size;
    signal.addEventListener = (...args: unknown[]) => (present.add(args[1]), count(), add(...args));
    signal.removeEventListener = (...args: unknown[]) => (present.delete(args[1]), count(), remove(...args));
  }

  shouldStop = (): boolean => this.signal.aborted;
  isShutdownInitiated = (): boolean => this.#draining;
  markShutdownInitiated = (): void => void (this.#draining = true);
  requestStop = (): void => this.#stop("itself");
  stop = (): void => this.#stop("others");

  #stop(by: "itself" | "others"): void {
    this.stopped(by);
    this.#abort.abort();
  }
}

/** What a process needs of its world. */
export interface ProcessWorld extends SpyWorld {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly verifier: Verifier;
  processor(process: SimulatedProcess): MessageProcessor;
}

/** One process with one consumer in it. */
export class SimulatedProcess {
  readonly model: ConsumerModel;
  readonly clock: ProcessClock;
  readonly control: Control;
  readonly driver: SpyDriver;
  /** Timers of the processor itself. */
  #busy = 0;
  #settled = false;
  #killed = false;

  constructor(private readonly world: ProcessWorld) {
    const { verifier, scheduler, settings } = world;
    this.model = verifier.watch.joins();
    this.clock = new ProcessClock(scheduler);
    this.control = new Control((by) => verifier.ends.stopped(this.model, by));
    this.driver = new SpyDriver(world, this.model, this.clock);
    const loop = new PollLoop(consumeSettings(settings, this.driver, world.processor(this), this.#log()), {
      control: this.control,
      clock: this.clock,
      log: this.#log(),
      ...(settings.deadLetters
        ? { deadLetters: { topic: "letters", write: (dead) => this.driver.writeLetter(dead) } }
        : {}),
    });
    loop.run().then(() => this.#end({ ok: true }), (error) => this.#end({ ok: false, error }));
  }

  /** Whether it does not consume any more. */
  get isOver(): boolean {
    return this.#settled || this.#killed;
  }

  get isKilled(): boolean {
    return this.#killed;
  }

  /** A wait of the processor. */
  timer(ms: number, callback: () => void): Disposable {
    this.#busy++;
    let isOpen = true;
    const close = () => {
      if (isOpen) this.#busy--;
      isOpen = false;
    };
    const timer = this.clock.timer(ms, () => (close(), callback()));
    return { [Symbol.dispose]: () => (close(), timer[Symbol.dispose]()) };
  }

  /** A wait of the processor that nothing ends early. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.timer(ms, resolve));
  }

  /** SIGTERM. */
  stop(): void {
    this.clock.whenRunning(() => this.control.stop());
  }

  /** SIGKILL: nothing of it happens any more; the group notices later. */
  kill(noticedAfterMs: number): void {
    if (this.isOver) return;
    this.#killed = true;
    this.clock.kill();
    this.world.verifier.ends.killed(this.model);
    this.driver.kill(noticedAfterMs);
  }

  /** SIGSTOP, and SIGCONT later. */
  freeze(ms: number): void {
    if (this.isOver || this.clock.isFrozen) return;
    const { verifier, scheduler } = this.world;
    this.clock.freeze();
    verifier.ends.frozen(this.model, ms);
    scheduler.after(ms, () => {
      verifier.ends.thawed(this.model);
      this.clock.thaw();
    });
  }

  #end(result: { readonly ok: true } | { readonly ok: false; readonly error: unknown }): void {
    if (this.#killed) return;
    this.#settled = true;
    this.world.verifier.ends.settled(this.model, result, {
      listeners: this.control.listeners,
      timers: this.clock.open - this.#busy - this.driver.revokings,
      // one that was opened just now is closed just now
      openSessions: this.driver.openedStep === this.world.scheduler.steps ? 0 : this.driver.openSessions,
    });
  }

  #log(): Logger {
    const nothing = () => {};
    return {
      debug: nothing,
      info: nothing,
      warning: (message: string) =>
        this.#killed ? undefined : this.world.verifier.ends.warned(this.model, message),
      error: (_message: string, { topic, partition, offset }: LogFields = {}) => {
        if (this.#killed || offset === undefined) return;
        this.world.verifier.messages.told(this.model, `${topic}/${partition}`, Number(offset));
      },
      critical: nothing,
    };
  }
}

/** As kafka_consumer wires them, but for what a history is to try. */
function consumeSettings(
  settings: Settings,
  driver: SpyDriver,
  processor: MessageProcessor,
  log: Logger,
): ConsumeSettings {
  const { onError, maxRetries, retryBackoffMs, recoveryTimeoutMs } = settings;
  return {
    connection: new KafkaConnection(CONNECTION, driver),
    processor,
    valueFormat: "auto",
    errors: { onError, maxRetries, retryBackoffMs, recoveryTimeoutMs },
    maxConcurrency: settings.maxConcurrency,
    drainTimeoutMs: settings.drainTimeoutMs,
    maxProcessingMs: settings.maxProcessingMs,
    summaryInterval: 10,
    bounds: stepBounds({
      connectTimeoutMs: 500,
      requestTimeoutMs: 3_000,
      fetchMaxWaitMs: 200,
      sessionTimeoutMs: 6_000,
      rebalanceTimeoutMs: 6_000,
    }),
    options: {
      groupId: GROUP,
      topics: settings.partitions.map((_, topic) => `t${topic}`),
      autoOffsetReset: settings.autoOffsetReset,
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3_000,
      rebalanceTimeoutMs: 60_000,
      revokeTimeoutMs: 2_000,
      recoveryTimeoutMs,
      log,
    },
  };
}
