import { UnavailableError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import { unlessAborted } from "../../core/unless_aborted.ts";
import { Rate } from "./rate.ts";
import type { Screen } from "./screen.ts";
import { type Offsets, total } from "./topic_model.ts";
import { progressText } from "./words.ts";

/** What is watched while a job works. */
export interface Watched {
  readonly clock: Clock;
  readonly screen: Screen;
  /** Fires when the demo is to stop. */
  readonly signal: AbortSignal;
  /** What the group has committed. */
  committed(): Promise<Offsets>;
  /** Resolves with the job's exit code. */
  readonly ended: Promise<number>;
  /** Messages in the topic. */
  readonly all: number;
  /** Shown until something moves. */
  readonly waiting: string;
}

/** Between two looks, in milliseconds: a commit costs the broker far more than a look. */
const LOOK_EVERY_MS = 50;

/** How long nothing may move before the job counts as stuck: it has seconds of starting and of waiting for its group. */
const PATIENCE_MS = 60_000;

/**
 * Shows how far the job has come until `enough` of the messages are committed. Gives how fast it went. Rejects with an
 * `UnavailableError` where the job ends before, or stands still for a minute.
 */
export async function untilCommitted(watched: Watched, enough: number): Promise<Rate> {
  const { clock, screen, signal } = watched;
  const rate = new Rate();
  let death: number | undefined;
  watched.ended.then((code) => death = code);
  let [last, movedAt] = [-1, clock.now()];
  try {
    while (true) {
      const died = death; // what it committed before it ended counts
      const done = total(await unlessAborted(signal, watched.committed()));
      const now = clock.now();
      rate.look(now, done);
      if (done !== last) [last, movedAt] = [done, now];
      if (done >= enough) return rate;
      if (died !== undefined) {
        throw new UnavailableError(
          `The job ended by itself, with exit code ${died}, after ${done} of ${watched.all} messages`,
        );
      }
      if (now - movedAt > PATIENCE_MS) {
        throw new UnavailableError(
          `The job has committed nothing for ${PATIENCE_MS / 1000} s: it stands at ${done}`,
        );
      }
      screen.progress(
        rate.recent === undefined ? watched.waiting : progressText(done, watched.all, rate.recent),
      );
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  } finally {
    screen.progress(undefined);
  }
}
