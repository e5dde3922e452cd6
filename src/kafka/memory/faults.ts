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

/** A place that requests of one kind pass, and where a test can hold them. */
export class Gate {
  #closed: { arrive: () => void; released: Promise<void> } | undefined;

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

  /** Waits while requests are held. */
  async pass(): Promise<void> {
    while (this.#closed !== undefined) {
      this.#closed.arrive();
      await this.#closed.released;
    }
  }
}
