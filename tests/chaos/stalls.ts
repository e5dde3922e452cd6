/** What is known of a partition in one look. */
export interface Glance {
  readonly partition: number;
  /** The offset of the last order that it holds. */
  readonly last: number;
  /** The offset of the last one that is processed; -1 for none. */
  readonly processed: number;
}

/** How long nothing may move: without any fault, and whatever the faults are. In milliseconds. */
export interface Patience {
  readonly calmMs: number;
  readonly anyMs: number;
}

interface Waiting {
  processed: number;
  calmMs: number;
  anyMs: number;
  told: boolean;
}

/**
 * Finds partitions that have something to process and do not move. Time in which a fault lasts, or the recovery from it,
 * counts only against the larger bound. Pure: it is told what time has passed.
 */
export class Stalls {
  readonly #patience: Patience;
  readonly #waiting = new Map<number, Waiting>();
  /** All that were found, in words. */
  readonly found: string[] = [];

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** @param passedMs Since the look before. @param active Faults that last now, in words. */
  look(partitions: readonly Glance[], passedMs: number, active: readonly string[], atMs: number): void {
    for (const { partition, last, processed } of partitions) {
      const before = this.#waiting.get(partition);
      if (processed >= last || before === undefined || processed > before.processed) {
        this.#waiting.set(partition, { processed, calmMs: 0, anyMs: 0, told: false });
        continue;
      }
      before.anyMs += passedMs;
      if (active.length === 0) before.calmMs += passedMs;
      const { calmMs, anyMs } = this.#patience;
      if (before.told || before.calmMs < calmMs && before.anyMs < anyMs) continue;
      before.told = true;
      const seconds = (ms: number) => Math.round(ms / 1000);
      this.found.push(
        `${seconds(atMs)} s: partition ${partition} stays at ${processed} of ${last} for ${
          seconds(before.anyMs)
        } s, ` +
          `${seconds(before.calmMs)} s of them without a fault; now: ${active.join(", ") || "none"}`,
      );
    }
  }
}
