import { type Clock, within } from "../runtime/clock.ts";

/** Bound of the last commit of a drain, in milliseconds: it must fit, with the close, into a pod's grace period. */
export const LAST_COMMIT_MS = 5_000;

/** What a drain ended with. */
export type DrainResult =
  /** Everything in flight has settled and was committed. */
  | { readonly kind: "drained" }
  /** The deadline passed first. */
  | { readonly kind: "expired" };

/** What a drain needs: what it waits for enters as functions. */
export interface DrainPorts {
  readonly clock: Clock;
  /** Bound of the wait for what is in flight, in milliseconds: `shutdown_drain_timeout_s`. */
  readonly timeoutMs: number;
  /** Resolves when nothing is in flight; never rejects. */
  idle(): Promise<void>;
  /** Fires the signals of what is still in flight. */
  abort(): void;
  /** Commits the low marks; never rejects. */
  lastCommit(): Promise<void>;
}

/** Waits for what is in flight up to a deadline, then commits what is done, whatever the deadline said. Never rejects. */
export async function drain(ports: DrainPorts): Promise<DrainResult> {
  const inTime = await within(ports.clock, ports.timeoutMs, ports.idle());
  if (!inTime) ports.abort();
  const committed = await within(ports.clock, LAST_COMMIT_MS, ports.lastCommit());
  return { kind: inTime && committed ? "drained" : "expired" };
}
