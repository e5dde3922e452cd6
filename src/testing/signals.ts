import { StopSignals } from "../control/stop_signals.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SignalSource, StopSignal } from "../runtime/signals.ts";

/** The signals of a job in a test: the process's own are not listened to. */
export class TestSignals implements SignalSource {
  readonly #listeners = new Map<StopSignal, Set<() => void>>();
  readonly stopSignals: StopSignals;

  constructor(clock: Clock) {
    const exit = (): never => {
      throw new Error("a job that a test runs cannot end the process");
    };
    this.stopSignals = new StopSignals(this, { exit }, clock);
  }

  onSignal(signal: StopSignal, callback: () => void): Disposable {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(callback));
    return { [Symbol.dispose]: () => void listeners.delete(callback) };
  }

  /** Sends a signal. */
  send(signal: StopSignal): void {
    for (const callback of [...this.#listeners.get(signal) ?? []]) callback();
  }
}

/** The events of a process that only `deno test` hears: it fails a test with errors that nobody handled. */
export const noEvents = {
  onUncaught: (): Disposable => ({ [Symbol.dispose]() {} }),
  onIdle: (): Disposable => ({ [Symbol.dispose]() {} }),
};
