/** What a consumer has counted since it began. */
export interface ConsumerStats {
  /** Messages that are done: processed, skipped, or in the dead letters. */
  readonly processed: number;
  /** Messages that failed by their own fault. */
  readonly errors: number;
  /** Attempts that were tried again. */
  readonly retries: number;
  /** Commits that the group accepted. */
  readonly commits: number;
  /** Messages that were written to the dead letters; undefined where there are none. */
  readonly dead_lettered?: number;
}

/** Counts, and says when a summary is due: every `interval` messages, and once a minute while anything moves. */
export class Stats {
  readonly #interval: number;
  #counts: { -readonly [K in keyof ConsumerStats]: ConsumerStats[K] } = {
    processed: 0,
    errors: 0,
    retries: 0,
    commits: 0,
  };
  #lastCount = 0;
  #lastMoves = 0;
  #lastAt: number;

  /**
   * @param interval Messages between two summaries.
   * @param now Time in milliseconds at which counting begins.
   * @param deadLetters Whether there is a topic for them.
   */
  constructor(interval: number, now: number, deadLetters = false) {
    this.#interval = interval;
    this.#lastAt = now;
    if (deadLetters) this.#counts.dead_lettered = 0;
  }

  processed(): void {
    this.#counts.processed++;
  }

  error(): void {
    this.#counts.errors++;
  }

  deadLettered(): void {
    this.#counts.dead_lettered = (this.#counts.dead_lettered ?? 0) + 1;
  }

  retry(): void {
    this.#counts.retries++;
  }

  commit(): void {
    this.#counts.commits++;
  }

  /** The counts as they are now. */
  get counts(): ConsumerStats {
    return { ...this.#counts };
  }

  /** Whether enough messages went by since the last summary. */
  get dueByCount(): boolean {
    return this.#counts.processed - this.#lastCount >= this.#interval;
  }

  /** Whether anything happened since the last summary: retries count, or an outage would be silent. */
  get moved(): boolean {
    return this.#moves() > this.#lastMoves;
  }

  /** The summary line of the seed, and a new beginning for the next. The rate is since the last summary. */
  summary(now: number, lag: bigint): string {
    const { processed, errors, retries, dead_lettered: dead } = this.#counts;
    const seconds = Math.max((now - this.#lastAt) / 1000, 0.001);
    const rate = Math.round((processed - this.#lastCount) / seconds);
    this.#lastCount = processed;
    this.#lastAt = now;
    this.#lastMoves = this.#moves();
    const letters = dead === undefined ? "" : `, Dead letters: ${dead}`;
    return `Processed ${processed} messages, Errors: ${errors}, Retries: ${retries}, Rate: ${rate} msg/s, Lag: ${lag}` +
      letters;
  }

  #moves(): number {
    return this.#counts.processed + this.#counts.retries + this.#counts.errors;
  }
}
