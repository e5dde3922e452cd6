import { AsyncLocalStorage } from "node:async_hooks";
import { type ErrorKind, kindOf, strongerKind } from "./errors.ts";

/**
 * What is remembered while one message is processed: the mods that still run (a forgotten `await`), the sends that must
 * be acknowledged before its commit, and whether a mod failed by an outage or by configuration, even if the processor
 * caught the error.
 */
export class MessageScope {
  readonly #running = new Map<symbol, string>();
  #whenIdle: (() => void)[] = [];
  readonly #deferred: Promise<unknown>[] = [];
  #kind: ErrorKind = "record";
  #cause: unknown;
  #ended = false;

  /** A mod begins; call what is returned when it has ended. */
  enter(mod: string): () => void {
    const id = Symbol(mod);
    this.#running.set(id, mod);
    return () => {
      this.#running.delete(id);
      if (this.#running.size > 0) return;
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    };
  }

  /** Resolves when no mod runs any more. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** The mods that still run, oldest first. */
  get running(): readonly string[] {
    return [...this.#running.values()];
  }

  /** Something that must have succeeded before the message may be committed, such as an unflushed send. */
  defer(work: Promise<unknown>): void {
    work.catch(() => {}); // settled() reports it; until then it must not count as unhandled
    this.#deferred.push(work);
  }

  /**
   * Waits until everything deferred has settled; then rejects with the first failure. All failures count as those of
   * mods: see {@link lasting}.
   */
  async settled(): Promise<void> {
    const failures: PromiseRejectedResult[] = [];
    while (this.#deferred.length > 0) {
      const results = await Promise.allSettled(this.#deferred.splice(0));
      failures.push(...results.filter((result) => result.status === "rejected"));
    }
    for (const { reason } of failures) this.failed(reason);
    const [first] = failures;
    if (first !== undefined) throw first.reason;
  }

  /**
   * The attempt at the message is over: what still runs below it, such as a timer that the processor set, is outside of
   * messages from now on.
   */
  end(): void {
    this.#ended = true;
  }

  /** Whether the attempt is over. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** A mod failed: its kind is remembered if it must not be skipped. */
  failed(error: unknown): void {
    const kind = kindOf(error);
    if (strongerKind(this.#kind, kind) === this.#kind) return;
    this.#kind = kind;
    this.#cause = error;
  }

  /** The outage or configuration error that a mod of this message met, if any. */
  get lasting(): { kind: "unavailable" | "configuration"; cause: unknown } | undefined {
    const kind = this.#kind;
    return kind === "unavailable" || kind === "configuration" ? { kind, cause: this.#cause } : undefined;
  }
}

const scopes = new AsyncLocalStorage<MessageScope>();

/** Runs a function within a message's scope; it reaches every await and timer below it, until the scope ends. */
export function inMessageScope<T>(scope: MessageScope, run: () => T): T {
  return scopes.run(scope, run);
}

/**
 * Runs a function outside of messages, for what serves more than the one that happened to ask first, such as a refresh in
 * the background. The job's own scope stays.
 */
export function outsideMessages<T>(run: () => T): T {
  return scopes.exit(run);
}

/** The scope of the message that is being processed here, or undefined outside a consumer. */
export function currentMessageScope(): MessageScope | undefined {
  const scope = scopes.getStore();
  return scope?.hasEnded ? undefined : scope;
}
