/** The memory of one process: what it held when, from its start on. */
export interface MemorySample {
  /** Milliseconds after the process's start. */
  readonly at: number;
  /** Resident, in MiB. */
  readonly mib: number;
}

/** Memory of a life that was long enough to judge. */
export interface Quarters {
  /** The median of each quarter of its life after the warm-up, in MiB. */
  readonly mib: readonly number[];
  readonly isFlat: boolean;
}

/** The first minute loads code and fills caches. */
export const WARM_UP_MS = 60_000;
/** Samples in a quarter, at least: with fewer one of them would decide. */
const LEAST_SAMPLES = 6;
/** What the last quarter may have more than the first: garbage that is not collected yet. */
const ALLOWED = { share: 1.25, mib: 16 };

/** Judges a process's memory by quarters; undefined where it lived too short. A leak grows from quarter to quarter. */
export function quartersOf(samples: readonly MemorySample[]): Quarters | undefined {
  const warm = samples.filter(({ at }) => at >= WARM_UP_MS);
  if (warm.length < 4 * LEAST_SAMPLES) return undefined;
  const size = warm.length / 4;
  const mib = [0, 1, 2, 3].map((i) =>
    median(warm.slice(Math.round(i * size), Math.round((i + 1) * size)).map((sample) => sample.mib))
  );
  const [first = 0, , , last = 0] = mib;
  return { mib, isFlat: last <= first * ALLOWED.share + ALLOWED.mib };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
