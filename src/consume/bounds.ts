import type { OwnStep } from "../core/vitals.ts";
import { CLOSE_MS } from "./link.ts";

/** The settings that say how long the consumer's own steps may take, in milliseconds. */
export interface BoundSettings {
  /** `socket.connection.setup.timeout.ms`: of a connection, and again of its login. */
  readonly connectTimeoutMs: number;
  /** `request.timeout.ms`. */
  readonly requestTimeoutMs: number;
  /** `fetch.max.wait.ms`. */
  readonly fetchMaxWaitMs: number;
  /** `session.timeout.ms`. */
  readonly sessionTimeoutMs: number;
  /** `max.poll.interval.ms`: how long the group waits for its members in a rebalance. */
  readonly rebalanceTimeoutMs: number;
}

/** After how many milliseconds without a move each step counts as stuck. */
export type StepBounds = Readonly<Record<OwnStep, number>>;

/** What everything is given beyond what it may take by its settings, in milliseconds. */
export const SLACK_MS = 10_000;

/** The longest wait for one answer: a connection is made, logs in, and is asked. */
const answer = ({ connectTimeoutMs, requestTimeoutMs }: BoundSettings) =>
  2 * connectTimeoutMs + requestTimeoutMs;

/**
 * The one table of own steps and their bounds. Each is above what the driver itself waits for: a request that times out
 * is a failure, which the driver tells of, tries again, and gives up by `recovery_timeout_s`; it counts as a move. Past
 * its bound is only what neither succeeds nor fails.
 */
const BOUNDS: Readonly<Record<OwnStep, (settings: BoundSettings) => number>> = {
  /** Two answers: a broker's, and what it knows of the topics. */
  connect: (settings) => 2 * answer(settings) + SLACK_MS,
  /** As long as the group waits for its slowest member, or for one that is gone; then where to begin. */
  join: (settings) =>
    settings.rebalanceTimeoutMs + settings.sessionTimeoutMs + 2 * answer(settings) + SLACK_MS,
  /** Two answers: who leads the partition, and what its leader has, which waits for records. */
  fetch: (settings) => 2 * answer(settings) + settings.fetchMaxWaitMs + SLACK_MS,
  /** A record waits and there is room for it: nothing has to be waited for. */
  "hand out": () => SLACK_MS,
  /** Two answers: who coordinates the group, and what it says to the commit. */
  commit: (settings) => 2 * answer(settings) + SLACK_MS,
  /** What a driver promises, and a second. */
  close: () => CLOSE_MS,
};

/** The bounds that follow from the settings. */
export function stepBounds(settings: BoundSettings): StepBounds {
  const bounds = Object.entries(BOUNDS).map(([step, bound]) => [step, bound(settings)]);
  return Object.fromEntries(bounds) as Record<OwnStep, number>;
}
