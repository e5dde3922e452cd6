/** A signal that fires when one of several does, and listens to them until it is disposed. */
export class FirstSignal implements Disposable {
  /** Undefined where there is none to listen to; where there is one, that one. */
  readonly signal: AbortSignal | undefined;
  readonly #stop = new AbortController();

  constructor(signals: readonly (AbortSignal | undefined)[]) {
    const real = new Set(signals.filter((signal) => signal !== undefined));
    const [first] = real;
    if (real.size < 2) {
      this.signal = first;
      return;
    }
    const own = new AbortController();
    this.signal = own.signal;
    for (const signal of real) {
      const fire = () => own.abort(signal.reason);
      if (signal.aborted) fire();
      else signal.addEventListener("abort", fire, { once: true, signal: this.#stop.signal });
    }
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
