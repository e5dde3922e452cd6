/** First wait after the world failed, in milliseconds. It doubles up to {@link OUTAGE_CAP_MS}. */
export const OUTAGE_FIRST_MS = 200;
/** Longest wait between two attempts during an outage: what a recovery can cost on top. */
export const OUTAGE_CAP_MS = 5_000;

/** The wait before retry number `retry` (1 is the first), in milliseconds: the last value repeats; no value is no wait. */
export function retryBackoffMs(schedule: readonly number[], retry: number): number {
  return schedule[Math.min(retry, schedule.length) - 1] ?? 0;
}

/** The wait after `failures` attempts in a row met an outage (1 is the first). */
export function outageBackoffMs(failures: number): number {
  return Math.min(OUTAGE_CAP_MS, OUTAGE_FIRST_MS * 2 ** Math.min(failures - 1, 30));
}
