import { errorText, kindOf, UnavailableError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { type ConsumerSession, type OffsetCommit, PartitionsLostError } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import { outageBackoffMs } from "./backoff.ts";

/** What a committer needs. */
export interface CommitterPorts {
  readonly session: Pick<ConsumerSession, "commit">;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long commits may fail before the job ends, in milliseconds. */
  readonly recoveryTimeoutMs: number;
  /** The newest low marks of all partitions that have something to commit. */
  newest(): readonly OffsetCommit[];
  /** The group accepted them, after so many milliseconds. */
  accepted(offsets: readonly OffsetCommit[], ms: number): void;
  /** A commit has failed, or was refused. */
  attemptFailed(error: unknown, ms: number): void;
  /** Commits cannot go on: the job must end. */
  failed(error: unknown): void;
}

/**
 * Commits low marks: at most one OffsetCommit is in flight, and it carries the newest marks of all partitions, so that
 * one round trip serves everything that finished meanwhile.
 */
export class Committer {
  readonly #ports: CommitterPorts;
  /** Ends back-offs when nobody waits for commits any more. */
  readonly #leave = new AbortController();
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  /** Ends the wait for the commit that is on its way. */
  #letGo: () => void = () => {};
  #isAbandoned = false;
  #lastAt: number;
  #problem: string | undefined;
  #isAsking = false;
  #moves = 0;

  constructor(ports: CommitterPorts) {
    this.#ports = ports;
    this.#lastAt = ports.clock.now();
  }

  /** When the last commit began. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /**
   * Commits what is finished now. Resolves when the group has accepted it, or when it does not matter any more (the
   * partitions were lost, the committer was closed, the job fails). Never rejects.
   */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    // what runs may have read the marks before the caller's message finished: one more round serves all who wait
    this.#again ??= this.#running.then(() => {
      this.#again = undefined;
      return this.#start();
    });
    return this.#again;
  }

  /** Gives up on a commit that keeps failing, and begins none any more; one that is on its way goes on. */
  close(): void {
    this.#leave.abort();
  }

  /** The commit that is on its way: a number of its own. Undefined where there is none. */
  get asking(): number | undefined {
    return this.#isAsking ? this.#moves : undefined;
  }

  /** Why commits fail now, in one line; undefined where they do not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Lets go of all who wait for a commit, whether or not it is ever answered: its session is given up. */
  abandon(): void {
    this.#isAbandoned = true;
    this.close();
    this.#letGo();
  }

  #start(): Promise<void> {
    const run = this.#commit().finally(() => {
      if (this.#running === run) this.#running = undefined;
    });
    return this.#running = run;
  }

  async #commit(): Promise<void> {
    const { clock, session, log } = this.#ports;
    const since = clock.now();
    for (let failures = 1;; failures++) {
      const offsets = this.#ports.newest();
      if (offsets.length === 0 || this.#leave.signal.aborted) return;
      this.#lastAt = clock.now();
      try {
        await this.#unlessAbandoned(session.commit(offsets));
        if (this.#isAbandoned) return;
        this.#problem = undefined;
        return this.#ports.accepted(offsets, clock.now() - this.#lastAt);
      } catch (error) {
        this.#ports.attemptFailed(error, clock.now() - this.#lastAt);
        if (this.#leave.signal.aborted || error instanceof PartitionsLostError) return; // `lost` follows
        const outOfTime = clock.now() - since >= this.#ports.recoveryTimeoutMs;
        if (kindOf(error) !== "unavailable" || outOfTime) return this.#ports.failed(commitError(error));
        const wait = outageBackoffMs(failures);
        this.#problem = errorText(error);
        log.warning(`Cannot commit offsets, trying again in ${wait} ms: ${errorText(error)}`);
        await clock.sleep(wait, this.#leave.signal);
        if (this.#leave.signal.aborted) return;
      }
    }
  }

  /** One promise a commit: a race against one that lives as long as the committer would remember every commit. */
  async #unlessAbandoned(commit: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#letGo = resolve;
    this.#isAsking = true;
    this.#moves++;
    try {
      await Promise.race([commit, promise]);
    } finally {
      this.#isAsking = false;
    }
  }
}

function commitError(cause: unknown): unknown {
  return kindOf(cause) === "unavailable" ? new UnavailableError("Cannot commit offsets", { cause }) : cause;
}
