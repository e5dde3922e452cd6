import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What belongs to one run of a job: its context, its log, what it has open. A process runs one job and has one scope; a
 * test that runs jobs gives each of them a scope of its own (see src/testing), so that they do not see each other.
 */
export class JobScope {
  readonly #values = new Map<unknown, unknown>();

  /** The value of a {@link JobLocal} here; made when it is first asked for. */
  valueOf<T>(local: JobLocal<T>, initial: () => T): T {
    if (!this.#values.has(local)) this.#values.set(local, initial());
    return this.#values.get(local) as T;
  }

  /** Gives a {@link JobLocal} another value here. */
  set<T>(local: JobLocal<T>, value: T): this {
    this.#values.set(local, value);
    return this;
  }
}

/** The scope of this process: everywhere but in a job that a test runs. */
const ofProcess = new JobScope();
const scopes = new AsyncLocalStorage<JobScope>();

/** A value that each run of a job has of its own, found through every await and timer below it. */
export class JobLocal<T> {
  readonly #initial: () => T;

  /** @param initial Makes the value of a scope that was given none. */
  constructor(initial: () => T) {
    this.#initial = initial;
  }

  /** The value in the current job. */
  get(): T {
    return (scopes.getStore() ?? ofProcess).valueOf(this, this.#initial);
  }

  /** Another value in the current job, from now on. */
  set(value: T): void {
    (scopes.getStore() ?? ofProcess).set(this, value);
  }
}

/** Runs a function as part of a job. */
export function inJobScope<T>(scope: JobScope, run: () => T): T {
  return scopes.run(scope, run);
}
