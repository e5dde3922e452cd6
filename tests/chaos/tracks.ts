import { type Fault, kindOf, type Track, TRACKS } from "./faults.ts";
import { describeFault } from "./schedule.ts";

/** What is left of a fault after it was mended, at least, in milliseconds. */
const LEAST_RECOVERY_MS = 5_000;

/** Does the faults of a schedule in their time, each track by itself, and knows which of them last. */
export class Tracks {
  /** Until when each fault and the recovery from it last, by performance.now(). */
  readonly #until = new Map<Fault, number>();
  /** Faults that were done. */
  count = 0;

  /** The faults that last now, in words. */
  get active(): readonly string[] {
    return this.#lasting.map(describeFault);
  }

  /** Whether brokers, network or database are broken now. */
  get isFaulty(): boolean {
    return this.#lasting.some((fault) => kindOf(fault).track !== "consumers");
  }

  get #lasting(): readonly Fault[] {
    return [...this.#until].filter(([, until]) => until > performance.now()).map(([fault]) => fault);
  }

  /** Resolves when all are done, or it is over. A fault whose track is late is done as soon as it can be. */
  async run(
    faults: readonly Fault[],
    elapsed: () => number,
    isOver: () => boolean,
    act: (fault: Fault) => Promise<void>,
  ): Promise<void> {
    const on = async (track: Track) => {
      for (const fault of faults.filter((fault) => kindOf(fault).track === track)) {
        while (!isOver() && elapsed() < fault.at) {
          await new Promise((resolve) => setTimeout(resolve, Math.min(fault.at - elapsed(), 200)));
        }
        if (isOver()) return;
        this.count++;
        this.#until.set(fault, Infinity);
        const begin = performance.now();
        await act(fault);
        const end = Math.max(
          begin + kindOf(fault).lasts(fault.args),
          performance.now() + LEAST_RECOVERY_MS,
        );
        this.#until.set(fault, end);
      }
    };
    await Promise.all(TRACKS.map(on));
  }
}
