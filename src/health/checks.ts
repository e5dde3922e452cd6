import { inSeconds, whereOf } from "../consume/describe_work.ts";
import { LONG_MS } from "../consume/long_work.ts";
import type { ConsumerVitals } from "../core/vitals.ts";

/** What a probe asks. */
export type Probe = "started" | "ready" | "live";

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly ok: boolean;
  /** Why not, one line each; where it is well, what is worth knowing all the same. */
  readonly reasons: readonly string[];
}

/** What the probes look at. */
export interface Condition {
  /** The consumers of the job that run now. */
  readonly consumers: readonly ConsumerVitals[];
  /** Whether a consumer was let into its group at least once. */
  hasJoined(consumer: ConsumerVitals): boolean;
  /** Whether any consumer has been, also one that has ended. */
  readonly anyHasJoined: boolean;
  /** By the job's clock, in milliseconds. */
  readonly now: number;
}

/** How often a watchdog looks, and some more: a step that is stuck is its business before it is that of a probe. */
const WATCHDOG_MS = 30_000;

/** The answer to a probe: pure. */
export function check(probe: Probe, condition: Condition): ProbeAnswer {
  const failing = FAILING[probe](condition);
  const notes = failing.length === 0 ? condition.consumers.flatMap((one) => notesOf(one, condition.now)) : [];
  return { ok: failing.length === 0, reasons: [...failing, ...notes] };
}

const FAILING: Readonly<Record<Probe, (condition: Condition) => string[]>> = {
  /** Each consumer was in its group once. What comes later does not undo it. */
  started({ consumers, hasJoined, anyHasJoined }) {
    if (consumers.length === 0) return anyHasJoined ? [] : ["no consumer has begun yet"];
    return consumers.filter((one) => !hasJoined(one)).map(notJoined);
  },
  /** Each consumer is in its group now, and nobody has asked it to stop. */
  ready({ consumers, anyHasJoined }) {
    if (consumers.length === 0) {
      return [anyHasJoined ? "the consumers have ended" : "no consumer has begun yet"];
    }
    return consumers.flatMap((one) => {
      if (one.state === "consuming" || one.state === "waiting") return [];
      return one.state === "draining" || one.state === "closed"
        ? [`the consumer of group "${one.group}" is stopping`]
        : [notJoined(one)];
    });
  },
  /**
   * The consumer's own steps alone: not a message in its processor, not an outage, neither of which a restart mends. It
   * fails where a step has been stuck for so long that the watchdog should have acted, and did not. A drain has a bound of
   * its own, and the watchdog does not judge it either.
   */
  live: ({ consumers, now }) =>
    consumers.filter(({ state }) => state !== "draining" && state !== "closed").flatMap(({ group, steps }) =>
      steps.filter(({ since, boundMs }) => now - since > 2 * boundMs + WATCHDOG_MS).map((
        { step, since, waitsFor },
      ) => `group "${group}": ${step} has waited for ${inSeconds(now - since)}, for ${waitsFor}`)
    ),
};

const notJoined = ({ group, state, topics }: ConsumerVitals) =>
  state === "connecting"
    ? `the consumer of group "${group}" is connecting, to read ${topics.join(", ")}`
    : `the consumer of group "${group}" is joining its group`;

/** A message that is long in work, and an outage: to be known, and no reason to restart. No words of errors: anybody may ask. */
function notesOf({ group, work, outage }: ConsumerVitals, now: number): string[] {
  const [oldest] = [...work].sort((a, b) => a.since - b.since);
  const notes = outage === undefined ? [] : [`group "${group}": an outage, the log says of what`];
  if (oldest === undefined || now - oldest.since < LONG_MS) return notes;
  const { topic, partition, offset, since } = oldest;
  const where = whereOf(oldest);
  return [...notes, `${topic}[${partition}]@${offset} is in work for ${inSeconds(now - since)} (${where})`];
}
