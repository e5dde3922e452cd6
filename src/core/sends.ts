import { JobLocal } from "./job_scope.ts";

/** What is sent: to which topic, how many records, and the bytes of their keys and values. */
export interface Sending {
  readonly topic: string;
  readonly records: number;
  readonly bytes: number;
}

/** Is told of the sends of a job; returns at once and does not throw. Times are in milliseconds. */
export interface SendObserver {
  /** All in-sync replicas have them. */
  sent(what: Sending, ms: number): void;
  /** They were not acknowledged; of some the outcome is unknown. */
  failed(what: Sending, error: unknown): void;
}

/** Who looks at the sends of the job that runs; as a rule nobody. */
export const jobSendObservers: JobLocal<Set<SendObserver>> = new JobLocal(() => new Set());

/** Tells all who look how a send ends; settles as the send does. */
export async function observedSend<T>(what: Sending, sending: Promise<T>): Promise<T> {
  const observers = jobSendObservers.get();
  if (observers.size === 0) return await sending;
  const began = performance.now();
  try {
    const result = await sending;
    for (const one of observers) one.sent(what, performance.now() - began);
    return result;
  } catch (error) {
    for (const one of observers) one.failed(what, error);
    throw error;
  }
}
