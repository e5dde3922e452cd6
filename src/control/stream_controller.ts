import type { StopControl } from "../core/stop_control.ts";
import { jobStopSignals, type StopSignals } from "./stop_signals.ts";

/** Why the signal of a controller fired; a `fetch` that was given the signal rejects with it. Its name is `AbortError`. */
export class StopRequest extends DOMException {
  /** Takes the reason: the name of a signal, or words of the job. */
  constructor(reason: string) {
    super(`A stop was requested: ${reason}`, "AbortError");
  }
}

/**
 * Stops consumers in order: on SIGTERM (Docker, Kubernetes), on SIGINT (Ctrl+C), or when the job asks for it. A consumer
 * makes one for itself where none is given; make one to look at it while a message is processed, or to stop several
 * consumers together. A second SIGINT ends the process at once with exit code 130.
 *
 * ```ts ignore
 * using controller = new StreamController();
 * await runMod("kafka_consumer", { controller, message_processor: process });
 * ```
 *
 * It listens to signals until it is disposed; `using` does that.
 */
export class StreamController implements StopControl, Disposable {
  readonly #abort = new AbortController();
  readonly #leave: () => void;
  #draining = false;

  /** Begins to listen to the signals of this process; another source is for tests. */
  constructor(signals: StopSignals = jobStopSignals.get()) {
    this.#leave = signals.join(this);
  }

  /** Fires when a stop is requested. Its reason is a {@link StopRequest}. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether a stop was requested, by a signal or by {@link StreamController.requestStop}. */
  shouldStop(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * Asks every consumer of this controller to stop: it takes no further message, finishes those in flight, commits and
   * closes. The first reason counts.
   */
  requestStop(reason = "by the job"): void {
    this.#abort.abort(new StopRequest(reason));
  }

  /** Whether a consumer of this controller has begun to drain. */
  isShutdownInitiated(): boolean {
    return this.#draining;
  }

  /** Called by a consumer when it begins to drain. */
  markShutdownInitiated(): void {
    this.#draining = true;
  }

  /** Listens to signals no more. What was requested stays requested. */
  [Symbol.dispose](): void {
    this.#leave();
  }
}
