/** Errors that the next requests of one kind will meet. */
export class FaultQueue {
  readonly #errors: Error[] = [];

  /** Makes the next `count` requests fail. */
  failNext(count: number, error: Error): void {
    for (let i = 0; i < count; i++) this.#errors.push(error);
  }

  /** The error that this request meets, if any. */
  take(): Error | undefined {
    return this.#errors.shift();
  }
}

/** Requests that are held back until they are released, or until this is disposed. */
export interface Hold extends Disposable {
  /** Resolves when the first request has arrived and waits. */
  readonly arrived: Promise<void>;
  /** Lets all that wait go on, and those that come after them. */
  release(): void;
}

/** A place that requests of one kind pass, and where a test can hold them, or let them get lost. */
export class Gate {
  #closed: { arrive: () => void; released: Promise<void> } | undefined;
  #toLose = 0;

  /** Whether a request would not simply pass now. */
  get isShut(): boolean {
    return this.#closed !== undefined || this.#toLose > 0;
  }

  /** Whether requests are held now. */
  get isHeld(): boolean {
    return this.#closed !== undefined;
  }

  /** Holds every request from now on. One hold at a time. */
  hold(): Hold {
    if (this.#closed !== undefined) throw new TypeError("Cannot hold requests: they are held already");
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const closed = { arrive: arrived.resolve, released: released.promise };
    this.#closed = closed;
    const release = () => {
      if (this.#closed === closed) this.#closed = undefined;
      released.resolve();
    };
    return { arrived: arrived.promise, release, [Symbol.dispose]: release };
  }

  /** The next `count` requests are never answered, as over a dead connection that nobody has noticed. */
  loseNext(count = 1): void {
    this.#toLose += count;
  }

  /** None of those that {@link loseNext} was to lose and that has not come is lost any more. */
  loseNone(): void {
    this.#toLose = 0;
  }

  /** Waits while requests are held; for ever where this one is lost. */
  async pass(): Promise<void> {
    if (this.#toLose > 0) {
      this.#toLose--;
      await new Promise<never>(() => {});
    }
    while (this.#closed !== undefined) {
      this.#closed.arrive();
      await this.#closed.released;
    }
  }
}

/** Where requests of a broker can be held, lost or made to fail, by their kind. */
export function newRequests() {
  return {
    connect: { gate: new Gate() },
    join: { gate: new Gate() },
    list: { gate: new Gate(), faults: new FaultQueue() },
    commit: { gate: new Gate(), faults: new FaultQueue() },
    fetch: { gate: new Gate() },
    send: { gate: new Gate(), faults: new FaultQueue() },
    close: { gate: new Gate() },
  };
}
