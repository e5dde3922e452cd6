import { UnavailableError } from "../core/errors.ts";

/**
 * The error of a write or query that its signal ended. It is an outage by kind: a message whose time was cut short was
 * not looked at to its end, so it must not be skipped. (Where `max_processing_s` fired the signal, the consumer counts
 * whatever fails then as the message's own fault.) The signal's reason is the cause.
 */
export function abortedError(doing: string, signal: AbortSignal): UnavailableError {
  return new UnavailableError(`Cannot ${doing}: it was aborted`, { cause: signal.reason });
}

/** The work; where it was given up by the signal before it began, and so fails with its reason, that as an error. */
export async function orAborted<T>(
  doing: string,
  signal: AbortSignal | undefined,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw abortedError(doing, signal);
    throw error;
  }
}
