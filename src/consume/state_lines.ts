import type { Logger } from "../core/logger.ts";
import type { ConsumerState, ConsumerVitals } from "../core/vitals.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeWork, inSeconds } from "./describe_work.ts";
import { placesOf } from "../core/places.ts";

/** What the lines are made of. */
export interface StateFacts {
  readonly vitals: ConsumerVitals;
  /** When a message was read, or dealt with, last. */
  readonly movedAt: number;
  /** How long a drain may take, in milliseconds. */
  readonly drainTimeoutMs: number;
}

/** What the log says of a state that lasts. Times in milliseconds. */
export interface StateLine {
  /** When the state counts from; undefined where it is none that has to be told of now, because something moves. */
  since(facts: StateFacts): number | undefined;
  /** After how long it is told of. */
  readonly firstMs: number;
  /** And how often from then on. */
  readonly everyMs: number;
  text(facts: StateFacts): string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const ofState = ({ vitals }: StateFacts) => vitals.stateSince;
/** Outages have lines of their own. */
const unlessOut = (facts: StateFacts) => facts.vitals.outage === undefined ? ofState(facts) : undefined;

/**
 * The one table of states and their lines: none lasts for ever without one. A step in it that is stuck is named by the
 * watchdog besides, and a message that is long in work by the reporter.
 */
export const STATE_LINES: Readonly<Record<ConsumerState, StateLine>> = {
  connecting: {
    since: unlessOut,
    firstMs: MINUTE_MS,
    everyMs: 5 * MINUTE_MS,
    text: ({ vitals: { topics } }) =>
      `Still connecting, to read ${topics.join(", ")}: brokers are slow to answer`,
  },
  joining: {
    since: unlessOut,
    firstMs: MINUTE_MS,
    everyMs: 5 * MINUTE_MS,
    text: ({ vitals: { group } }) =>
      `Still joining group "${group}": it waits for its other members, as long as max.poll.interval.ms of each`,
  },
  waiting: {
    since: ofState,
    firstMs: MINUTE_MS,
    everyMs: HOUR_MS,
    text: ({ vitals: { group, topics } }) =>
      `Nothing to do: group "${group}" has more members than ${topics.join(", ")} has partitions; ` +
      "this one takes over when another leaves",
  },
  consuming: {
    since: ({ vitals, movedAt }) => {
      const isBusy = vitals.work.length > 0 || vitals.partitions.some(({ queued }) => queued > 0);
      return isBusy || vitals.outage !== undefined ? undefined : Math.max(vitals.stateSince, movedAt);
    },
    firstMs: 10 * MINUTE_MS,
    everyMs: HOUR_MS,
    text: ({ vitals: { partitions } }) => `Nothing to read: ${placesOf(partitions)} have no new messages`,
  },
  draining: {
    since: ofState,
    firstMs: MINUTE_MS,
    everyMs: MINUTE_MS,
    text: ({ vitals: { work }, drainTimeoutMs }) => {
      const left = work.map((vitals) => describeWork({ vitals })).join(", ") || "the last commit";
      return `Still stopping: waiting for ${left}, at most ${drainTimeoutMs / 1000} s in all`;
    },
  },
  // it has settled, one way or the other, and nothing of it looks at a clock any more
  closed: { since: () => undefined, firstMs: MINUTE_MS, everyMs: HOUR_MS, text: () => "Closed" },
};

/** Tells of a state that lasts, by {@link STATE_LINES}. */
export class StateTeller {
  readonly #ports: { readonly clock: Clock; readonly log: Logger; readonly facts: () => StateFacts };
  #state: ConsumerState | undefined;
  #since: number | undefined;
  #nextAt = 0;

  constructor(ports: { readonly clock: Clock; readonly log: Logger; readonly facts: () => StateFacts }) {
    this.#ports = ports;
  }

  /** Looks whether a line is due; to be called every few seconds. */
  look(): void {
    const { clock, log } = this.#ports;
    const facts = this.#ports.facts();
    const { state } = facts.vitals;
    const line = STATE_LINES[state];
    const since = line.since(facts);
    if (state !== this.#state || since !== this.#since) {
      this.#state = state;
      this.#since = since;
      this.#nextAt = (since ?? 0) + line.firstMs;
    }
    const now = clock.now();
    if (since === undefined || now < this.#nextAt) return;
    this.#nextAt = now + line.everyMs;
    log.info(`${line.text(facts)} (for ${inWords(now - since)} so far)`);
  }
}

/** `90 s`, `10 min`, `3 h`. */
function inWords(ms: number): string {
  if (ms < 2 * MINUTE_MS) return inSeconds(ms);
  return ms < 2 * HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / HOUR_MS)} h`;
}
