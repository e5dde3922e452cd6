import type { Activity } from "./activity.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** What a job is busy with, if it does not only wait for Kafka or for time. */
export type Busy =
  /** A mod that may talk to a database: it takes as long as it takes. */
  | "mod"
  /** The job's own code, or a stand-in for a mod: it may work, or wait for its deadline. */
  | "code"
  | undefined;

/** What a conductor needs. */
export interface ConductorPorts {
  readonly activity: Activity;
  readonly clock: VirtualClock;
  busy(): Busy;
  /** Whether the code that runs has a deadline: `max_processing_s`, or a drain. */
  hasDeadline(): boolean;
  /** Whether the consumers have dealt with all there is; `early` where messages wait for a consumer to begin. */
  caughtUp(): "yes" | "early" | "no";
  /** Asks the job to stop, because it has dealt with everything. */
  stop(): void;
}

/** How long the job's own code may be silent before time passes for it, in milliseconds of real time. */
const PATIENCE_MS = 100;

/**
 * Lets time pass when the job does nothing but wait for it, and ends the job when it has dealt with all messages. Runs
 * until the activity has ended.
 */
export async function conduct(ports: ConductorPorts): Promise<void> {
  const { activity, clock } = ports;
  let waitedAt = -1;
  /** Whether the patience with what runs is at its end; once, until something happens. */
  const outOfPatience = async () => {
    if (waitedAt !== activity.count && await activity.next(PATIENCE_MS)) return false;
    waitedAt = activity.count;
    return true;
  };
  while (!activity.hasEnded) {
    await activity.quiet();
    if (activity.hasEnded) return;
    const busy = ports.busy();
    if (busy === "mod" || (busy === "code" && !ports.hasDeadline())) {
      await activity.next();
      continue;
    }
    if (busy === "code" && !await outOfPatience()) continue;
    const caughtUp = busy === undefined ? ports.caughtUp() : "no";
    if (caughtUp === "early" && !await outOfPatience()) continue;
    if (caughtUp !== "no") ports.stop();
    else if (!clock.advance()) await activity.next();
  }
}
